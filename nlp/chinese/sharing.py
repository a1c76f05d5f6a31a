"""Findings that share words: 肝、脾肿大 is two, 第5指弯曲、短小 is two; and parts with a quality over words between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from nlp.chinese.clauses import Clauses
from nlp.chinese.lexicon import JOINED, ChineseLexicon, Hits
from nlp.chinese.merging import merge
from nlp.chinese.rules import Cue
from nlp.chinese.selection import FINDING, Found, Selection, is_cue
from ontology.terms import Terms

_JOINS = frozenset("、及和与或/,以并且兼")
_ENDS = frozenset('。;:()"? ')  # no item goes over these
_JOIN_BEFORE = re.compile(r"(?:[、/]|以及|及其|及|和|与|或|并|兼)$")
_JOIN_AFTER = re.compile(r"(?:[、/,]|以及|及其|且|及|和|与|或|并|兼|伴|而)")
_BEFORE_ENDS, _AFTER_BEGINS = frozenset("、/,及其和与或并兼"), frozenset("、/,以及且和与或并兼伴而")
#: Words of course that one writes once for a list.
_COURSES = ("反复", "复发性", "反复发作", "慢性", "先天性", "进行性")
#: What denies a quality of one character: 甲状腺不大, 额不算突.
_DENIED = re.compile(r"(?:并|也|均|都|倒)?(?:不算|不太|不|没|无)$")
#: Parts that are written together with no sign between: 手足背水肿 is of both.
_PAIRED = frozenset({"手足", "指趾", "肝脾", "唇舌", "心肺", "掌跖", "胫腓", "尺桡", "眉睫"})
_SECOND = re.compile(r"(?:而|且|又)?([\u4e00-\u9fff]{1,4})(?=[、,。;:)\s]|$)")
_WEAKENED = re.compile("(?:明显|明确|显著|过度)(?:的)?")
_LISTED = re.compile(r"[、及和与]|以及")
_LONGEST_ITEM = 10
_MOST_ITEMS = 12
_GAP = 10  # characters between a part and its quality; none where the quality is one character
_LONGEST_PART = 8


@dataclass(frozen=True, slots=True)
class Sharing:
    """Adds findings that share a beginning or an end with a kept one, and parts with their qualities."""

    lexicon: ChineseLexicon
    terms: Terms

    def extend(self, selection: Selection, hits: Hits, clauses: Clauses) -> None:
        """Add to `selection`; what is added owns its characters like all others."""
        skipped = hits.left_out(len(selection.text))
        for finding in list(self._composed(selection, hits, clauses, skipped)):
            selection.take(finding)
        merge(selection, list(self._denied(selection)), self.terms)
        self._go_on(selection)
        for finding in sorted(selection.found, key=attrgetter("start")):
            for shared in list(self._sharing(selection, clauses, skipped, finding)):
                selection.take(shared)

    def _sharing(self, selection: Selection, clauses: Clauses, skipped: bytearray, whole: Found) -> Iterator[Found]:
        """What shares words with one finding; most stand alone, which their ends and neighbours tell at once."""
        text, wording = selection.text, whole.wording
        if wording[-1:] in self.lexicon.qualities or wording[-2:] in self.lexicon.qualities:
            yield from self._inside(whole)
        behind = text[whole.end : whole.end + 1]
        if is_han(behind) and selection.is_open(whole.end, whole.end + 1):
            yield from self._side_by_side(selection, whole)
        if wording.isascii():
            return
        end = _before_skipped(skipped, whole.start) if whole.start else 0
        if text[end - 1 : end] in _BEFORE_ENDS or text[end - 1 : end + 1] in _PAIRED:
            yield from self._to_left(selection, clauses, skipped, end, whole)
        if behind in _AFTER_BEGINS:
            yield from self._to_right(selection, clauses, skipped, whole)

    def _go_on(self, selection: Selection) -> None:
        """What is said before the first of a list is said of the next: 反复肺炎、中耳炎 is 反复中耳炎, too."""
        ordered = sorted(selection.found, key=attrgetter("start"))
        for row in range(1, len(ordered)):
            one, other = ordered[row - 1], ordered[row]
            if not one.wording.startswith(_COURSES):
                continue
            course = next((course for course in _COURSES if one.wording.startswith(course)), None)
            if course is None or not _LISTED.fullmatch(selection.text, one.end, other.start):
                continue
            wording = course + other.wording
            term = self.lexicon.look_up(wording)
            if term is not None and term != other.term:
                ordered[row] = other._replace(term=term, wording=wording, step="shared words")
        selection.found[:] = ordered

    def _side_by_side(self, selection: Selection, whole: Found) -> Iterator[Found]:
        """A second quality right behind the first: 手短宽 is short and broad, 头发卷曲稀疏 curly and sparse."""
        match = _SECOND.match(selection.text, whole.end)
        if match is None or not selection.is_open(whole.end, match.end()):
            return
        wording = whole.wording
        for cut in range(len(wording) - 1, 0, -1):
            if cut > 1 or wording[cut:] in self.lexicon.qualities:
                term = self.lexicon.look_up(wording[:cut] + match[1])
                if term is not None and term != whole.term:
                    named = wording[:cut] + match[1]
                    yield Found(whole.start, match.end(), term, named, "shared words", whole.excluded, whole.denial)
                    return

    def _inside(self, whole: Found) -> Iterator[Found]:
        """A second quality that a wording ends in, whose beginning alone names the same: 唇厚外翻, 鼻梁宽平."""
        wording, qualities = whole.wording, self.lexicon.qualities
        if not any(wording[cut:-length] in qualities for length in (2, 1) for cut in range(1, len(wording) - length)):
            return
        for length in (2, 1):
            first, second = wording[:-length], wording[-length:]
            if len(first) < 2 or second not in qualities or self.lexicon.look_up(first) != whole.term:
                continue
            for cut in range(len(first) - 1, 0, -1):
                if first[cut:] in self.lexicon.qualities:
                    term = self.lexicon.look_up(first[:cut] + second)
                    if term is not None and term != whole.term:
                        named = first[:cut] + second
                        yield Found(whole.start, whole.end, term, named, "shared words", whole.excluded, whole.denial)
                    return

    def _to_left(
        self, selection: Selection, clauses: Clauses, skipped: bytearray, end: int, whole: Found
    ) -> Iterator[Found]:
        """Items before `end` that share the end of the finding there."""
        text = selection.text
        low, _ = clauses.sentence(whole.start)
        for _ in range(_MOST_ITEMS):
            join = _JOIN_BEFORE.search(text, max(low, end - 2), end)
            if join is None and text[end - 1 : end + 1] not in _PAIRED:
                return
            end = join.start() if join else end
            begin = end
            while begin > low and end - begin < _LONGEST_ITEM and not selection.owned[begin - 1]:
                if text[begin - 1] in _JOINS or text[begin - 1] in _ENDS:
                    break
                begin -= 1
            found = self._with_end(text, skipped, begin, end, whole) if begin < end else None
            if found is None:
                return
            yield found
            end = _before_skipped(skipped, found.start)

    def _with_end(self, text: str, skipped: bytearray, begin: int, end: int, whole: Found) -> Found | None:
        for start in range(begin, end):
            item = _without(text, skipped, start, end)
            if not item or (len(item) == 1 and len(_without(text, skipped, begin, end)) > 1):
                return None
            for cut in range(1, len(whole.wording)):
                if item[-1].isascii() and whole.wording[cut].isascii():
                    continue  # "L, PTH" shares no letters
                wording = item + whole.wording[cut:]
                term = self.lexicon.look_up(wording)
                if term is not None and term != whole.term:
                    return Found(start, whole.end, term, wording, "shared words", whole.excluded, whole.denial)
        return None

    def _to_right(self, selection: Selection, clauses: Clauses, skipped: bytearray, whole: Found) -> Iterator[Found]:
        """Items behind the finding that share its beginning."""
        text = selection.text
        _, high = clauses.sentence(whole.start)
        at = whole.end
        for _ in range(_MOST_ITEMS):
            join = _JOIN_AFTER.match(text, at)
            if join is None or join.end() >= high:
                return
            begin = end = join.end()
            while end < high and end - begin < _LONGEST_ITEM and not selection.owned[end]:
                if text[end] in "、,/及和与" or text[end] in _ENDS:
                    break
                end += 1
            # "前额突，大耳" is no large forehead: what is cut off by another finding is no item.
            cut_off = end < high and selection.owned[end] == FINDING
            over_comma = "," in join[0]
            found = None if cut_off else self._with_beginning(text, skipped, begin, end, whole, over_comma)
            if found is None:
                return
            yield found
            at = found.end

    def _with_beginning(
        self, text: str, skipped: bytearray, begin: int, end: int, whole: Found, over_comma: bool
    ) -> Found | None:
        for last in range(end, end - 1 if over_comma else begin, -1):
            item = _without(text, skipped, begin, last)
            if last < end and len(item) < 2:
                return None
            # What is shared is a part, of two characters and more: 小脑萎缩,垂体 is no 小垂体.
            for cut in range(len(whole.wording) - 1, 1, -1):
                wording = whole.wording[:cut] + item
                term = self.lexicon.look_up(wording) if item else None
                if term is not None and term != whole.term:
                    return Found(whole.start, last, term, wording, "shared words", whole.excluded, whole.denial)
        return None

    def _denied(self, selection: Selection) -> Iterator[Found]:
        """Wordings that a denial stands inside of: 十二指肠未见息肉, 巩膜无黄染, 晶状体无明显混浊."""
        text = selection.text
        for cue in selection.cues:
            if not is_cue(cue, Cue.NEGATION) or cue.end >= len(text) or not is_han(text[cue.end]):
                continue
            behind = _WEAKENED.match(text, cue.end)
            begin = behind.end() if behind else cue.end
            found = self._over(selection, cue.start, begin)
            if found is not None:
                start, end, term, wording = found
                yield Found(start, end, term, wording, "words between", True, (cue.start, cue.end))

    def _over(self, selection: Selection, end: int, begin: int) -> tuple[int, int, int, str] | None:
        """The longest wording made of what ends at `end` and what begins at `begin`."""
        text = selection.text
        low = end
        while low > max(0, end - _LONGEST_PART) and is_han(text[low - 1]) and not selection.owned[low - 1]:
            low -= 1
        high = begin
        while high < min(len(text), begin + _LONGEST_PART) and is_han(text[high]):
            high += 1
        for start in range(low, end):
            for last in range(high, begin, -1):
                wording = text[start:end] + text[begin:last]
                term = self.lexicon.findings.get(wording)
                if term is not None:
                    return start, last, term, wording
        return None

    def _composed(self, selection: Selection, hits: Hits, clauses: Clauses, skipped: bytearray) -> Iterator[Found]:
        """Parts with a quality of theirs that nothing kept holds, over words between: 肝脏未见明显肿大."""
        text, pairs = selection.text, self.lexicon.pairs
        taken = -1
        for hit in sorted(hits.qualities, key=lambda hit: (hit.start, -hit.end)):
            if hit.start < taken or not selection.is_free(hit.start, hit.end):
                continue
            low, _ = clauses.clause(hit.start)
            # A part may end right before a quality of one character, or before a word of degree: IgA均低.
            until = _before_skipped(skipped, hit.start)
            denied = _DENIED.search(text, max(0, hit.start - 4), hit.start)
            until = denied.start() if denied else until
            ends = range(hit.start, hit.start - _GAP, -1) if hit.end - hit.start > 1 else sorted({hit.start, until})
            for end in (end for end in ends if end > low):
                for start in range(max(low, end - _LONGEST_PART), end):
                    term = pairs.get(f"{text[start:end]}{JOINED}{hit.entry}")
                    if term is None or (end - start == 1 and end < hit.start):
                        continue
                    denial = _denial(selection, end, hit.start)
                    if any(selection.owned[start:end]) or (denial is None and not selection.is_open(end, hit.start)):
                        continue
                    wording = text[start:end] + text[hit.start : hit.end]
                    yield Found(start, hit.end, term, wording, "words between", denial is not None, denial)
                    taken = hit.end
                    break
                else:
                    continue
                break


def is_han(sign: str) -> bool:
    """Whether a folded character is a Chinese one of the common block."""
    return "\u4e00" <= sign <= "\u9fff"


def _denial(selection: Selection, start: int, end: int) -> tuple[int, int] | None:
    """The negation between a part and its quality."""
    for cue in selection.cues:
        if is_cue(cue, Cue.NEGATION) and start <= cue.start and cue.end <= end:
            return cue.start, cue.end
    return None


def _without(text: str, skipped: bytearray, start: int, end: int) -> str:
    return "".join([text[at] for at in range(start, end) if not skipped[at]])


def _before_skipped(skipped: bytearray, at: int) -> int:
    """Where the words of side and degree before `at` begin."""
    while at > 0 and skipped[at - 1]:
        at -= 1
    return at
