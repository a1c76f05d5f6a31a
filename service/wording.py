"""Words put to values, in the reader's language. Every word of the page and the answers comes from one dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from matching.report import CircumstanceAddend, Contribution, Frequency, LikenessAddend, Match, Notice
from ontology.annotations import FREQUENCY_OF_TERM, Relation
from ontology.features import Abstention, PatientSex
from ontology.knowledge import Knowledge
from ontology.natural_histories import DAYS_A_YEAR
from ontology.terms import UnknownTerm
from service.catalogues import DICTIONARIES, FIRST
from service.formats import percent
from service.naming import Naming, namings

_QUALITY = re.compile(r"[01](\.[0-9]{0,3})?")
_BETWEEN_CHINESE = re.compile("(?<=[\u3001-\u303f\u4e00-\u9fff]) (?=[\u3001-\u303f\u4e00-\u9fff])")
#: Lower bounds of the words for a probability. Chosen, not measured.
_CONFIDENCE = ((0.5, "strong"), (0.2, "moderate"), (0.05, "weak"), (0.0, "faint"))

#: From this share on the evidence that is of kin alone is told beside a disease: one in six among the first ten of the
#: open published cases.
_TOLD_OF_KIN = 0.1

#: Shares are kept in 32 bits: nearer than this is the same.
_SAME = 1e-6

_DAYS_A_MONTH = DAYS_A_YEAR / 12


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences in one language about terms and diseases of one release; `namings` names them in each language."""

    language: str
    words: Mapping[str, str]
    namings: Mapping[str, Naming]

    @classmethod
    def of(cls, knowledge: Knowledge, language: str = "en") -> Wording:
        """Sentences in `language`; English where there is no dictionary of it yet."""
        known = language if language in DICTIONARIES else "en"
        return cls(known, DICTIONARIES[known], namings(knowledge))

    def into(self, language: str) -> Wording:
        """The same terms and diseases in another language, one of DICTIONARIES."""
        return replace(self, language=language, words=DICTIONARIES[language])

    @property
    def naming(self) -> Naming:
        """Names of terms and diseases in the language of the sentences; English ones where none are known in it."""
        return self.namings.get(self.language) or self.namings[FIRST]

    def label(self, id: str) -> str:
        """The label of the current term `id`."""
        return self.naming.label(id)

    def match(self, contribution: Contribution, kin: Sequence[str] = (), often: str | None = None) -> str:
        """How a finding met the disease, how often it is seen there, and which words speak of it, as sentences.

        `kin` are the names of the related diseases in the contribution's `kin`, `often` its frequency as a phrase,
        where that is known already.
        """
        by_words = [*self._by_words(contribution)] if contribution.by_name or contribution.described else []
        said = [self._met(contribution, kin)] if contribution.rows or not by_words else []
        if not contribution.rows and contribution.match is Match.EXCLUDED_MEETS_PRESENT:
            said.append(self.words["match.excluded_meets_words"])
        if contribution.frequency and contribution.frequency.share is not None:
            several = contribution.match is Match.SHARED_ANCESTOR
            said.append(
                self.words["match.frequency_of_related" if several else "match.frequency"].format(
                    frequency=often or self.frequency(contribution.frequency)
                )
            )
        return self.sentences(said + by_words)

    def _met(self, contribution: Contribution, kin: Sequence[str]) -> str:
        """Which annotation the finding met, and whose it is where it is not the disease's own."""
        through = self.label(contribution.through) if contribution.through else ""
        if not contribution.kin:
            return self.words[f"match.{contribution.match.value}"].format(through=through)
        names = self.words["list"].join(kin or contribution.kin)
        if contribution.kin_more:
            names = self.words["list.more"].format(names=names, count=contribution.kin_more)
        return self.words[f"kin.{contribution.match.value}"].format(through=through, kin=names)

    def _by_words(self, contribution: Contribution) -> Iterator[str]:
        """What the disease is named for, and what Orphanet's words speak of: the term met, or one below it."""
        of_feature = contribution.match in (Match.MORE_GENERAL, Match.EXCLUDED_MEETS_PRESENT)
        term = self.label(contribution.feature if of_feature else contribution.through or contribution.feature)
        exactly = contribution.match in (Match.EXACT, Match.MORE_SPECIFIC)
        what = term if exactly else self.words["words.kind"].format(term=term)
        if contribution.by_name:
            yield self.words["match.by_name"].format(what=what)
        entry = min(contribution.described, key=lambda e: (not e.in_definition, e.relation), default=None)
        if entry and (entry.in_definition or not contribution.by_name):
            said = "defined" if entry.in_definition else "entry_named"
            whose = entry.relation.name.lower() if entry.relation >= Relation.BROADER else "own"
            yield self.words[f"match.{said}.{whose}"].format(what=what, entry=self.naming.disease(entry.id, entry.name))

    def frequency(self, given: Frequency) -> str:
        """How often, as a phrase: counted patients, a class of the HPO, a share, or that nothing is said."""
        if given.share is None:
            return self.words["frequency.not_given"]
        percent = self.percent(given.share)
        if given.examined:
            return self.words["frequency.counted"].format(
                affected=given.affected, examined=given.examined, percent=percent
            )
        named = next((id for id, middle in FREQUENCY_OF_TERM.items() if abs(middle - given.share) < _SAME), None)
        return self.words[f"frequency.{named}"] if named else self.words["frequency.share"].format(percent=percent)

    def circumstance(self, part: CircumstanceAddend) -> str:
        """What the patient's age or sex contradicts, and who states it, as a sentence."""
        stated = ", ".join(dict.fromkeys((*map(self.label, part.terms), *part.entries)))
        return self.words[f"circumstance.{part.kind.value}"].format(
            stated=stated,
            onset=self.age(part.onset_from or 0),
            age=self.age(part.age_days or 0),
            sex=self.words[f"page.sex_{(part.sex or PatientSex.UNKNOWN).value}"],
        )

    def likeness(self, part: LikenessAddend) -> str:
        """What the face speaks for or against, by whose cases, as a sentence."""
        key = "face.likeness.for" if part.nats >= 0 else "face.likeness.against"
        return self.words[key].format(cases=part.cases, rank=part.rank, evaluated=part.evaluated or "?")

    def age(self, days: int) -> str:
        """A length of life: days below two months, months below two years, whole years from then on."""
        # A class of age begins on a whole day, which may be a fraction of one short of the birthday.
        months, years = int((days + 0.5) / _DAYS_A_MONTH), int((days + 0.5) / DAYS_A_YEAR)
        if months < 2:
            return self.words["age.days"].format(count=days)
        return self.words["age.months" if years < 2 else "age.years"].format(count=months if years < 2 else years)

    def percent(self, share: float) -> str:
        """A share as a percentage; never 0 or 100 % where it is not."""
        return percent(share, self.language)

    def sentences(self, said: Iterable[str]) -> str:
        """Sentences as one text, each after the one before as the language sets them."""
        follow = self.words["sentences"]
        return closed_up(reduce(lambda told, more: follow.format(told=told, more=more) if told else more, said, ""))

    def question(self, term: str, bedside: bool) -> str:
        """Whether the patient has the feature `term`, to be asked or looked for."""
        key = "next.bedside" if bedside else "next.investigation"
        return closed_up(self.words[key].format(label=self.label(term)))

    def notice(self, notice: Notice) -> str:
        """A notice as a sentence: that for its kind and its reason, count or number of terms, else its kind's."""
        named = [self._named(id) for id in notice.terms]
        counted = len(named) if notice.count is None else "counted"
        said = self.words.get(f"notice.{notice.kind.value}.{notice.why.value if notice.why else counted}")
        if said is None:
            return self.words[f"notice.{notice.kind.value}"]
        labels = [each.removesuffix(f" ({id})") for each, id in zip(named, notice.terms, strict=True)]
        return closed_up(said.format(*named, ids=notice.terms, labels=labels, count=notice.count))

    def abstention(self, given: Abstention) -> tuple[str, str]:
        """Why a reader declines, and what would let it read, as sentences."""
        return declined(given, self.words)

    def confidence(self, probability: float | None) -> str | None:
        """A probability as a word."""
        if probability is None:
            return None
        word = next(word for bound, word in _CONFIDENCE if probability >= bound)
        return self.words[f"confidence.{word}"]

    def from_kin(self, share: float) -> str | None:
        """How much of the evidence for a disease is of its kin alone; None below a tenth."""
        if share == 1:
            return self.words["page.by_kin_alone"]
        return self.words["page.from_kin"].format(percent=self.percent(share)) if share >= _TOLD_OF_KIN else None

    def _named(self, id: str) -> str:
        try:
            return f"{self.label(id)} ({id})"
        except UnknownTerm:
            return id


def declined(given: Abstention, words: Mapping[str, str] = DICTIONARIES[FIRST]) -> tuple[str, str]:
    """As Wording.abstention, where no terms need be named."""
    key = f"abstention.{given.reason.value}"
    return words[key], words[f"{key}.mend"]


def closed_up(text: str) -> str:
    """Without the spaces that set Latin letters off, where Chinese characters have taken their place."""
    return text if text.isascii() else _BETWEEN_CHINESE.sub("", text)


def preferred(accepted: str | None) -> str:
    """The language of DICTIONARIES that an Accept-Language header (RFC 9110, 12.5.4) likes best; English where none.

    `zh-Hans-CN` asks for Chinese; a language of quality 0 is refused; of equal qualities the first counts.
    """
    best, most = "en", 0.0
    for part in (accepted or "").split(","):
        name, _, parameters = part.partition(";")
        language = name.strip().partition("-")[0].casefold()
        quality = _quality(parameters)
        if language in DICTIONARIES and quality > most:
            best, most = language, quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().casefold() != "q":
        return 1.0
    return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
