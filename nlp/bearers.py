"""Whose finding it is: the patient's, or that of a relative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlp.cues import Cue
from nlp.pedigrees import NAMED, Pedigree
from nlp.scopes import LaidOut, Place, scope_after

_NO_BEARERS = ("patient", "cousins_wed")
_BEARER_REACH = 6
_DESCENT_REACH = 8
_LIKENED = 6
#: Words of an aside, "(II-2, aged 40)" or ", now 40 years old,", passed over between a relative and what they have.
_ASIDE, _APPOSITION = 12, 10


@dataclass(frozen=True, slots=True)
class BearerReader:
    """Reads bearers by the word lists of one language (file `assertion.json`)."""

    words: Mapping[str, frozenset[str]]

    def relative(self, note: LaidOut, pedigree: Pedigree, place: Place) -> Cue | None:
        """The words that name the relative whose finding it is, or the family's history; None for the patient's."""
        behind = [cue for cue in scope_after(note, place) if cue.kind == "family_after"]
        if behind and self._reaches_back(note, place, behind[0]):
            return behind[0]
        if place.first > place.low and note.words[place.first - 1] in self.words["of_relative"]:
            return Cue(place.first - 1, place.first - 1, "of_relative")
        cues = pedigree.persons.between(place.low, place.first)
        bearers = [cue for cue in cues if cue.kind not in _NO_BEARERS and not self._is_likened(note, place, cue)]
        if not bearers:
            return self._carried(note, pedigree, place, cues)
        last = bearers[-1]
        if any(self._speaks_of_patient(note, last, cue) for cue in cues if cue.first > last.last):
            return None
        if last.kind == "family_history":
            following = note.words[last.last + 1 : last.last + 3]
            return last if any(word in self.words["family_history_of"] for word in following) else None
        return last if last.kind == "no_family_history" or self._bears(note, place, last) else None

    def denial(self, note: LaidOut, place: Place) -> Cue | None:
        """The words that deny the finding of the whole family: "no family history of"."""
        cues = note.family.between(place.low, place.first)
        return next((cue for cue in reversed(cues) if cue.kind == "no_family_history"), None)

    def _reaches_back(self, note: LaidOut, place: Place, cue: Cue) -> bool:
        """Whether it does: "A in his mother", "A, seen in his mother"; not "A, and B in his mother"."""
        between = note.words[place.beyond : cue.first]
        if "," not in between:
            return True
        rest = between[between.index(",") + 1 :]
        return not rest or rest[0] in self.words["goes_on"]

    def _is_likened(self, note: LaidOut, place: Place, relative: Cue) -> bool:
        """Whether another is likened to the relative: "like her sister, she has"."""
        before = note.words[max(place.low, relative.first - _LIKENED) : relative.first]
        return bool(set(before) & self.words["likens"])

    def _carried(self, note: LaidOut, pedigree: Pedigree, place: Place, cues: Sequence[Cue]) -> Cue | None:
        if any(note.words[cue.first] in self.words["patient_noun"] for cue in cues):
            return None
        return pedigree.carried[place.row] if place.row < len(pedigree.carried) else None

    def _speaks_of_patient(self, note: LaidOut, relative: Cue, patient: Cue) -> bool:
        """Whether it turns to the patient; "the mother of the patient" is the mother."""
        before = note.words[max(relative.last, patient.first - 4) : patient.first]
        return patient.kind == "patient" and "of" not in before

    def _bears(self, note: LaidOut, place: Place, relative: Cue) -> bool:
        """Whether the relative has the finding ("his mother had"), rather than tells of it ("his mother reports")."""
        before = note.words[max(place.low, relative.first - 3) : relative.first]
        if set(before[-2:]) & self.words["unaffected"] or "by" in before[-2:]:
            return False  # "brought by his mother with"
        descent = note.words[max(place.low, relative.first - _DESCENT_REACH) : relative.first]
        if note.words[relative.first] in self.words["parents"] and set(descent) & self.words["descent"]:
            return False  # "born to first-cousin parents, presenting with"
        if len(before) == 3 and before[0] in self.words["patient"] and before[1] == "and":
            return False  # "the patient and his mother had": the patient has it
        if relative.kind == "sibling" and before and not self._is_kin(note, relative, before):
            return False
        wed = self._behind_wedding(note, relative, place)
        near = list(self._said_of(note, wed or relative.last + 1, place.first))
        if not near:
            return relative.kind not in ("sibling", NAMED)
        if near[0] in ("and", "&") and not (wed and set(near[1:2]) & self.words["bearer"]):
            return False  # "a mother and son with": the son has it
        if any(word in self.words["relates"] for word in near):
            return self._denies_own(note, place, relative, near)
        return any(word in self.words["bearer"] for word in near)

    def _denies_own(self, note: LaidOut, place: Place, relative: Cue, near: Sequence[str]) -> bool:
        """Whether a relative denies it of themselves: "her sister denies", "the mother denied having had A herself"."""
        if not self.words["denies"] & set(near):
            return False
        behind = note.words[place.beyond : min(place.high, place.beyond + _BEARER_REACH)]
        tells = note.words[relative.first] in self.words["informants"]
        return not tells or bool(self.words["themselves"] & {*near, *behind})

    def _is_kin(self, note: LaidOut, relative: Cue, before: Sequence[str]) -> bool:
        """Whether siblings are the patient's ("her sister", "the sister of the patient"), not patients themselves."""
        behind = note.words[relative.last + 1 : relative.last + 4]
        of_patient = behind[:1] == ["of"] and bool(set(behind) & self.words["patient_noun"])
        return of_patient or bool(set(before) & self.words["kinship_word"])

    def _behind_wedding(self, note: LaidOut, relative: Cue, place: Place) -> int | None:
        """The word behind "(the parents) were first cousins"."""
        wed = note.family.between(relative.last + 1, min(place.first, relative.last + 1 + _BEARER_REACH))
        return next((cue.last + 1 for cue in wed if cue.kind == "cousins_wed"), None)

    def _said_of(self, note: LaidOut, at: int, beyond: int) -> Iterator[str]:
        """The next words from `at` on, without asides, names and "of the patient"."""
        words, said = note.words, 0
        while at < beyond and said < _BEARER_REACH:
            if words[at] == "(" and ")" in words[at : min(at + _ASIDE, beyond)]:
                at = words.index(")", at) + 1
                continue
            if words[at] == "of" and set(words[at + 1 : at + 3]) & self.words["patient_noun"]:
                at += 2
                while at < beyond and words[at] in self.words["patient_noun"]:
                    at += 1
                continue
            if words[at] == "," and "," in words[at + 1 : min(at + _APPOSITION, beyond)]:
                aside = words[at + 1 : words.index(",", at + 1)]
                if aside and not set(aside) & self.words["bearer"]:
                    at += len(aside) + 2
                    continue
            yield words[at]
            said += 1
            at += 1
