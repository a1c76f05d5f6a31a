"""Diseases whose usual lesion an exome cannot be trusted to show, and the assay that looks for it first.

The rows lie in lesions.tsv beside this file; sequenced.tsv holds, in the same columns, diseases that sequencing does
show, with what to add where it shows nothing (see orders.to_add). A row is `verified` only where somebody opened the
words that support it; those words and their address stand in the row. Everything else says so.
"""

from __future__ import annotations

from importlib.resources import files

from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.proposal import Lesion, Mechanism
from matching.genetic_tests.written import SOURCED, Row, Written
from ontology.errors import PhenomapError

#: Share of patients whose lesion short-read exome shows, by the word in column `exome_sees`. `part` stands for "some,
#: not to be relied on"; its number is a modelling choice.
EXOME_SEES = {"all": 1.0, "part": 0.3, "none": 0.0}

_COLUMNS = (
    "disease_id",
    "disease",
    "gene_or_locus",
    "genes",
    "mechanism",
    "modality",
    "target",
    "test",
    "second_line",
    "exome_misses",
    "exome_sees",
    "detects",
    *SOURCED,
)
_MAY_BE_EMPTY = frozenset({"genes", "detects", "url", "words"})


class LesionTableDamaged(PhenomapError):
    """The lesion table is not what it should be; the message names the line."""


def packaged_lesions() -> tuple[Lesion, ...]:
    """The rows of lesions.tsv; raises LesionTableDamaged."""
    return read_lesions(files(__package__).joinpath("lesions.tsv").read_text(encoding="utf-8"))


def packaged_sequenced() -> tuple[Lesion, ...]:
    """The rows of sequenced.tsv, diseases for which sequencing goes first; raises LesionTableDamaged.

    `second_line` is what to add where it shows nothing. None of these is a lesion test of its own.
    """
    text = files(__package__).joinpath("sequenced.tsv").read_text(encoding="utf-8")
    rows = read_lesions(text, "sequenced.tsv")
    for number, row in enumerate(rows, 2):
        if row.mechanism is not Mechanism.SEQUENCE_VARIANT or row.exome_sees < EXOME_SEES["all"]:
            raise LesionTableDamaged(
                f"The lesion table cannot be used: line {number}: {row.disease_id} is not found by sequencing.",
                "Correct sequenced.tsv.",
            )
    return rows


def read_lesions(text: str, file: str = "lesions.tsv") -> tuple[Lesion, ...]:
    """Parse the table; raises LesionTableDamaged at the first line of `file` that cannot be used."""
    table = Written("The lesion table", file, _COLUMNS, _MAY_BE_EMPTY, LesionTableDamaged)
    rows = tuple(table.rows(text))
    lesions = tuple(map(_lesion, rows))
    _refuse_repeats(rows, lesions)
    return lesions


def _lesion(row: Row) -> Lesion:
    modality = row.one_of("modality", MODALITIES)
    return Lesion(
        disease_id=row["disease_id"],
        disease=row["disease"],
        locus=row["gene_or_locus"],
        genes=tuple(row["genes"].split()),
        mechanism=Mechanism(row.one_of("mechanism", tuple(Mechanism))),
        modality=modality,
        target=row["target"],
        test=row["test"],
        second_line=row["second_line"],
        exome_misses=row["exome_misses"],
        exome_sees=EXOME_SEES[row.one_of("exome_sees", EXOME_SEES)],
        detects=_detects(row) if row["detects"] else MODALITIES[modality].detects,
        source=row.source(),
        url=row["url"],
        words=row["words"],
    )


def _detects(row: Row) -> float:
    try:
        value = float(row["detects"])
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise row.damaged("detects is not a fraction above 0 and at most 1")
    return value


def _refuse_repeats(rows: tuple[Row, ...], lesions: tuple[Lesion, ...]) -> None:
    seen: set[str] = set()
    names: dict[str, str] = {}
    for row, lesion in zip(rows, lesions, strict=True):
        if lesion.disease_id in seen:
            raise row.damaged(f"{lesion.disease_id} already has a row")
        seen.add(lesion.disease_id)
        if names.setdefault(lesion.code, lesion.test) != lesion.test:
            raise row.damaged(f"{lesion.code} is called by two names")
