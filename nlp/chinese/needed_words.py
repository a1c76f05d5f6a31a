"""Words of which a text must hold one to match an expression, so that texts without them need not be searched."""

from __future__ import annotations

import re

_OPAQUE = re.compile(r"\\.|\[[^\]]*\]")  # an escape, a class: one sign that is no letter
_LETTERS = re.compile(r"[^\W\d_]*")
_GROUP = re.compile(r"\(\?(?::|P<\w+>)")
_OPTIONAL = ("?", "*", "{")


def needed_words(expression: str) -> frozenset[str]:
    """Words of which every match holds one; none where the expression does not tell so simply.

    Of all letters, and groups of alternatives, that no quantifier makes optional, those whose shortest word is longest.
    """
    found = _needed(_OPAQUE.sub(".", expression))
    return frozenset(found)


def _needed(plain: str) -> set[str]:
    alternatives = _alternatives(plain)
    if len(alternatives) > 1:
        each = [_needed(one) for one in alternatives]
        return set[str]().union(*each) if all(each) else set()
    best: set[str] = set()
    at = 0
    while at < len(plain):
        group, letters = _GROUP.match(plain, at), _LETTERS.match(plain, at)
        words: set[str] = set()
        if plain[at] == "(":
            end = _group_end(plain, at)
            if group is not None and not plain.startswith(_OPTIONAL, end):
                words = _needed(plain[group.end() : end - 1])
            at = end
        elif letters is not None and letters[0]:
            at = letters.end()
            word = letters[0][:-1] if plain.startswith(_OPTIONAL, at) else letters[0]
            words = {word} if word else set()
        else:
            at += 1
        if words and (not best or min(map(len, words)) > min(map(len, best))):
            best = words
    return best


def _group_end(plain: str, start: int) -> int:
    """Behind the bracket that closes the one at `start`."""
    depth = 0
    for at in range(start, len(plain)):
        depth += _step(plain[at])
        if depth == 0:
            return at + 1
    return len(plain)


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
