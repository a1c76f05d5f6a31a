"""What an input tells beside findings, as `Known`: codes looked up in the catalogue in use, genes by their symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from matching.assess import Assessor
from matching.genetic_tests.catalogue import CatalogueTest
from matching.genetic_tests.catalogues.genes import GeneNames, Unresolved
from matching.genetic_tests.catalogues.kept_names import gene_names
from matching.genetic_tests.catalogues.opening import open_catalogue
from matching.genetic_tests.known import FamilyHistory, Known, TestDone
from matching.genetic_tests.offers import Offers
from service.models.known import KnownInput, TestDoneInput
from service.problems import Fault, invalid


@dataclass(frozen=True)
class Knowing:
    """Reads what is known of patients; holds nothing of any. `offers` is the catalogue in use, None without one."""

    assessor: Assessor
    offers: Offers | None

    @classmethod
    def open(cls, assessor: Assessor) -> Knowing:
        """With the catalogue in use beside the release; raises CatalogueDamaged. Another one needs another start."""
        catalogue = open_catalogue(assessor.knowledge.folder.parent)
        return cls(assessor, None if catalogue is None else assessor.offers(catalogue))

    def known(self, given: KnownInput) -> Known:
        """What `given` tells; raises a 422 problem with every fault."""
        year = datetime.now(UTC).year
        faults = list(self._faults(given.tests_done, year))
        if faults:
            raise invalid(faults)
        names = replace(self._names, _seen={})  # so that what callers write is not kept
        return Known(
            tuple(self._done(test, names) for test in given.tests_done),
            FamilyHistory(**given.family_history.model_dump()),
            given.acutely_ill,
            year,
        )

    @cached_property
    def _codes(self) -> Mapping[str, CatalogueTest]:
        tests = () if self.offers is None else self.offers.tests
        return {test.code: test for test in tests if test.code}

    @cached_property
    def _names(self) -> GeneNames:
        return gene_names(self.assessor.knowledge.folder.parent, self.assessor.knowledge.genes)

    def _faults(self, tests: Sequence[TestDoneInput], year: int) -> Iterator[Fault]:
        for at, test in enumerate(tests):
            path = f"tests_done[{at}]"
            offered = self._codes.get(test.code)
            if test.modality is None and not test.code:
                mend = "Send its modality, or its code in the catalogue."
                yield Fault(field=f"{path}.modality", what="It is not told which kind of test this was.", mend=mend)
            elif test.modality is None and offered is None:
                what = "The catalogue in use has no such code." if self.offers else "No catalogue is in use."
                yield Fault(field=f"{path}.code", what=what, mend="Send the test's modality.")
            if test.year is not None and test.year > year:
                yield Fault(field=f"{path}.year", what="This year has not come yet.", mend=f"Send {year} or less.")

    def _done(self, test: TestDoneInput, names: GeneNames) -> TestDone:
        """The test as it was, with what the catalogue tells of its code; a name of no known gene stays as written."""
        offered = self._codes.get(test.code)
        genes = tuple(dict.fromkeys(_symbol(names, gene) for gene in test.genes))
        modality, target = test.modality.value if test.modality else "", _symbol(names, test.target)
        if offered is not None:
            modality = modality or offered.modality
            if not genes and not target and modality == offered.modality:
                genes, target = offered.genes, offered.target
        return TestDone(modality, test.result, genes, target, test.code, test.year)


def _symbol(names: GeneNames, written: str) -> str:
    found = names.resolve(written)
    return written if isinstance(found, Unresolved) else found
