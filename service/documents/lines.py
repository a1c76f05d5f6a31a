"""What the readers of every kind share: table rows as lines, no spaces within Chinese, and the last tidying."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from service.documents.document import Bounds, NoticeKind, Refusal, Refused

#: Stands where a document holds a character that nothing says how to read.
UNREADABLE = "\ufffd"
#: A box that was not ticked, as forms have it.
UNTICKED = "☐"
TICKED = "☒"

_CHINESE = re.compile(
    "[\u2e80-\u303f\u31c0-\u31ef\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003134f]"
)
#: Characters that change how a text looks and not what it says: soft hyphens, joiners, directions, marks of order.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_NEWLINE = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ufffe\uffff\ufff0-\ufffb]")
_UNASSIGNED = re.compile("[\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]")
_BLANKS_AT_END = re.compile("[ \t\u3000\xa0]+$", re.MULTILINE)
_EMPTY_LINES = re.compile("\n{3,}")
#: Compatibility forms that PDF fonts have in place of the characters meant: Kangxi radicals, ligatures, variants.
_COMPATIBLE = re.compile("[\u2e9f\u2ef3\u2f00-\u2fd5\uf900-\ufad9\ufb00-\ufb06]")
#: Radicals for which Unicode has no compatibility mapping; the characters are those of EquivalentUnifiedIdeograph.txt.
_RADICALS = str.maketrans(
    "⺠⻄⻅⻆⻉⻋⻑⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
    "民西见角贝车長长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙",
)
#: What is left of a head or foot that says no more than which page it is.
_PAGE_WORDS = re.compile(r"[\s\d\-–—/|.,，]*(?:(?:第|页|頁|共|page|of|页码)[:：\s\d\-–—/|.,，]*)*", re.IGNORECASE)
_LONGEST_LABEL = 40
_SENTENCE = re.compile("[.!?;。！？；]")


def is_chinese(character: str) -> bool:
    """Whether no space stands between this character and its like: Chinese, its punctuation, full-width forms."""
    return bool(_CHINESE.match(character))


def joined(left: str, right: str, between: str = " ") -> str:
    """Two pieces of one line, without a space where Chinese meets Chinese."""
    if left and right and is_chinese(left[-1]) and is_chinese(right[0]):
        return left + right
    return f"{left}{between}{right}"


def row(cells: Iterable[str]) -> str:
    """A table's row as one line: a label is set off from its value by a colon, other cells by semicolons.

    Without them, words of one cell would be read with those of the next: a "no" with the finding that follows it.
    """
    filled = [cell for cell in (" ".join(cell.split()) for cell in cells) if cell]
    if not filled:
        return ""
    pairs = len(filled) % 2 == 0 and not any(":" in cell or "：" in cell for cell in filled)
    line = filled[0]
    for at, cell in enumerate(filled[1:], 1):
        line += _between(filled[at - 1], at, pairs) + cell
    return line


def _between(cell: str, at: int, pairs: bool) -> str:
    wide = is_chinese(cell[-1])
    if cell[-1] in ":：":
        return "" if wide else " "
    label = len(cell) <= _LONGEST_LABEL and not _SENTENCE.search(cell) and ":" not in cell and "：" not in cell
    if label and (at == 1 or (pairs and at % 2 == 1)):
        return "：" if wide else ": "
    if cell[-1] in ".;。；":
        return "" if wide else " "
    return "；" if wide else "; "


def beside(lines: Iterable[str]) -> list[str]:
    """Lines of heads or feet: each once, for first and even pages repeat them, and none that is about pages alone."""
    return [line for line in dict.fromkeys(lines) if not _PAGE_WORDS.fullmatch(line)]


def table_row(cells: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a row whose cells are lines each: one line where no cell has several, else cell after cell.

    A label stands with the first line of its value either way.
    """
    kept = [lines for cell in cells if (lines := [line for line in cell if line.strip()])]
    if all(len(cell) == 1 for cell in kept):
        return [row(cell[0] for cell in kept)] if kept else []
    if len(kept[0]) == 1 and len(kept) > 1:
        kept[:2] = [[row([kept[0][0], kept[1][0]]), *kept[1][1:]]]
    return [line for cell in kept for line in cell]


def tidied(text: str, bounds: Bounds, *, compatible: bool = False) -> tuple[str, Counter[NoticeKind]]:
    """The text as a note holds one, and what was not as it should be; raises Refused where it is too long or empty.

    With `compatible`, compatibility forms become the characters that are meant.
    """
    counts: Counter[NoticeKind] = Counter()
    text = _UNSEEN.sub("", _NEWLINE.sub("\n", text))
    text, counts[NoticeKind.CONTROLS] = _CONTROL.subn("", text)
    text = _UNASSIGNED.sub(UNREADABLE, text)
    if compatible:
        text = _COMPATIBLE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text).translate(_RADICALS)
    text = _EMPTY_LINES.sub("\n\n", _BLANKS_AT_END.sub("", text)).strip("\n")
    if len(text) > bounds.characters:
        raise Refused(Refusal.TOO_LONG)
    if not text.strip():
        raise Refused(Refusal.NO_TEXT)
    counts[NoticeKind.UNREADABLE] = text.count(UNREADABLE)
    counts[NoticeKind.UNTICKED] = text.count(UNTICKED) + text.count("□")
    return text, counts
