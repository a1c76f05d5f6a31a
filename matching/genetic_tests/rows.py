"""Diseases whose usual lesion an exome cannot be trusted to show, and the assay that looks for it first.

The rows lie in lesions.tsv beside this file; sequenced.tsv holds, in the same columns, diseases that sequencing does
show, with what to add where it shows nothing (see orders.to_add). A row is `verified` only where somebody opened the
words that support it; those words and their address stand in the row. Everything else says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

from matching.genetic_tests.modalities import MODALITIES
from matching.genetic_tests.proposal import Lesion, Mechanism, TestSource
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
    "source",
    "url",
    "words",
    "verified",
)


class LesionTableDamaged(PhenomapError):
    """The lesion table is not what it should be; the message names the line."""


def packaged_lesions() -> tuple[Lesion, ...]:
    """The rows of lesions.tsv; raises LesionTableDamaged."""
    return read_lesions(files(__package__).joinpath("lesions.tsv").read_text(encoding="utf-8"))


def packaged_sequenced() -> tuple[Lesion, ...]:
    """The rows of sequenced.tsv, diseases for which sequencing goes first; raises LesionTableDamaged.

    `second_line` is what to add where it shows nothing. None of these is a lesion test of its own.
    """
    rows = read_lesions(files(__package__).joinpath("sequenced.tsv").read_text(encoding="utf-8"))
    for number, row in enumerate(rows, 2):
        if row.mechanism is not Mechanism.SEQUENCE_VARIANT or row.exome_sees < EXOME_SEES["all"]:
            raise _damaged(number, f"{row.disease_id} is not found by sequencing")
    return rows


def read_lesions(text: str) -> tuple[Lesion, ...]:
    """Parse the table; raises LesionTableDamaged at the first line that cannot be used."""
    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != _COLUMNS:
        raise _damaged(1, f"its columns should be {', '.join(_COLUMNS)}")
    lesions = tuple(_lesion(number, line) for number, line in enumerate(lines[1:], 2))
    if not lesions:
        raise _damaged(1, "it holds no rows")
    _refuse_repeats(lesions)
    return lesions


def _lesion(number: int, line: str) -> Lesion:
    cells = line.split("\t")
    if len(cells) != len(_COLUMNS):
        raise _damaged(number, f"it has {len(cells)} columns, not {len(_COLUMNS)}")
    row = dict(zip(_COLUMNS, cells, strict=True))
    for column in ("disease_id", "disease", "gene_or_locus", "target", "test", "second_line", "exome_misses", "source"):
        if not row[column].strip():
            raise _damaged(number, f"{column} is empty")
    _refuse_word(number, "modality", row["modality"], MODALITIES)
    _refuse_word(number, "mechanism", row["mechanism"], tuple(Mechanism))
    _refuse_word(number, "exome_sees", row["exome_sees"], EXOME_SEES)
    _refuse_word(number, "verified", row["verified"], ("yes", "no"))
    verified = row["verified"] == "yes"
    if verified and not (row["url"] and row["words"]):
        raise _damaged(number, "it is verified but keeps no address or no words")
    return Lesion(
        disease_id=row["disease_id"],
        disease=row["disease"],
        locus=row["gene_or_locus"],
        genes=tuple(row["genes"].split()),
        mechanism=Mechanism(row["mechanism"]),
        modality=row["modality"],
        target=row["target"],
        test=row["test"],
        second_line=row["second_line"],
        exome_misses=row["exome_misses"],
        exome_sees=EXOME_SEES[row["exome_sees"]],
        detects=_fraction(number, row["detects"]) if row["detects"] else MODALITIES[row["modality"]].detects,
        source=TestSource(row["source"], verified),
        url=row["url"],
        words=row["words"],
    )


def _fraction(number: int, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 1:
        raise _damaged(number, "detects is not a fraction above 0 and at most 1")
    return value


def _refuse_word(number: int, column: str, word: str, allowed: Iterable[str]) -> None:
    if word not in allowed:
        raise _damaged(number, f"{column} {word[:40]!r} is not one of {', '.join(allowed)}")


def _refuse_repeats(lesions: tuple[Lesion, ...]) -> None:
    seen: set[str] = set()
    names: dict[str, str] = {}
    for number, lesion in enumerate(lesions, 2):
        if lesion.disease_id in seen:
            raise _damaged(number, f"{lesion.disease_id} already has a row")
        seen.add(lesion.disease_id)
        if names.setdefault(lesion.code, lesion.test) != lesion.test:
            raise _damaged(number, f"{lesion.code} is called by two names")


def _damaged(line: int, what: str) -> LesionTableDamaged:
    return LesionTableDamaged(f"The lesion table cannot be used: line {line}: {what}.", "Correct lesions.tsv.")
