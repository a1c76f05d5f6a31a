"""Relatives told of at length: names of a pedigree given to them, and sentences that go on about them.

"The mother (I-2) had cataract. She had ptosis as well." and, later, "I-2 was deaf": both are the mother's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge

from nlp.cues import Cue
from nlp.scopes import Cues, LaidOut

NAMED = "named_relative"
_ROMAN = frozenset(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"))
_JOINS = frozenset("-–.:")
_BETWEEN_NAMES = frozenset((",", "and", "&", "("))
#: Words at the head of a sentence among which its subject is looked for, and sentences that may go on about it.
_HEAD, _SENTENCES = 14, 10
#: Words behind a relative among which an age or a name tells that the text turns to them.
_NEAR = 12
#: Words of a sentence that are looked through for the patient or a birth; a bound for endless sentences.
_SPOKEN = 40


@dataclass(frozen=True, slots=True)
class Pedigree:
    """The cues of persons with the names of relatives among them, and whom each sentence goes on about."""

    persons: Cues
    carried: Sequence[Cue | None]


@dataclass(frozen=True, slots=True)
class PedigreeReader:
    """Reads pedigrees by the word lists of one language (file `assertion.json`)."""

    words: Mapping[str, frozenset[str]]

    def read(self, note: LaidOut) -> Pedigree:
        """The pedigree of a note; time is linear in its length."""
        persons = self._with_names(note)
        return Pedigree(persons, self._carried(note, persons) if note.findings else [None] * len(note.sentences))

    def _with_names(self, note: LaidOut) -> Cues:
        places = list(_names(note))
        if not places:
            return note.family
        name_at = {cue.first: (cue, name) for cue, name in places}
        given: set[str] = set()
        for relative in note.family.cues:
            if relative.kind in ("relative", "sibling"):
                given.update(_names_behind(note, relative, name_at))
        named = [
            cue
            for together in _listed(note, places)
            if all(name in given for _, name in together) and not self._is_patient_at(note, together[0][0].first - 1)
            for cue, _ in together
        ]
        return Cues.ordered(list(merge(note.family.cues, named, key=lambda cue: cue.first)))

    def _is_patient_at(self, note: LaidOut, at: int) -> bool:
        return at >= 0 and note.words[at] in self.words["patient_noun"]

    def _carried(self, note: LaidOut, persons: Cues) -> list[Cue | None]:
        carried: list[Cue | None] = []
        subject: Cue | None = None
        since = 0
        for row in range(len(note.sentences)):
            low, high = note.sentence(row)
            since += 1
            if subject is not None and (since > _SENTENCES or self._turns_away(note, persons, subject, low, high)):
                subject = None
            carried.append(subject)
            opening = self._opening(note, persons, low, high)
            if opening is not None:
                told = self._is_told_at_length(note, opening, low, high) and note.has_finding(opening.last + 1, high)
                subject, since = (opening, 0) if told else (None, 0)
        return carried

    def _opening(self, note: LaidOut, persons: Cues, low: int, high: int) -> Cue | None:
        """The relative that a sentence begins with: "Her older sister ...", "Examination of the father ..."."""
        for cue in persons.between(low, min(high, low + _HEAD)):
            if any(word in self.words["head_ends"] for word in note.words[low : cue.first]):
                return None
            if cue.kind in ("relative", "sibling", NAMED):
                before = set(note.words[max(low, cue.first - 3) : cue.first])
                behind = set(note.words[cue.last + 1 : cue.last + 4])
                of_patient = cue.kind != "sibling" or bool(before & self.words["kinship_word"])
                of_patient = of_patient or ("of" in behind and bool(behind & self.words["patient_noun"]))
                return cue if of_patient and not before & self.words["likens"] else None
            if note.words[cue.first] in self.words["pronouns"] and not self._owns(note, cue):
                return None
        return None

    def _owns(self, note: LaidOut, pronoun: Cue) -> bool:
        """Whether it is "his" or "her" before a noun."""
        return note.words[pronoun.first] in ("his", "her", "their")

    def _is_told_at_length(self, note: LaidOut, relative: Cue, low: int, high: int) -> bool:
        if any(word in self.words["birth"] for word in note.words[low : min(high, low + _SPOKEN)]):
            return False
        head = note.words[low : relative.first]
        near = note.words[relative.last + 1 : min(high, relative.last + 1 + _NEAR)]
        if any(word in self.words["patient_noun"] or word in self.words["examination"] for word in (*head, *near[:4])):
            return True
        ages = self.words["ages"]
        named = any(cue.first < high for cue, _ in _names_from(note, relative.last + 1, relative.last + 4))
        return relative.kind == NAMED or named or any(word in ages for word in (*head, *near))

    def _turns_away(self, note: LaidOut, persons: Cues, subject: Cue, low: int, high: int) -> bool:
        """Whether a sentence speaks of the patient again, for all that is known."""
        words = note.words[low : min(high, low + _SPOKEN)]
        if any(word in self.words["birth"] for word in words) or "al" in words[:_HEAD]:
            return True  # "Doe et al. reported": others' patients
        pronoun = next((word for word in words[:_HEAD] if word in self.words["pronouns"]), None)
        if low in note.at_line and (not words or words[0] not in self.words["pronouns"]):
            return True
        name = note.words[subject.first]
        if pronoun in self.words["her"] and name in self.words["men"]:
            return True
        if pronoun in self.words["his"] and name in self.words["women"]:
            return True
        known = {cue.first for cue in persons.between(low, min(high, low + _HEAD)) if cue.kind == NAMED}
        if pronoun is None and not known:
            told = note.words[subject.last + 1 : subject.last + 1 + _NEAR]
            again = bool(words) and words[0] in self.words["patient_again"]
            if again or any(word in self.words["dead"] for word in told):
                return True
        if any(cue.first not in known for cue, _ in _names_from(note, low, min(high, low + _HEAD))):
            return True
        for cue in persons.between(low, min(high, low + _SPOKEN)):
            first = note.words[cue.first]
            is_patient = cue.kind == "patient" and first in self.words["patient_noun"]
            if is_patient and "of" not in note.words[max(low, cue.first - 2) : cue.first]:
                return True
        return False


def _names(note: LaidOut) -> Iterator[tuple[Cue, str]]:
    yield from _names_from(note, 0, len(note.words))


def _names_from(note: LaidOut, first: int, beyond: int) -> Iterator[tuple[Cue, str]]:
    """Names of a pedigree, "III-2", "II.1", "IV:3", with the words that they hold."""
    words, starts, ends = note.words, note.starts, note.ends
    for at in range(first, min(beyond, len(words) - 2)):
        if words[at] in _ROMAN and words[at + 1] in _JOINS and words[at + 2].isdigit():
            together = ends[at] == starts[at + 1] and ends[at + 1] == starts[at + 2]
            if together:
                yield Cue(at, at + 2, NAMED), f"{words[at]}-{words[at + 2]}"


def _listed(note: LaidOut, places: Sequence[tuple[Cue, str]]) -> Iterator[list[tuple[Cue, str]]]:
    """Names that stand in one list: a list that holds any patient is no relative's."""
    together: list[tuple[Cue, str]] = []
    for cue, name in places:
        gap = note.words[together[-1][0].last + 1 : cue.first][:3] if together else ()
        if together and not all(word in _BETWEEN_NAMES for word in gap):
            yield together
            together = []
        together.append((cue, name))
    if together:
        yield together


def _names_behind(note: LaidOut, relative: Cue, name_at: Mapping[int, tuple[Cue, str]]) -> Iterator[str]:
    """Names right behind a relative: "her brothers (III-1 and III-3)", "her father, I-1,"."""
    at = relative.last + 1
    beyond = at + _NEAR
    while at < min(beyond, len(note.words)):
        if at in name_at:
            cue, name = name_at[at]
            yield name
            at = cue.last + 1
        elif note.words[at] in _BETWEEN_NAMES:
            at += 1
        else:
            return
