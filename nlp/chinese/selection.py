"""Which phrases of one note stand: the longest that do not overlap, findings and cues together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from operator import attrgetter
from typing import NamedTuple

from nlp.chinese.lexicon import ChineseLexicon, Hit, Hits, runs_on
from nlp.chinese.rules import Cue, CueSet
from ontology.features import Assertion, Channel


class Found(NamedTuple):
    """Characters `start` to `end` name the term at position `term`.

    `excluded` where the words themselves deny it (肝脏未见肿大; 肌张力正常); `wording` is what was looked up; `reading`
    says how a value was understood; `said` is what a reader of another language says of it, with the cue's characters.
    """

    start: int
    end: int
    term: int
    wording: str
    step: str | None = None
    excluded: bool = False
    denial: tuple[int, int] | None = None
    reading: str | None = None
    channel: Channel = Channel.WORDS
    said: tuple[Assertion, tuple[int, int] | None] | None = None


#: What holds a character of `Selection.owned`; 0 where nothing does. A word that only names the patient or an
#: examination (查体), or begins a statement (可见), may stand between a part and what is said of it.
FINDING, CUE, OPEN = 1, 2, 3
_OF_FINDING, _HELD_BY_NONE = bytes([FINDING]), bytes([0, OPEN])


@dataclass(slots=True)
class Selection:
    """Findings and cues that were kept, and which characters they hold (`owned`, a byte a character).

    Cues are in order of position, `cue_starts` their first characters.
    """

    text: str
    found: list[Found]
    cues: list[Hit]
    owned: bytearray
    cue_starts: list[int]

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing kept holds a character from `start` to `end`."""
        return self.owned.count(0, start, end) == end - start

    def is_open(self, start: int, end: int) -> bool:
        """Whether no finding and no cue that says something of one holds a character from `start` to `end`."""
        return not self.owned[start:end].strip(_HELD_BY_NONE)

    def cues_between(self, first: int, beyond: int) -> list[Hit]:
        """Cues that begin from `first` up to `beyond`, in order of position."""
        low = bisect_left(self.cue_starts, first)
        return self.cues[low : bisect_left(self.cue_starts, beyond, low)] if first < beyond else []

    def take(self, finding: Found) -> None:
        """Keep a finding."""
        self.found.append(finding)
        self.owned[finding.start : finding.end] = _OF_FINDING * (finding.end - finding.start)


#: Of equally long phrases the one that stands for no finding goes first.
_FINDING_ORDER, _CUE_ORDER, _FALSE_ORDER = 1, 2, 0
_OPEN = (frozenset({Cue.PATIENT}), frozenset({Cue.NOT_FINDING}), frozenset({Cue.TERMINATION}))
_OF_OPEN, _OF_CUE = bytes([OPEN]), bytes([CUE])


def select(text: str, hits: Hits, loose: list[Found]) -> Selection:
    """Keep the longest phrases; `loose` are findings with words of side or degree inside, tried by their length too."""
    arrived = count()  # of equals the first counts
    candidates: list[tuple[int, int, int, int, tuple[int, int, int] | Found | Hit]] = [
        (one[0] - one[1], _FINDING_ORDER, one[0], next(arrived), one) for one in hits.findings
    ]
    candidates += [(-len(one.wording), _FINDING_ORDER, one.start, next(arrived), one) for one in loose]
    candidates += [(hit.start - hit.end, _order(hit), hit.start, next(arrived), hit) for hit in hits.cues]
    candidates.sort()
    owned = bytearray(len(text))
    selection = Selection(text, [], [], owned, [])
    for _, _, start, _, one in candidates:
        end = one[1]
        if owned[start] or owned.count(0, start, end) < end - start:
            continue
        if isinstance(one, Found):
            selection.take(one)
        elif isinstance(one, Hit):
            selection.cues.append(one)
            owned[start:end] = (_OF_OPEN if one.entry in _OPEN else _OF_CUE) * (end - start)
        else:
            selection.take(Found(start, end, one[2], text[start:end]))
    selection.cues.sort(key=attrgetter("start"))
    selection.cue_starts += [cue.start for cue in selection.cues]
    return selection


def _order(hit: Hit) -> int:
    entry = hit.entry
    if isinstance(entry, CueSet):
        return _FALSE_ORDER if Cue.NOT_FINDING in entry else _CUE_ORDER
    return _FALSE_ORDER  # a whole statement of normality


@dataclass(frozen=True, slots=True)
class Reduced:
    """A text without its words of side and degree: the pieces between them.

    Piece i begins at character `begins[i]` of `text`, and at `places[i]` of the text as given. Words were left out
    before all of them but the first.
    """

    given: str
    text: str
    begins: list[int]
    places: list[int]

    @classmethod
    def of(cls, text: str, hits: Hits) -> Reduced:
        """Leave out every skipped word, the longest first."""
        pieces, begins, places = [], [], []
        length = 0
        at = 0
        for start, end in [*sorted((hit.start, hit.end) for hit in hits.skipped), (len(text), len(text))]:
            if start > at:
                pieces.append(text[at:start])
                begins.append(length)
                places.append(at)
                length += start - at
            at = max(at, end)
        return cls(text, "".join(pieces), begins, places)

    @property
    def joints(self) -> list[int]:
        """Characters before which words were left out."""
        return self.begins[1:]

    def place(self, at: int) -> int:
        """Where character `at` stands in the text as given."""
        piece = bisect_right(self.begins, at) - 1
        return self.places[piece] + at - self.begins[piece]


_LONGEST = 16  # characters of a wording before a joint


def loose_findings(reduced: Reduced, lexicon: ChineseLexicon) -> Iterator[Found]:
    """Findings that words of side or degree stand inside of: 瞳孔稍不等大."""
    text, joints = reduced.text, reduced.joints
    if not joints:
        return
    first, last_joint = joints[0], joints[-1]
    for start, end, term, _ in lexicon.findings.within(text):
        if term < 0 or end <= first or start >= last_joint:
            continue
        if not joints[bisect_right(joints, start)] < min(end, start + _LONGEST):
            continue
        last = reduced.place(end - 1) + 1
        if not runs_on(reduced.given, last):
            yield Found(reduced.place(start), last, term, text[start:end])


def things_of(hits: Hits) -> list[Hit]:
    """What may be said to be normal, in order of position."""
    return sorted(hits.things, key=attrgetter("start"))


def is_cue(hit: Hit, *kinds: Cue) -> bool:
    """Whether a phrase is a cue of one of these kinds."""
    entry = hit.entry
    return isinstance(entry, CueSet) and not entry.isdisjoint(kinds)


def mask_of(hit: Hit) -> int:
    """What a phrase may do, as CueSet.mask; 0 where it is no cue."""
    entry = hit.entry
    return entry.mask if isinstance(entry, CueSet) else 0
