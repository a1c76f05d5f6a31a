"""Words put to suggested tests: what they are called, why they are suggested, what they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matching.genetic_tests.proposal import Change, Lesion, Reason, SourceKind, TestSource, TestSuggestion
from service.lesion_words import lesion_words
from service.wording import Wording, closed_up

#: Of the words for what an exome shows of a lesion; every share between stands for "some, not to be relied on".
_NONE, _ALL = 0.0, 1.0


@dataclass(frozen=True, slots=True)
class PlanWording:
    """Sentences about tests in the language of `wording`."""

    wording: Wording

    def name(self, test: TestSuggestion) -> str:
        """What the test is called, with the assay that is ordered in one with it."""
        if test.beside is not None:
            names = {"test": self._name(test), "assay": self._name(test.beside)}
            return closed_up(self.wording.words["test.with"].format(**names))
        return self._name(test)

    def _name(self, test: TestSuggestion) -> str:
        if test.assay:
            return self.from_table(test.assay)
        if test.reason is Reason.READ_YEARS_AGO:
            return self.wording.words["test.reanalysis"]
        if test.modality == "exome":
            return self.wording.words["test.exome"]
        if len(test.genes) == 1:
            return self.wording.words["test.one_gene"].format(gene=test.genes[0])
        return self.wording.words["test.panel"].format(count=len(test.genes))

    def cannot_see(self, change: Change) -> str:
        """A kind of change that a test is blind to."""
        return self.wording.words[f"change.{change.value}"]

    def reason(self, test: TestSuggestion) -> str:
        """Why the test, and what is ordered in one with it, is suggested, as sentences."""
        both = (test,) if test.beside is None else (test, test.beside)
        said = (sentence for each in both for sentence in self._reason(each))
        return self.wording.sentences(said)

    def source(self, source: TestSource) -> str:
        """What a statement about the test rests on; a citation in its own words."""
        if source.kind is SourceKind.CITED:
            return self.from_table(source.citation)
        key = f"source.{source.kind.value}{'_dated' if source.dated else ''}"
        return self.wording.words[key].format(of=source.citation, dated=source.dated)

    def from_table(self, words: str) -> str:
        """Words of the lesion table in the reader's language; as they are where it has none for them."""
        return lesion_words(self.wording.language).get(words.casefold(), words)

    def _reason(self, test: TestSuggestion) -> Iterator[str]:
        word = self.wording.words
        percent = self.share(test.mass)
        if test.reason is Reason.BELIEF_SPREAD:
            key = "reason.belief_spread_one" if len(test.genes) == 1 else "reason.belief_spread"
            yield word[key].format(percent=percent, count=len(test.genes), held=self.share(test.held or 0.0))
        elif test.reason is Reason.LIKELY_GENES:
            yield word["reason.likely_gene" if len(test.genes) == 1 else "reason.likely_genes"].format(percent=percent)
            for first in test.covers[:1]:
                name = self.wording.naming.disease(first.disease, first.name)
                yield word["reason.leads"].format(disease=name, percent=self.share(first.posterior))
        elif test.reason is not Reason.USUAL_LESION:
            yield word[f"reason.{test.reason.value}"]
        if test.lesion is not None:
            yield from self._lesion(test.lesion, percent, several=len(test.covers) > 1)

    def _lesion(self, lesion: Lesion, percent: str, several: bool) -> Iterator[str]:
        word = self.wording.words
        disease = self.wording.naming.disease(lesion.disease_id, lesion.disease)
        yield word["reason.covers_several" if several else "reason.covers"].format(disease=disease, percent=percent)
        mechanism = word[f"mechanism.{lesion.mechanism.value}"]
        yield word["reason.usual_lesion"].format(
            disease=disease, mechanism=mechanism, locus=self.from_table(lesion.locus)
        )
        sees = {_NONE: "none", _ALL: "all"}.get(lesion.exome_sees, "part")
        yield word[f"reason.exome_sees_{sees}"].format(missed=self.from_table(lesion.exome_misses))

    def share(self, share: float) -> str:
        """Never certain, never impossible: the belief is an estimate."""
        if 100 * share > 99:
            return self.wording.words["belief.above"]
        return self.wording.words["belief.below"] if 100 * share < 1 else f"{100 * share:.0f} %"
