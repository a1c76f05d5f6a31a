"""Where sentences begin, in tokens: at full stops, semicolons, blank lines, and lines that stand for themselves."""

from __future__ import annotations

from collections.abc import Sequence, Set

from nlp.words import Tokens

_WRAPPED_LINE = 60  # characters; a longer line that ends without a stop goes on in the next one
_BEFORE_QUERY = frozenset("\n.,:;(-")
_ENDS = frozenset("\n;.!?。；")
_BULLETS = frozenset("-*•·–—‣▪")


def sentence_starts(text: str, tokens: Tokens, folded: Sequence[str], no_end: Set[str]) -> list[int]:
    """Ascending first tokens of the sentences; the first is always 0."""
    starts = [0]
    line_start = 0
    surfaces = tokens.surfaces
    for at in [at for at, surface in enumerate(surfaces) if surface in _ENDS]:
        surface = surfaces[at]
        if surface == "\n":
            length = tokens.starts[at] - line_start
            line_start = tokens.ends[at]
            if _line_stands_alone(text, tokens, at, length):
                starts.append(at + 1)
        elif surface == ";" or (_ends_sentence(text, tokens, folded, at, no_end)):
            starts.append(at + 1)
    return starts


def _ends_sentence(text: str, tokens: Tokens, folded: Sequence[str], at: int, no_end: Set[str]) -> bool:
    end = tokens.ends[at]
    if end < len(text) and not text[end].isspace():
        return tokens.surfaces[at] == "。"
    if tokens.surfaces[at] == "?" and (at == 0 or tokens.surfaces[at - 1] in _BEFORE_QUERY):
        return False  # "? sepsis"
    if tokens.surfaces[at] != "." or at == 0 or tokens.ends[at - 1] != tokens.starts[at]:
        return True
    before = tokens.surfaces[at - 1]
    initial = len(before) == 1 and (before.isupper() or (at > 1 and tokens.surfaces[at - 2] == "."))
    return not initial and folded[at - 1] not in no_end


def _line_stands_alone(text: str, tokens: Tokens, at: int, length: int) -> bool:
    """Whether the line end at token `at` closes a sentence.

    It does where a blank line or a bullet follows, or where the line is short and the next begins like a sentence.
    """
    if at + 1 >= len(tokens):
        return True
    following = tokens.surfaces[at + 1]
    if following == "\n" or following in _BULLETS:
        hyphenated = at > 0 and tokens.surfaces[at - 1] == "-"
        return not hyphenated
    if length >= _WRAPPED_LINE or (at > 0 and tokens.surfaces[at - 1] in ",-"):
        return False
    return following[0].isupper() or following[0].isdigit()
