"""Words of which a regular expression must begin with one, so that a text without them need not be searched."""

from __future__ import annotations

import re

_OPAQUE = re.compile(r"\\.|\[[^\]]*\]")  # an escape, a class: one sign that is no letter
_NOT_BEHIND = "(?<!.)"
_LETTERS = re.compile(r"(?:[^\W\d_](?![?*{]))*")  # those that no quantifier makes optional


def beginnings(expression: str) -> frozenset[str]:
    """The words with one of which every match begins; none where the expression does not tell so simply.

    Read are letters (骨龄N), and one group of alternatives that must be there ((?:iq|智商)N).
    """
    plain = _OPAQUE.sub(".", expression).removeprefix(_NOT_BEHIND)
    if len(_alternatives(plain)) > 1:
        return frozenset()
    words = [_LETTERS.match(one) for one in _first_group(plain) or [plain]]
    found = {word[0] for word in words if word is not None}
    return frozenset() if "" in found else frozenset(found)


def _first_group(plain: str) -> list[str]:
    """The alternatives of the group at the beginning, if there is one that is met exactly once."""
    if not plain.startswith("(?:"):
        return []
    depth = 0
    for at, sign in enumerate(plain):
        depth += _step(sign)
        if depth == 0:
            return [] if plain[at + 1 : at + 2] in ("?", "*", "{") else _alternatives(plain[3:at])
    return []


def _alternatives(plain: str) -> list[str]:
    """What stands between bars outside brackets."""
    found, depth = [""], 0
    for sign in plain:
        depth += _step(sign)
        if sign == "|" and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found


def _step(bracket: str) -> int:
    return (bracket == "(") - (bracket == ")")
