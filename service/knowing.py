"""What an input tells beside findings, as `Known`: codes looked up in the catalogue in use, genes by their symbols."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import MappingProxyType

from matching.assess import Assessor
from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.catalogues.faults import CatalogueDamaged
from matching.genetic_tests.catalogues.genes import GeneNames, Unresolved
from matching.genetic_tests.catalogues.kept_names import gene_names
from matching.genetic_tests.catalogues.opening import open_catalogue
from matching.genetic_tests.catalogues.shelf import Marks, marks
from matching.genetic_tests.known import FamilyHistory, Known, TestDone
from matching.genetic_tests.offers import Offers
from ontology.genes import GeneLinks
from service.models.known import KnownInput, ModalityWord, TestDoneInput, part_of
from service.problems import Fault, invalid

NO_CODES: Mapping[str, CatalogueTest] = MappingProxyType({})


_LOG = logging.getLogger("phenomap.service")


@dataclass(frozen=True)
class _Opened:
    """What one state of the shelf holds: `marks` tell it from another."""

    marks: Marks
    offers: Offers | None
    root: Path
    links: GeneLinks

    @cached_property
    def codes(self) -> Mapping[str, CatalogueTest]:
        tests = () if self.offers is None else self.offers.tests
        return MappingProxyType({test.code: test for test in tests if test.code})

    @cached_property
    def names(self) -> GeneNames:
        return gene_names(self.root, self.links)


class Knowing:
    """Reads what is known of patients; holds nothing of any.

    The catalogues in use are opened at start, and again when an import, `phenomap tests use` or another table of gene
    names has changed which they are: that costs a look at a few names of files each time one is asked for. A catalogue
    that cannot be opened leaves the one before in use, and is logged once.
    """

    def __init__(self, assessor: Assessor) -> None:
        self.assessor = assessor
        self._opening = Lock()
        self._opened = self._open(marks(self._root))

    @classmethod
    def open(cls, assessor: Assessor) -> Knowing:
        """With the catalogue in use beside the release; raises CatalogueDamaged."""
        return cls(assessor)

    @property
    def offers(self) -> Offers | None:
        """The catalogue in use, None without one."""
        return self._now().offers

    def known(self, given: KnownInput) -> Known:
        """What `given` tells; raises a 422 problem with every fault."""
        told = self.settled(given)
        return Known(
            self._done(told.tests_done) if told.tests_done else (),
            FamilyHistory(**told.family_history.model_dump()),
            told.acutely_ill,
            _this_year(),
        )

    def settled(self, given: KnownInput) -> KnownInput:
        """As `settled` has it, with the catalogue in use."""
        return settled(given, self.codes)

    @property
    def codes(self) -> Mapping[str, CatalogueTest]:
        """Tests of the catalogue in use, by their codes."""
        return self._now().codes

    @property
    def _names(self) -> GeneNames:
        return self._now().names

    @property
    def _root(self) -> Path:
        return self.assessor.knowledge.folder.parent

    def _now(self) -> _Opened:
        now = marks(self._root)
        if now != self._opened.marks:
            with self._opening:
                if now != self._opened.marks:  # nobody has opened it while this thread waited
                    self._opened = self._opened_again(now)
        return self._opened

    def _opened_again(self, now: Marks) -> _Opened:
        try:
            return self._open(now)
        except CatalogueDamaged as error:
            _LOG.error("the catalogue that was put in use is not used: %s", error.what)
            return replace(self._opened, marks=now)  # not tried again until it changes

    def _open(self, now: Marks) -> _Opened:
        catalogue = open_catalogue(self._root)
        offers = None if catalogue is None else self.assessor.offers(catalogue)
        return _Opened(now, offers, self._root, self.assessor.knowledge.genes)

    def _done(self, tests: Sequence[TestDoneInput]) -> tuple[TestDone, ...]:
        """The tests as they were; a name of no known gene stays as written. What a code looked at is the plan's."""
        names = replace(self._names, _seen={})  # so that what callers write is not kept
        return tuple(
            TestDone(
                test.modality.value if test.modality else "",
                test.result,
                tuple(dict.fromkeys(_symbol(names, gene) for gene in test.genes)),
                _symbol(names, test.target),
                test.code,
                test.year,
            )
            for test in tests
        )


def settled(given: KnownInput, codes: Mapping[str, CatalogueTest] = NO_CODES) -> KnownInput:
    """What `given` tells, each test with its modality: that of its code in `codes` where none is told.

    Raises a 422 problem with every fault.
    """
    faults = list(_faults(given.tests_done, codes))
    if faults:
        raise invalid(faults)
    tests = [
        test if test.modality else test.model_copy(update={"modality": ModalityWord(codes[test.code].modality)})
        for test in given.tests_done
    ]
    told = part_of(given)
    return told.model_copy(update={"tests_done": tests})


def _faults(tests: Sequence[TestDoneInput], codes: Mapping[str, CatalogueTest]) -> Iterator[Fault]:
    year = _this_year()
    for at, test in enumerate(tests):
        path = f"tests_done[{at}]"
        if test.modality is None and not test.code:
            mend = "Send its modality, or its code in the catalogue."
            yield Fault(field=f"{path}.modality", what="It is not told which kind of test this was.", mend=mend)
        elif test.modality is None and test.code not in codes:
            what = "The catalogue in use has no such code." if codes else "No catalogue is in use."
            yield Fault(field=f"{path}.code", what=what, mend="Send the test's modality.")
        if test.year is not None and test.year > year:
            yield Fault(field=f"{path}.year", what="This year has not come yet.", mend=f"Send {year} or less.")


def _this_year() -> int:
    return datetime.now(UTC).year


def _symbol(names: GeneNames, written: str) -> str:
    found = names.resolve(written)
    return written if isinstance(found, Unresolved) else found
