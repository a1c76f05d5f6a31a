"""How the findings met a disease, told apart in six kinds, and the words and bars that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from matching.report import Match
from service.models.answers import ReportAnswer
from service.models.explanations import AnnotationAnswer, ContributionAnswer, DiseaseAnswer

#: In the order in which the evidence shows them: what speaks against a disease is not to be overlooked.
KINDS = ("contradicting", "exact", "near", "related", "of_kin", "missing")
_KIND_OF: Mapping[Match, str] = MappingProxyType(
    {
        Match.EXACT: "exact",
        Match.MORE_SPECIFIC: "near",
        Match.MORE_GENERAL: "near",
        Match.SHARED_ANCESTOR: "related",
        Match.NONE: "missing",
        Match.EXCLUDED_MEETS_PRESENT: "contradicting",
        Match.PRESENT_MEETS_EXCLUDED: "contradicting",
    }
)
_PMID = re.compile("PMID:([0-9]{1,9})")
MOST_QUOTES = 2
#: Reasons whose statements are in sight when a disease is opened.
MOST_IN_SIGHT = 3
#: Statements of one reason in sight once it is open.
ROWS_IN_SIGHT = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One finding's bar: where it begins and how wide it is, in percent of the room for bars."""

    part: ContributionAnswer
    kind: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Scale:
    """Nats of the longest bars of a list to either side, so that one nat is as wide in every row."""

    against: float
    supporting: float

    @classmethod
    def of(cls, diseases: Sequence[DiseaseAnswer]) -> Scale:
        """That of all the diseases listed."""
        return cls(
            max((_sum(disease, -1) for disease in diseases), default=0.0),
            max((_sum(disease, 1) for disease in diseases), default=0.0),
        )

    @property
    def middle(self) -> float:
        """Where the two sides meet, in percent."""
        return 100 * self.against / self._whole

    @property
    def _whole(self) -> float:
        return (self.against + self.supporting) or 1.0

    def bars(self, disease: DiseaseAnswer) -> Iterator[Bar]:
        """A bar for each finding: what speaks against the disease leftwards of the middle, what speaks for it right."""
        left = right = self.middle
        for part in disease.contributions:
            width = 100 * abs(part.nats) / self._whole
            if part.nats < 0:
                left -= width
                yield Bar(part, kind_of(part), left, width)
            elif part.nats > 0:
                yield Bar(part, kind_of(part), right, width)
                right += width


def _sum(disease: DiseaseAnswer, sign: int) -> float:
    return sum(max(0.0, sign * part.nats) for part in disease.contributions)


def kind_of(part: ContributionAnswer) -> str:
    """Which of KINDS it is; what is known of related diseases alone is of kin, however it met."""
    return "of_kin" if part.kin else _KIND_OF[part.match]


def by_kind(disease: DiseaseAnswer) -> Iterator[tuple[str, list[ContributionAnswer]]]:
    """The reasons of a disease in the order of KINDS, within a kind as they are."""
    ordered = sorted(disease.contributions, key=lambda part: KINDS.index(kind_of(part)))
    for kind, parts in groupby(ordered, key=kind_of):
        yield kind, list(parts)


def in_sight(disease: DiseaseAnswer) -> frozenset[str]:
    """Findings whose statements are in sight at once: the weightiest, and all that contradict the disease."""
    weighty = sorted((p for p in disease.contributions if p.rows), key=lambda part: -abs(part.nats))[:MOST_IN_SIGHT]
    against = (part for part in disease.contributions if kind_of(part) == "contradicting")
    return frozenset(part.feature for part in (*weighty, *against))


def widest(disease: DiseaseAnswer) -> float:
    """Nats of the disease's weightiest reason, a hundredth at least: the bars of its evidence are drawn against it."""
    return max((abs(part.nats) for part in disease.contributions), default=0.0) or 0.01


def quotes(report: ReportAnswer) -> Mapping[str, Sequence[str]]:
    """By finding, the first of the notes' words that it was read from, where they are not its own label."""
    found: dict[str, Sequence[str]] = {}
    for feature in report.features:
        said = {m.evidence.text.casefold(): m.evidence.text for m in reversed(feature.mentions) if m.evidence.text}
        own = {feature.label.casefold(), (feature.label_en or "").casefold()}
        found[feature.id] = [text for key, text in reversed(said.items()) if key not in own][:MOST_QUOTES]
    return found


def pubmed(reference: str) -> str | None:
    """The page of a PMID; None for any other reference."""
    found = _PMID.fullmatch(reference)
    return f"https://pubmed.ncbi.nlm.nih.gov/{found[1]}/" if found else None


def references(rows: Sequence[AnnotationAnswer], most: int = 3) -> list[str]:
    """The first references of `rows`, each once."""
    return list(dict.fromkeys(reference for row in rows for reference in row.references))[:most]


def cited(row: AnnotationAnswer) -> list[str]:
    """References of one row; where it is lent, the record that lends it is told beside them."""
    return [each for each in row.references if row.relation == "own" or each != row.record]
