"""Findings told by numbers and lists beside those that words name: one finding of the same characters, the closest."""

from __future__ import annotations

from collections.abc import Iterable

from nlp.chinese.selection import Found, Selection
from ontology.terms import Terms

_BLOCK = 64  # characters; findings are mostly shorter
_FEW = 4  # compared with every finding


def merge(selection: Selection, added: Iterable[Found], terms: Terms) -> None:
    """Add to `selection` what no overlapping finding says as closely, and take out what lies inside and is looser.

    咖啡斑8处 is multiple spots, and 咖啡斑 inside it no finding of its own. Time is linear in the findings.
    """
    added = list(added)
    if not added:
        return
    blocks: dict[int, list[Found]] = {}
    many = len(added) > _FEW  # then findings are looked for by their place
    for one in selection.found if many else ():
        _place(blocks, one)
    dropped: set[int] = set()
    for one in added:
        around = _near(blocks, one) if many else selection.found
        overlapping = [other for other in around if other.end > one.start and other.start < one.end]
        if any(other.term == one.term or terms.is_ancestor(one.term, other.term) for other in overlapping):
            continue
        for other in overlapping:
            if one.start <= other.start and other.end <= one.end and terms.is_ancestor(other.term, one.term):
                dropped.add(id(other))
        selection.take(one)
        if many:
            _place(blocks, one)
    if dropped:
        selection.found[:] = [one for one in selection.found if id(one) not in dropped]


def _near(blocks: dict[int, list[Found]], one: Found) -> Iterable[Found]:
    return {id(other): other for block in _blocks(one) for other in blocks.get(block, ())}.values()


def _blocks(one: Found) -> range:
    return range(one.start // _BLOCK, one.end // _BLOCK + 1)


def _place(blocks: dict[int, list[Found]], one: Found) -> None:
    for block in _blocks(one):
        blocks.setdefault(block, []).append(one)
