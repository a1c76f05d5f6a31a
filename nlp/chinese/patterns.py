"""The little language of wordings: `(a/b)` is one of them, `[a/b]` one of them or nothing; both may be nested."""

from __future__ import annotations

from dataclasses import dataclass

#: A row that makes more is a slip of the pen; the longest written is below half of this.
MOST_WORDINGS = 2_000
_CLOSING = {"(": ")", "[": "]"}


class PatternFault(ValueError):
    """A pattern whose brackets do not match, or that makes too many wordings."""


def expand(pattern: str) -> tuple[str, ...]:
    """All wordings of a pattern, once each, in the order written; raises PatternFault.

    `expand("眼[间]距(宽/远)") == ("眼间距宽", "眼间距远", "眼距宽", "眼距远")`.
    """
    made, at = _Reader(pattern).alternatives(0, inside=False)
    if at != len(pattern):
        raise PatternFault(f"{pattern}: a bracket closes that was not opened")
    return tuple(dict.fromkeys(wording for wording in made if wording))


@dataclass(frozen=True, slots=True)
class _Reader:
    pattern: str

    def alternatives(self, at: int, inside: bool) -> tuple[list[str], int]:
        """What the pattern makes from `at` up to the bracket that closes, and where that bracket is."""
        done: list[str] = []
        made = [""]
        while at < len(self.pattern) and self.pattern[at] not in ")]":
            sign = self.pattern[at]
            if sign in _CLOSING:
                choice, at = self._bracket(at)
                made = [head + tail for head in made for tail in choice]
            elif sign == "/" and inside:
                done += made
                made = [""]
            else:
                made = [head + sign for head in made]
            if len(made) > MOST_WORDINGS:
                raise PatternFault(f"{self.pattern}: makes more than {MOST_WORDINGS} wordings")
            at += 1
        return done + made, at

    def _bracket(self, opening: int) -> tuple[list[str], int]:
        """What one bracket offers, and where it closes."""
        sign = self.pattern[opening]
        choice, closing = self.alternatives(opening + 1, inside=True)
        if self.pattern[closing : closing + 1] != _CLOSING[sign]:
            raise PatternFault(f"{self.pattern}: a bracket is not closed by its like")
        return ([*choice, ""] if sign == "[" else choice), closing
