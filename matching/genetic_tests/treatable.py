"""Treatable disorders with a fast biochemical test, which goes before or beside any genetic one.

The rows lie in treatable.tsv beside this file, one for each group of disorders with one treatment; groups that one
test shows share its code. A row is `verified` only where somebody opened the words that support the test; those words
and their address stand in the row. Treatments and turnarounds are told in a few words to say what is at stake: the
laboratory and the metabolic centre know better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.known import NOTHING_KNOWN, Known, TestDone
from matching.genetic_tests.proposal import BiochemicalTest, CoveredDisease, Sample, TestSource
from matching.genetic_tests.written import SOURCED, Row, Written
from ontology.arrays import Ints
from ontology.diseases import UnknownDisease
from ontology.errors import PhenomapError
from ontology.knowledge import Knowledge

#: Belief on the disorders of a test from which it is raised. A modelling choice: a test that costs a blood sample is
#: worth sending where one patient in thirty has what it shows, and can be treated.
FLOOR = 0.03
#: The same where the patient is newborn or acutely ill, of disorders in which hours or days count: one in a hundred.
ACUTE_FLOOR = 0.01
#: Days of life within which a child is newborn (WHO: the first 28 days).
NEWBORN_DAYS = 28
#: No more tests than this are raised: a list of everything is no advice.
MOST = 3
#: Covered diseases that are listed of a test, and the belief below which one is not, unless it is the first.
LISTED = 10
LISTED_BELIEF = 0.001

_COLUMNS = ("code", "disease_ids", "test", "samples", "treatment", "turnaround", "acute", *SOURCED)
_MAY_BE_EMPTY = frozenset({"url", "words"})
_MODALITIES = ("enzyme", "functional")


class TreatableTableDamaged(PhenomapError):
    """The table of treatable disorders is not what it should be; the message names the line."""


@dataclass(frozen=True, slots=True)
class Treatable:
    """Disorders of one treatment, and the test that shows them. `code` is the test's, such as `enzyme:ammonia`.

    `acute`: hours or days count. `words` are those opened in the source, empty where none was.
    """

    code: str
    disease_ids: tuple[str, ...]
    test: str
    samples: tuple[Sample, ...]
    treatment: str
    turnaround: str
    acute: bool
    source: TestSource
    url: str = ""
    words: str = ""


def packaged_treatable() -> tuple[Treatable, ...]:
    """The rows of treatable.tsv; raises TreatableTableDamaged."""
    return read_treatable(files(__package__).joinpath("treatable.tsv").read_text(encoding="utf-8"))


def read_treatable(text: str) -> tuple[Treatable, ...]:
    """Parse the table; raises TreatableTableDamaged at the first line that cannot be used."""
    name = "The table of treatable disorders"
    table = Written(name, "treatable.tsv", _COLUMNS, _MAY_BE_EMPTY, TreatableTableDamaged)
    written = tuple(table.rows(text))
    rows = tuple(map(_row, written))
    _refuse_repeats(written, rows)
    return rows


def _row(row: Row) -> Treatable:
    row.one_of("code", _MODALITIES, row["code"].partition(":")[0])
    samples = (row.one_of("samples", tuple(Sample), sample) for sample in row["samples"].split())
    return Treatable(
        code=row["code"],
        disease_ids=tuple(row["disease_ids"].split()),
        test=row["test"],
        samples=tuple(map(Sample, samples)),
        treatment=row["treatment"],
        turnaround=row["turnaround"],
        acute=row.yes("acute"),
        source=row.source(),
        url=row["url"],
        words=row["words"],
    )


def _refuse_repeats(written: tuple[Row, ...], rows: tuple[Treatable, ...]) -> None:
    tests: dict[str, tuple[str, tuple[Sample, ...]]] = {}
    ids: set[str] = set()
    for line, row in zip(written, rows, strict=True):
        if tests.setdefault(row.code, (row.test, row.samples)) != (row.test, row.samples):
            raise line.damaged(f"{row.code} has two names or samples")
        if twice := ids.intersection(row.disease_ids):
            raise line.damaged(f"{min(twice)} already has a row")
        ids.update(row.disease_ids)


@dataclass(frozen=True, slots=True)
class TreatableTable:
    """Treatable disorders of one release. Open it once; it is read-only.

    rows        (rows,)
    codes       (tests,)          code of each test
    diseases    int32 (covered,)  disease positions, each once
    row_of      int32 (covered,)  index into rows
    test_of     int32 (covered,)  index into codes
    unresolved  ids of the table that this release does not hold
    """

    rows: tuple[Treatable, ...]
    codes: tuple[str, ...]
    diseases: Ints
    row_of: Ints
    test_of: Ints
    unresolved: tuple[str, ...]

    @classmethod
    def open(cls, knowledge: Knowledge) -> TreatableTable:
        """Meet the packaged table with `knowledge`; raises TreatableTableDamaged."""
        return cls.of(knowledge, packaged_treatable())

    @classmethod
    def of(cls, knowledge: Knowledge, rows: Iterable[Treatable]) -> TreatableTable:
        """Meet `rows` with `knowledge`; of two rows that name records of one disease, the first stands."""
        table = tuple(rows)
        codes = tuple(dict.fromkeys(row.code for row in table))
        found: dict[int, int] = {}
        unresolved = []
        for index, row in enumerate(table):
            for id in row.disease_ids:
                try:
                    found.setdefault(knowledge.diseases.position(id), index)
                except UnknownDisease:
                    unresolved.append(id)
        row_of = np.fromiter(found.values(), np.int32, len(found))
        tests = np.array([codes.index(row.code) for row in table], np.int32)
        return cls(table, codes, np.fromiter(found, np.int32, len(found)), row_of, tests[row_of], tuple(unresolved))


def biochemical_tests(
    knowledge: Knowledge,
    belief: NDArray[np.float64],
    known: Known = NOTHING_KNOWN,
    age_days: int | None = None,
    table: TreatableTable | None = None,
) -> tuple[BiochemicalTest, ...]:
    """At most MOST fast tests of treatable disorders that hold enough of `belief`, float64 (diseases,).

    A test is raised from FLOOR; for a newborn or an acutely ill patient from ACUTE_FLOOR where hours or days count in
    its disorders, and those go first. Otherwise the order is that of the belief. What a test that was done has looked
    at counts no more, whatever it showed.
    """
    treatable = TreatableTable.open(knowledge) if table is None else table
    hurry = known.acutely_ill or (age_days is not None and 0 <= age_days < NEWBORN_DAYS)
    held = np.asarray(belief, np.float64)[treatable.diseases] * _unasked(knowledge, treatable, known.done)
    urgent = np.array([row.acute for row in treatable.rows], np.bool_)[treatable.row_of]
    width = len(treatable.codes)
    mass = np.bincount(treatable.test_of, weights=held, minlength=width)
    pressing = np.bincount(treatable.test_of, weights=held * urgent, minlength=width)
    first = hurry & (pressing >= ACUTE_FLOOR)
    raised = np.flatnonzero((mass >= FLOOR) | first)
    order = sorted(raised, key=lambda test: (not first[test], -mass[test], test))
    return tuple(_test(knowledge, treatable, int(test), held) for test in order[:MOST])


def _unasked(knowledge: Knowledge, treatable: TreatableTable, done: tuple[TestDone, ...]) -> NDArray[np.float64]:
    """1 of each covered disease that no test done has looked at, else 0: float64 (covered,)."""
    asked = np.zeros(len(treatable.diseases), np.bool_)
    for test in done:
        if test.modality not in _MODALITIES:
            continue
        names = {f"{test.modality}:{test.target}".casefold(), test.code.casefold()}
        asked |= np.array([code.casefold() in names for code in treatable.codes], np.bool_)[treatable.test_of]
        if genes := {*test.genes, test.target}:
            asked |= np.array([bool(genes & set(_genes(knowledge, int(d)))) for d in treatable.diseases], np.bool_)
    return np.where(asked, 0.0, 1.0)


def _test(knowledge: Knowledge, treatable: TreatableTable, test: int, held: NDArray[np.float64]) -> BiochemicalTest:
    inside = np.flatnonzero(treatable.test_of == test)
    order = inside[np.argsort(-held[inside], kind="stable")]
    likeliest = treatable.rows[int(treatable.row_of[order[0]])]
    shown = order[: max(int((held[order[:LISTED]] >= LISTED_BELIEF).sum()), 1)]
    names = knowledge.diseases
    return BiochemicalTest(
        code=likeliest.code,
        test=likeliest.test,
        samples=likeliest.samples,
        covers=tuple(
            CoveredDisease(names.id(d), names.name(d), float(held[i]), _genes(knowledge, d))
            for i, d in ((int(i), int(treatable.diseases[i])) for i in shown)
        ),
        mass=float(held[inside].sum()),
        treatment=likeliest.treatment,
        turnaround=likeliest.turnaround,
        source=likeliest.source,
        url=likeliest.url,
        words=likeliest.words,
    )


def _genes(knowledge: Knowledge, disease: int) -> tuple[str, ...]:
    links = knowledge.genes
    return tuple(dict.fromkeys(links.symbols[int(links.genes[i])] for i in links.of_disease[disease]))
