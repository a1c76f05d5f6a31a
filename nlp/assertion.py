"""What a note says of a finding: observed, excluded, uncertain, of a relative, historical or hypothetical.

Rules of the ConText family (Harkema et al. 2009, unverified): a cue acts on the findings between itself and the next
word that closes its scope, inside one sentence. Negation scopes were fitted to the open half of the NegEx set
(benchmarks.assertion).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nlp.cues import Cue, CueFinder
from nlp.sections import FAMILY_HISTORY, PAST_HISTORY, Section, section_at
from nlp.sentences import sentence_starts
from nlp.words import Tokens, fold, tokenise
from ontology.features import Assertion

_BEFORE_KINDS = (
    "negation", "negation_of_list", "negation_of_next_word", "not_negation", "termination", "uncertain",
    "hypothetical", "historical",
)  # fmt: skip
_AFTER_KINDS = ("negation_after", "uncertain_after", "historical_after", "family_after", "termination")
_FAMILY_KINDS = ("family_history", "no_family_history", "relative", "sibling", "patient")
_NEGATIONS = ("negation", "negation_of_list", "negation_of_next_word")
#: Words beyond which a cue no longer acts, before and after a finding; they also bound the work on endless sentences.
_BEFORE, _AFTER = 60, 40
_NEGATION_REACH = 12
_NEGATION_REACH_OF_LIST = 30  # "denies A, B, C, ..."; "no A or B, C of ... or D"
_AFTER_REACH = 8
_BEARER_REACH = 6
_DESCENT_REACH = 8
_HYPOTHETICAL_REACH = 8


@dataclass(frozen=True, slots=True)
class _Cues:
    """Cues of one sort in order of position, and their first words for bisecting."""

    cues: list[Cue]
    firsts: list[int]

    @classmethod
    def of(cls, finder: CueFinder, words: Sequence[str]) -> _Cues:
        cues = finder.find(words)
        return cls(cues, [cue.first for cue in cues])

    def between(self, first: int, beyond: int) -> list[Cue]:
        """Cues that lie wholly in words `first` to `beyond` (exclusive)."""
        low, high = bisect_left(self.firsts, first), bisect_left(self.firsts, beyond)
        return [cue for cue in self.cues[low:high] if cue.last < beyond]


@dataclass(frozen=True, slots=True)
class _Note:
    """A note prepared: its words without line ends, first words of findings and sentences, cues of the three sorts."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    findings: frozenset[int]
    sentences: list[int]
    before: _Cues
    after: _Cues
    family: _Cues
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class _Place:
    """A finding among the words: it holds `first` to `beyond` (exclusive) of a sentence from `low` to `high`."""

    first: int
    beyond: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class AssertionReader:
    """Reads assertions by the cue phrases of one language (file `assertion.json`)."""

    rules: Mapping[str, Sequence[str]]
    before: CueFinder
    after: CueFinder
    family: CueFinder

    @classmethod
    def of(cls, rules: Mapping[str, Sequence[str]]) -> AssertionReader:
        """A reader for the phrases of one language."""
        finders = (CueFinder.of(rules, kinds) for kinds in (_BEFORE_KINDS, _AFTER_KINDS, _FAMILY_KINDS))
        return cls(rules, *finders)

    def assert_spans(
        self,
        text: str,
        spans: Sequence[tuple[int, int]],
        sections: Sequence[Section] = (),
        tokens: Tokens | None = None,
    ) -> list[Assertion]:
        """One assertion for each (start, end) in characters; `tokens` may be handed over where they are known."""
        if not spans:
            return []
        note = self._prepare(text, tokens if tokens is not None else tokenise(text), spans, sections)
        return [self._assert(note, start, end) for start, end in spans]

    def _prepare(
        self, text: str, tokens: Tokens, spans: Sequence[tuple[int, int]], sections: Sequence[Section]
    ) -> _Note:
        folded = [fold(surface) for surface in tokens.surfaces]
        breaks = sentence_starts(text, tokens, folded, frozenset(self.rules["no_sentence_end"]))
        kept = [at for at, surface in enumerate(tokens.surfaces) if surface != "\n"]
        words = [folded[at] for at in kept]
        sentences = sorted({bisect_left(kept, at) for at in breaks})
        ends = [tokens.ends[at] for at in kept]
        return _Note(
            words=words,
            starts=[tokens.starts[at] for at in kept],
            ends=ends,
            findings=frozenset(bisect_right(ends, start) for start, _ in spans),
            sentences=sentences,
            before=_Cues.of(self.before, words),
            after=_Cues.of(self.after, words),
            family=_Cues.of(self.family, words),
            sections=sections,
        )

    def _assert(self, note: _Note, start: int, end: int) -> Assertion:
        place = _place(note, start, end)
        scope = _scope_before(note, place)
        following = _scope_after(note, place)
        section = section_at(note.sections, start)
        negated = self._is_negated(note, place, scope, following)
        of_family = self._is_of_family(note, place) or (section == FAMILY_HISTORY)
        if of_family:
            # That no relative has it says nothing of the patient, so it is neither excluded nor a relative's finding.
            return Assertion.HYPOTHETICAL if negated or self._is_absent_in_family(note, place) else Assertion.FAMILY
        if negated:
            return Assertion.EXCLUDED
        near = [cue for cue in scope if cue.kind != "hypothetical" or place.first - cue.last <= _HYPOTHETICAL_REACH]
        kinds = {cue.kind for cue in (*near, *following)}
        if "hypothetical" in kinds:
            return Assertion.HYPOTHETICAL
        if kinds & {"uncertain", "uncertain_after"}:
            return Assertion.UNCERTAIN
        if kinds & {"historical", "historical_after"} or section == PAST_HISTORY:
            return Assertion.HISTORICAL
        return Assertion.OBSERVED

    def _is_negated(self, note: _Note, place: _Place, scope: list[Cue], following: list[Cue]) -> bool:
        negations = [cue for cue in scope if cue.kind in _NEGATIONS]
        if negations:
            cue = negations[-1]
            between = note.words[cue.last + 1 : place.first]
            if cue.kind == "negation_of_next_word":
                reaches = not [word for word in between if word != "-"]
            elif sum(word[0].isalnum() for word in between) > self._reach(between):
                reaches = False
            elif cue.kind == "negation_of_list":
                listed = cue.last + 1 in note.findings and note.words[cue.first] in self.rules["absences"]
                reaches = self._list_reaches(between, note.words[place.beyond : place.high], listed)
            else:
                reaches = self._negation_reaches(between)
            if reaches:
                return True
        after = [cue for cue in following if cue.kind == "negation_after"]
        return bool(after) and self._after_reaches(note, place, after[0])

    def _reach(self, between: Sequence[str]) -> int:
        listed = between.count(",") > 1 or set(between) & set(self.rules["or_words"])
        return _NEGATION_REACH_OF_LIST if listed else _NEGATION_REACH

    def _list_reaches(self, between: Sequence[str], behind: Sequence[str], absent_finding: bool) -> bool:
        """Whether it does: "without A, B or C" reaches C; "without A, with B" and "without A, B" end at the comma.

        "Absence of seizures, A and B" reaches B, for what is absent is a finding; "absence of nails, A" does not.
        """
        tail: list[str] = []
        for word in behind:
            if word in self.rules["tail_ends"]:
                break
            tail.append(word)
        alternatives = any(word in self.rules["or_words"] for word in (*between, *tail))
        if "," not in between:
            return True
        if not alternatives:
            return absent_finding and "and" in (*between, *tail) and not set(between) & set(self.rules["clause_verbs"])
        joined = [at for at, word in enumerate(between) if word in ("and", "or")]
        return not joined or "," not in between[joined[0] :]

    def _negation_reaches(self, between: Sequence[str]) -> bool:
        """Whether it does: "no A, and was B" ends at the comma if a verb and no further negation stand between."""
        commas = [at for at, word in enumerate(between) if word == ","]
        if len(commas) != 1 or between[commas[0] + 1 : commas[0] + 2] != ["and"]:
            return True
        if any(word in ("or", "no", "nor") for word in between):
            return True
        return not any(word in self.rules["clause_verbs"] for word in between)

    def _after_reaches(self, note: _Note, place: _Place, cue: Cue) -> bool:
        """Whether it does: "A was not seen" reaches back to A over a few words, but not over ", confirming B,"."""
        between = note.words[place.beyond : cue.first]
        if len(between) > _AFTER_REACH or (between and not note.words[cue.first][0].isalnum()):
            return False  # "(-)" and ": none" stand right after what they deny
        if "," in between:
            rest = [word for word in between[between.index(",") + 1 :] if word != "and"]
            return not rest or not (rest[0].endswith("ing") or rest[0] in self.rules["new_subject"])
        return True

    def _is_of_family(self, note: _Note, place: _Place) -> bool:
        if any(cue.kind == "family_after" for cue in _scope_after(note, place)):
            return True
        if place.first > place.low and note.words[place.first - 1] in self.rules["of_relative"]:
            return True
        cues = note.family.between(place.low, place.first)
        bearers = [cue for cue in cues if cue.kind != "patient"]
        if not bearers:
            return False
        last = bearers[-1]
        patients = [cue for cue in cues if cue.kind == "patient" and cue.first > last.last]
        if any("of" not in note.words[max(last.last, cue.first - 2) : cue.first] for cue in patients):
            return False  # but "the mother of the patient" is the mother
        if last.kind == "family_history":
            following = note.words[last.last + 1 : last.last + 3]
            return any(word in self._words("family_history_of") for word in following)
        return last.kind == "no_family_history" or self._is_bearer(note, place, last)

    def _is_bearer(self, note: _Note, place: _Place, relative: Cue) -> bool:
        """Whether the relative has the finding ("his mother had"), rather than tells of it ("his mother reports")."""
        before = note.words[max(place.low, relative.first - 3) : relative.first]
        if set(before[-2:]) & self._words("unaffected"):
            return False
        descent = note.words[max(place.low, relative.first - _DESCENT_REACH) : relative.first]
        if note.words[relative.first] in self.rules["parents"] and set(descent) & set(self.rules["descent"]):
            return False  # "born to first-cousin parents, presenting with"
        if len(before) == 3 and before[0] in self._words("patient") and before[1] == "and":
            return False  # "the patient and his mother had": the patient has it
        if relative.kind == "sibling" and before and not set(before) & set(self.rules["kinship_word"]):
            return False
        behind = note.words[relative.last + 1 : place.first]
        near = behind[:_BEARER_REACH]
        if not near:
            return relative.kind != "sibling"
        if near[0] in ("and", "&") or any(word in self._words("relates") for word in near):
            return False  # "a mother and son with": the son has it
        return any(word in self._words("bearer") for word in near)

    def _is_absent_in_family(self, note: _Note, place: _Place) -> bool:
        return any(cue.kind == "no_family_history" for cue in note.family.between(place.low, place.first))

    def _words(self, name: str) -> frozenset[str]:
        return frozenset(word for pattern in self.rules[name] for word in pattern.split("|"))


def _place(note: _Note, start: int, end: int) -> _Place:
    first, beyond = bisect_right(note.ends, start), bisect_left(note.starts, end)
    row = bisect_right(note.sentences, first) - 1
    low = note.sentences[row] if row >= 0 else 0
    high = note.sentences[row + 1] if row + 1 < len(note.sentences) else len(note.words)
    return _Place(first, max(beyond, first), max(low, first - _BEFORE), min(max(high, beyond), beyond + _AFTER))


def _scope_before(note: _Note, place: _Place) -> list[Cue]:
    """Cues before the finding that nothing has closed."""
    cues = note.before.between(place.low, place.first)
    closed = [at for at, cue in enumerate(cues) if cue.kind == "termination"]
    return cues[closed[-1] + 1 :] if closed else cues


def _scope_after(note: _Note, place: _Place) -> list[Cue]:
    """Cues after the finding up to one that closes."""
    cues = note.after.between(place.beyond, place.high)
    closed = [at for at, cue in enumerate(cues) if cue.kind == "termination"]
    return cues[: closed[0]] if closed else cues
