"""Counts of what was read, to be compared: how many notes were how long, in which language, and so on.

A `Tally` counts note by note; its `Profile` is the frozen result, which merges with those of other workers and months
and is kept as JSON. Only counts in closed bins are held (matching.shift.figures): no words, no ids, no dates.

Phrases that match no term (nlp.suggesters) take longer to look for than a note to read, so they are counted on a
sample: `is_sampled` chooses notes by a hash that the caller gives, so that the same notes are chosen in every run and
by every worker.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from facial.reading import PhotoReading
from matching.shift.figures import BINS, Figure, is_bin, language_bin, length_bin, phrase_bin, quality_bin, rate_bin
from nlp.reading import Reading
from ontology.errors import InputError
from ontology.features import Assertion, Unread
from ontology.terms import PHENOTYPIC_ABNORMALITY, Terms, UnknownTerm

#: Of the file in which a profile is kept; another one is refused.
SCHEMA = 1
#: One note in so many is looked through for phrases that match no term.
SAMPLED_ONE_IN = 100
_PRESENT = (Assertion.OBSERVED, Assertion.HISTORICAL)
_PER_MENTION = (Figure.SYSTEMS, Figure.ASSERTIONS)
_NO_FINDING = BINS[Figure.FINDINGS][0]


def is_sampled(hash: bytes, one_in: int = SAMPLED_ONE_IN) -> bool:
    """Whether the note of this hash (its first eight bytes count) is of the sample for UNMATCHED."""
    return int.from_bytes(hash[:8]) % one_in == 0


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of a collection: of each figure, how many fell in each bin; bins of none are left out.

    `notes` were counted. `patients` is None where nobody counted them.
    """

    counts: Mapping[Figure, Mapping[str, int]]
    notes: int
    patients: int | None = None

    def __add__(self, other: Profile) -> Profile:
        """Both together; a patient who is in both counts twice, and patients are unknown where one side's are."""
        unknown = self.patients is None or other.patients is None
        return Profile(
            {figure: _sum(self.of(figure), other.of(figure)) for figure in Figure if figure in self or figure in other},
            self.notes + other.notes,
            None if unknown else (self.patients or 0) + (other.patients or 0),
        )

    def __contains__(self, figure: Figure) -> bool:
        return bool(self.counts.get(figure))

    def of(self, figure: Figure) -> Mapping[str, int]:
        """The counts of one figure, none where it was not counted."""
        return self.counts.get(figure, {})

    def units(self, figure: Figure) -> int:
        """How many independent things a figure's counts came from, for what chance can do to them.

        Findings of one note belong together, so for SYSTEMS and ASSERTIONS these are the notes with a present finding;
        notes of one patient do, so they are no more than the patients, where these are known.
        """
        units = sum(self.of(figure).values())
        rates = self.of(Figure.FINDINGS)
        if figure in _PER_MENTION and rates:
            units = min(units, sum(rates.values()) - rates.get(_NO_FINDING, 0))
        return units if self.patients is None else min(units, self.patients)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads, figures and bins in a settled order."""
        counts = {
            figure.value: {
                bin: self.of(figure)[bin]
                for bin in (BINS[figure] or sorted(self.of(figure)))
                if self.of(figure).get(bin)
            }
            for figure in Figure
            if figure in self
        }
        return {"schema": SCHEMA, "notes": self.notes, "patients": self.patients, "counts": counts}

    @classmethod
    def from_json(cls, told: object) -> Profile:
        """The profile that `as_json` told; other keys are passed over. Raises InputError where it is none."""
        if not isinstance(told, dict) or told.get("schema") != SCHEMA:
            raise InputError("profile", "This is no profile of this version.", f"Give one of schema {SCHEMA}.")
        figures, notes, patients = told.get("counts"), _count(told.get("notes")), _count(told.get("patients"))
        if not isinstance(figures, dict) or notes is None or (patients is None and told.get("patients") is not None):
            raise InputError("profile", "The profile lacks its counts.", "Write it anew.")
        return cls({_figure(name): _bins(_figure(name), bins) for name, bins in figures.items()}, notes, patients)

    @classmethod
    def loads(cls, text: str) -> Profile:
        """The profile in the text of a file; raises InputError."""
        try:
            return cls.from_json(json.loads(text))
        except ValueError as error:
            raise InputError("profile", "The profile is not valid JSON.", "Write it anew.") from error


#: Of a collection that holds nothing: what merging begins with.
NOTHING_COUNTED = Profile({}, 0, 0)


@dataclass(slots=True)
class Tally:
    """Counts as notes are read. One thread at a time; each worker has its own, and their profiles are added.

    `systems` are the organ systems: the children of Phenotypic abnormality, by position.
    """

    terms: Terms
    systems: Mapping[int, str]
    counts: dict[Figure, Counter[str]] = field(default_factory=lambda: {figure: Counter() for figure in Figure})
    notes: int = 0
    patients: int | None = None
    _systems_of: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, terms: Terms) -> Tally:
        """An empty one, with the organ systems of a release."""
        children = terms.children[terms.position(PHENOTYPIC_ABNORMALITY)]
        return cls(terms, {int(child): terms.id(int(child)) for child in children})

    def add_note(self, text: str, reading: Reading) -> None:
        """Count a note with its reading. One that was not read counts by its length and language alone."""
        self.notes += 1
        self.counts[Figure.NOTE_LENGTH][length_bin(len(text))] += 1
        self.counts[Figure.LANGUAGE][language_bin(reading.language)] += 1
        if reading.abstention is not None:
            return
        self.counts[Figure.ASSERTIONS].update(mention.assertion for mention in reading.mentions)
        present = {mention.type for mention in reading.mentions if mention.assertion in _PRESENT}
        self.counts[Figure.FINDINGS][rate_bin(len(present), len(text))] += 1
        self.counts[Figure.SYSTEMS].update({system for term in present for system in self._of_term(term)})

    def add_unmatched(self, count: int) -> None:
        """Count a note of the sample, in which `count` phenotypic phrases match no term."""
        self.counts[Figure.UNMATCHED][phrase_bin(count)] += 1

    def add_photo(self, photo: PhotoReading) -> None:
        """Count a photo whose quality was judged; one that no reader looked at says nothing, and is left out."""
        abstention = photo.abstention
        if abstention is None or abstention.reason is Unread.PHOTO_NOT_USABLE:
            self.counts[Figure.PHOTO_QUALITY][quality_bin(photo.quality)] += 1

    def add_patient(self) -> None:
        """Count a patient; where none is counted, the profile does not know how many there were."""
        self.patients = (self.patients or 0) + 1

    def profile(self) -> Profile:
        """What was counted so far."""
        counts = {figure: {str(bin): n for bin, n in self.counts[figure].items()} for figure in Figure}
        nothing = not any(counts.values())
        return Profile({f: bins for f, bins in counts.items() if bins}, self.notes, 0 if nothing else self.patients)

    def _of_term(self, id: str) -> tuple[str, ...]:
        """The organ systems a term lies in; none for one that the release has not."""
        known = self._systems_of.get(id)
        if known is None:
            try:
                ancestors: Iterable[int] = map(int, self.terms.ancestors[self.terms.position(id)])
            except UnknownTerm:
                ancestors = ()
            known = tuple(self.systems[each] for each in ancestors if each in self.systems)
            self._systems_of[id] = known
        return known


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {bin: one.get(bin, 0) + other.get(bin, 0) for bin in one.keys() | other.keys()}


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def _figure(name: str) -> Figure:
    if name not in tuple(Figure):
        raise InputError("profile", "The profile has a figure that is not known.", "Write it anew.")
    return Figure(name)


def _bins(figure: Figure, told: object) -> dict[str, int]:
    if not isinstance(told, dict) or not all(is_bin(figure, bin) and _count(n) is not None for bin, n in told.items()):
        raise InputError("profile", f"The profile's {figure} are not counts in its bins.", "Write it anew.")
    return {bin: n for bin, n in told.items() if n}
