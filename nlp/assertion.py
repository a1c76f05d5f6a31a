"""What a note says of a finding: observed, excluded, uncertain, of a relative, historical or hypothetical.

Rules of the ConText family (Harkema et al. 2009, unverified): a cue acts on the findings between itself and the next
word that closes its scope, inside one sentence. Negation scopes were fitted to the open half of the NegEx set
(benchmarks.assertion), relatives to twenty reports (benchmarks.report_assertion).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.bearers import BearerReader
from nlp.cues import Cue
from nlp.pedigrees import Pedigree, PedigreeReader
from nlp.scopes import CueFinders, LaidOut, Place, scope_after, scope_before
from nlp.sections import FAMILY_HISTORY, PAST_HISTORY, PLAN, Section, section_of
from nlp.words import Tokens, tokenise
from ontology.features import Assertion

_NEGATIONS = ("negation", "negation_of_list", "negation_of_next_word")
_NEGATION_REACH = 12
_NEGATION_REACH_OF_LIST = 30  # "denies A, B, C, ..."; "no A or B, C of ... or D"
_AFTER_REACH = 8
_AFTER_REACH_OF_LIST = 25  # "A, B, C and D were absent"
_HYPOTHETICAL_REACH = 8


@dataclass(frozen=True, slots=True)
class Asserted:
    """What is said of a finding, and the characters (start, end) of the words that say so.

    They are a cue in the finding's sentence, the relative whom earlier sentences tell of, or the heading of the
    section; None where a finding is observed because nothing says otherwise.
    """

    assertion: Assertion
    cue: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class AssertionReader:
    """Reads assertions by the cue phrases of one language (file `assertion.json`)."""

    words: Mapping[str, frozenset[str]]
    finders: CueFinders
    pedigrees: PedigreeReader
    bearers: BearerReader

    @classmethod
    def of(cls, rules: Mapping[str, Sequence[str]]) -> AssertionReader:
        """A reader for the phrases of one language."""
        words = {kind: frozenset(word for one in phrases for word in one.split("|")) for kind, phrases in rules.items()}
        return cls(words, CueFinders.of(rules), PedigreeReader(words), BearerReader(words))

    def assert_spans(
        self,
        text: str,
        spans: Sequence[tuple[int, int]],
        sections: Sequence[Section] = (),
        tokens: Tokens | None = None,
    ) -> list[Asserted]:
        """What is said of each (start, end) in characters; `tokens` may be handed over where they are known."""
        if not spans:
            return []
        note = self.finders.lay_out(text, tokens if tokens is not None else tokenise(text), spans, sections)
        pedigree = self.pedigrees.read(note)
        return [self._assert(note, pedigree, start, end) for start, end in spans]

    def _assert(self, note: LaidOut, pedigree: Pedigree, start: int, end: int) -> Asserted:
        place = note.place(start, end)
        scope, following = scope_before(note, place), scope_after(note, place)
        section = section_of(note.sections, start)
        name, heading = (section.name, (section.start, section.body)) if section else (None, None)
        negation = self._negation(note, place, scope, following)
        relative = self.bearers.relative(note, pedigree, place)
        if relative is not None or name == FAMILY_HISTORY:
            # That no relative has it says nothing of the patient, so it is neither excluded nor a relative's finding.
            denial = self.bearers.denial(note, place) or negation
            if denial is not None:
                return Asserted(Assertion.HYPOTHETICAL, note.characters(denial))
            return Asserted(Assertion.FAMILY, note.characters(relative) if relative else heading)
        if negation is not None:
            return Asserted(Assertion.EXCLUDED, note.characters(negation))
        near = [cue for cue in scope if cue.kind != "hypothetical" or place.first - cue.last <= _HYPOTHETICAL_REACH]
        near += [cue for cue in following if self._after_reaches(note, place, cue)]
        return self._unsure(note, near, name, heading)

    def _unsure(
        self, note: LaidOut, near: Sequence[Cue], section: str | None, heading: tuple[int, int] | None
    ) -> Asserted:
        """What cues other than negations say, the strongest first."""
        for kinds, assertion in (
            (("hypothetical",), Assertion.HYPOTHETICAL),
            (("uncertain", "uncertain_after"), Assertion.HYPOTHETICAL if section == PLAN else Assertion.UNCERTAIN),
            (("historical", "historical_after"), Assertion.HISTORICAL),
        ):
            cue = next((cue for cue in reversed(near) if cue.kind in kinds), None)
            if cue is not None:
                return Asserted(assertion, note.characters(cue))
        return Asserted(Assertion.HISTORICAL, heading) if section == PAST_HISTORY else Asserted(Assertion.OBSERVED)

    def _negation(self, note: LaidOut, place: Place, scope: list[Cue], following: list[Cue]) -> Cue | None:
        """The cue that denies the finding."""
        negations = [cue for cue in scope if cue.kind in _NEGATIONS]
        if negations and self._negates(note, place, negations[-1]):
            return negations[-1]
        after = [cue for cue in following if cue.kind in ("negation_after", "negation_right_after")]
        return after[0] if after and self._after_reaches(note, place, after[0]) else None

    def _negates(self, note: LaidOut, place: Place, cue: Cue) -> bool:
        between = note.words[cue.last + 1 : place.first]
        if cue.kind == "negation_of_next_word":
            return not [word for word in between if word != "-"]
        if sum(word[0].isalnum() for word in between) > self._reach(between):
            return False
        if cue.kind == "negation_of_list":
            absence = note.words[cue.first] in self.words["absences"]
            if absence and "and" in between and not note.has_finding(cue.last + 1, place.first):
                return False  # "absence of nails and A": what is absent is a body part
            listed = absence and note.has_finding(cue.last + 1, cue.last + 2)
            behind = note.words[place.beyond : place.high]
            return self._list_reaches(between, behind, listed) or self._is_all_said(note, place, cue)
        return self._negation_reaches(between, note.words[place.beyond : place.beyond + 1])

    def _reach(self, between: Sequence[str]) -> int:
        listed = between.count(",") > 1 or set(between) & self.words["or_words"]
        return _NEGATION_REACH_OF_LIST if listed else _NEGATION_REACH

    def _list_reaches(self, between: Sequence[str], behind: Sequence[str], absent_finding: bool) -> bool:
        """Whether it does: "without A, B or C" reaches C; "without A, with B" and "without A, B" end at the comma.

        "Absence of seizures, A and B" reaches B, for what is absent is a finding; "absence of nails, A" does not.
        """
        tail: list[str] = []
        for word in behind:
            if word in self.words["tail_ends"]:
                break
            tail.append(word)
        alternatives = any(word in self.words["or_words"] for word in (*between, *tail))
        if "," not in between:
            return True
        if not alternatives and between[between.index(",") + 1 : between.index(",") + 2] in (["the"], ["a"]):
            return False
        if not alternatives:
            return absent_finding and "and" in (*between, *tail) and not set(between) & self.words["clause_verbs"]
        joined = [at for at, word in enumerate(between) if word in ("and", "or")]
        return not joined or "," not in between[joined[0] :]

    def _is_all_said(self, note: LaidOut, place: Place, cue: Cue) -> bool:
        """Whether the sentence is a denied list and nothing else: "Without A, B." says nothing if B is there."""
        low, high = note.sentence(place.row)
        if cue.first != low or high - low > _NEGATION_REACH:
            return False
        commas = [at for at in range(cue.last + 1, high) if note.words[at] == ","]
        listed = all(note.has_finding(at + 1, at + 2) for at in (cue.last, *commas))
        rest = note.words[place.beyond : high]
        return listed and rest[:1] in ([], ["."], [","]) and not self.words["clause_verbs"] & {*rest}

    def _negation_reaches(self, between: Sequence[str], behind: Sequence[str]) -> bool:
        """Whether it does: "no A, and was B" and "no A, and B was" end at the comma, without a further negation."""
        commas = [at for at, word in enumerate(between) if word == ","]
        if len(commas) != 1 or between[commas[0] + 1 : commas[0] + 2] != ["and"]:
            return True
        if any(word in ("or", "no", "nor") for word in between):
            return True
        return not any(word in self.words["clause_verbs"] for word in between) and behind not in (["was"], ["is"])

    def _after_reaches(self, note: LaidOut, place: Place, cue: Cue) -> bool:
        """Whether it does: "A was not seen" reaches back to A over a few words, "A, B and C were absent" over a list.

        Not over ", confirming B,", nor over another verb: "A was seen, B was absent".
        """
        between = note.words[place.beyond : cue.first]
        if between and (cue.kind == "negation_right_after" or not note.words[cue.first][0].isalnum()):
            return False  # "(-)" and ": none" stand right after what they deny
        if between and set(note.words[place.first : place.beyond]) & self.words["clause_verbs_behind"]:
            return False  # "ribs were fused, and A and B were absent"
        between = _without_asides(between)
        if "(" in between or set(between) & self.words["clause_verbs_behind"]:
            return False
        if len(between) > (_AFTER_REACH_OF_LIST if self._is_list(between) else _AFTER_REACH):
            return False
        if "," in between:
            rest = [word for word in between[between.index(",") + 1 :] if word != "and"]
            return not rest or not (rest[0].endswith("ing") or rest[0] in self.words["new_subject"])
        return True

    def _is_list(self, between: Sequence[str]) -> bool:
        """Whether the words behind a finding go on with a list: "..., B, and C"."""
        return bool(between) and between[0] in (",", "and", "or") and ("and" in between or "or" in between)


def _without_asides(words: Sequence[str]) -> list[str]:
    """Words without those in brackets; a bracket that is not closed stays."""
    kept: list[str] = []
    opened: list[int] = []
    for word in words:
        if word == "(":
            opened.append(len(kept))
        kept.append(word)
        if word == ")" and opened:
            del kept[opened.pop() :]
    return kept
