"""The ranking as the templates ask for it: ranks, moves, bars, reasons, definitions and comparisons, put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from service.bench import comparing, defined, reasons
from service.bench.look import Look
from service.bench.standing import Move, Standing
from service.models.bench import MOST_ASIDE, MOST_OPEN
from service.models.definitions import DescriptionAnswer
from service.models.explanations import (
    AnnotationAnswer,
    BearingAnswer,
    ContributionAnswer,
    DiseaseAnswer,
    GeneDiseaseAnswer,
    ImpliedGeneAnswer,
)
from service.wording import Wording, closed_up

#: Genes in sight; the others are behind a fold.
GENES_IN_SIGHT = 5


@dataclass(frozen=True)
class RankingView:
    """One look's ranking. `definitions_of` finds what Orphanet wrote of a disease, by its id."""

    look: Look
    wording: Wording
    definitions_of: Callable[[str], Sequence[DescriptionAnswer]]
    open: frozenset[str] = frozenset()
    compared: tuple[str, ...] = ()
    stood: tuple[str, ...] = ()
    most_aside: int = MOST_ASIDE

    def say(self, key: str, **values: object) -> str:
        """The word under `key` with `values` in it."""
        return closed_up(self.wording.words[key].format(**values))

    def label(self, id: str) -> str:
        """The label of a term."""
        return self.wording.label(id)

    def percent(self, share: float) -> str:
        """A share; in words where it is below 1 % or above 99 %."""
        return self.wording.percent(share)

    @property
    def shown(self) -> bool:
        """There are diseases, and they may be seen."""
        return bool(self.diseases)

    @property
    def diseases(self) -> Sequence[DiseaseAnswer]:
        """Those listed; none where the site wants a first impression before."""
        return self.look.report.diseases if self.look.report and not self.look.gated else ()

    @cached_property
    def scale(self) -> reasons.Scale:
        """That of every row's bars."""
        return reasons.Scale.of(self.diseases)

    @cached_property
    def standing(self) -> Standing:
        """Where the diseases stand, and stood."""
        return Standing(self.diseases, self.stood)

    def rank(self, at: DiseaseAnswer | ImpliedGeneAnswer) -> str:
        """Ties are told as ties: two at the top share the ranks 1 to 2."""
        half = at.tied_with / 2
        return f"{at.rank - half:.0f}–{at.rank + half:.0f}" if at.tied_with else f"{at.rank:.0f}"

    def told_apart(self, disease: BearingAnswer) -> str:
        """Its name; with its id where another of those listed has the same name."""
        alike = sum(each.name == disease.name for each in self.diseases)
        return f"{disease.name} {disease.disease}" if alike > 1 else disease.name

    def best_rank(self, at: DiseaseAnswer) -> int:
        """The first of the ranks that it shares."""
        return round(at.rank - at.tied_with / 2)

    def move(self, disease: DiseaseAnswer) -> Move | None:
        """How far it has moved since the ranking last shown."""
        return self.standing.move(disease.id)

    def moved(self, move: Move) -> str:
        """A move in words."""
        if move.entered:
            return self.say("page.entered")
        return self.say("page.rose" if move.ranks > 0 else "page.fell", count=abs(move.ranks))

    def remark(self, disease: DiseaseAnswer) -> str:
        """What is to be known before trusting its rank."""
        said = [disease.from_kin_words] if disease.from_kin_words else []
        if against := len(disease.contradictions):
            said.append(self.say("page.contradicted_one" if against == 1 else "page.contradicted_by", count=against))
        if tied := disease.tied_with:
            said.append(self.say("page.tied_one" if tied == 1 else "page.tied", count=tied))
        if disease.borrowed:
            said.append(self.say("page.borrowed"))
        return self.wording.words["list"].join(said)

    def nats(self, value: float) -> str:
        """With its sign, to a hundredth."""
        size = f"{abs(value):.2f}"
        return "0" if float(size) == 0 else f"{'−' if value < 0 else '+'}{size}"

    def in_nats(self, value: float) -> str:
        """As `nats`, with the unit."""
        return self.say("page.nats", value=self.nats(value))

    def worth(self, part: ContributionAnswer) -> str:
        """What a finding adds, as shown, so that the parts shown sum to the whole shown."""
        return self.in_nats(part.nats if part.shown is None else part.shown)

    def bar_words(self, part: ContributionAnswer) -> str:
        """A bar for those who do not see it."""
        key = "rank.for" if part.nats > 0 else "rank.against" if part.nats < 0 else "rank.neither"
        return self.say(key, label=part.label, worth=self.worth(part))

    def bars_words(self, disease: DiseaseAnswer) -> str:
        """All bars of a row for those who do not see them."""
        return self.wording.words["list"].join(self.bar_words(bar.part) for bar in self.scale.bars(disease))

    @cached_property
    def quotes(self) -> dict[str, Sequence[str]]:
        """The notes' words by finding."""
        return dict(reasons.quotes(self.look.report)) if self.look.report else {}

    def frequency(self, row: AnnotationAnswer) -> str:
        """How often, as the statement has it."""
        if row.frequency_words:
            return row.frequency_words
        if row.examined is not None:
            counted = self.say("page.of_patients", affected=row.affected, examined=row.examined)
            return f"{counted} ({self.percent((row.affected or 0) / row.examined)})" if row.examined else counted
        return self.say("page.frequency_not_given") if row.frequency is None else self.percent(row.frequency)

    def lent(self, rows: Sequence[AnnotationAnswer]) -> str:
        """Through which entry all of `rows` are known; empty where one is the disease's own."""
        if not rows or any(row.relation == "own" for row in rows):
            return ""
        return self.say(f"page.relation_{rows[0].relation}", record=rows[0].record)

    def definitions(self, disease: DiseaseAnswer) -> Iterator[tuple[DescriptionAnswer, list[defined.Piece]]]:
        """What Orphanet wrote of it, its own entry first, cut at the words that speak of features."""
        for entry in self.definitions_of(disease.id):
            if entry.definition:
                yield entry, list(defined.pieces(entry, disease.contributions))

    @property
    def kept_open(self) -> list[str]:
        """Open diseases that are not listed at present: they are open when they come back. Bounded as the forms are."""
        listed = {disease.id for disease in self.diseases}
        return sorted(self.open - listed)[: MOST_OPEN - len(listed) - 1]

    @property
    def sides(self) -> Sequence[DiseaseAnswer]:
        """The diseases compared, as far as they are listed."""
        listed = {disease.id: disease for disease in self.diseases}
        return [listed[id] for id in self.compared if id in listed]

    def compared_rows(self) -> list[comparing.Row]:
        """The table of the comparison."""
        return comparing.rows(self.sides)

    def genes(self) -> tuple[Sequence[ImpliedGeneAnswer], Sequence[ImpliedGeneAnswer]]:
        """The genes in sight, and those behind a fold."""
        genes = self.look.report.genes if self.look.report else []
        return genes[:GENES_IN_SIGHT], genes[GENES_IN_SIGHT:]

    def link(self, given: GeneDiseaseAnswer) -> str:
        """What the source says of a gene and a disease."""
        told = given.association if given.association not in ("", "NOT_STATED") else self.say("page.no_association")
        return self.say("page.link", association=told, source=given.source, dated=given.dated)

    def only_link(self) -> str | None:
        """The link of all genes and diseases, where it is one and the same."""
        links = {self.link(each) for genes in self.genes() for gene in genes for each in gene.diseases}
        return next(iter(links)) if len(links) == 1 else None
