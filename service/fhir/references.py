"""References within a Bundle and out of it (hl7.org/fhir/R4/bundle.html#references), and those that go in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.fhir.bundle import Entry
from service.fhir.issues import Issue, notice
from service.problems import Fault

_ABSOLUTE = re.compile(r"(https?://[^\s?#]+?)/([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(?:/_history/[^\s/]+)?")
_RELATIVE = re.compile(r"([A-Z][A-Za-z]{1,63})/([A-Za-z0-9\-.]{1,64})(?:/_history/[^\s/]+)?")
#: Elements by which a resource is made of others, or takes their place: these cannot go in a circle.
_MADE_OF = frozenset(
    {"hasMember", "derivedFrom", "partOf", "basedOn", "replaces", "relatesTo", "entry", "result", "parent"}
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference leads: a resource that was sent along, or the name `Type/id` of one in the sender's system.

    Neither where it is of another system, or no reference at all.
    """

    entry: Entry | None = None
    contained: Mapping[str, Any] | None = None
    name: str | None = None

    @property
    def resource(self) -> Mapping[str, Any] | None:
        """The resource itself, where it was sent along."""
        return self.entry.resource if self.entry else self.contained


class References:
    """Finds what the references of entries lead to. `base` is the FHIR address of the system that sent them."""

    def __init__(self, entries: Sequence[Entry], base: str | None) -> None:
        self._by_url = {entry.full_url: entry for entry in reversed(entries) if entry.full_url}
        self._by_name = {entry.name: entry for entry in reversed(entries) if entry.name}
        bases = {found[1] for url in self._by_url if (found := _ABSOLUTE.fullmatch(url))}
        self._bases = bases | ({base.rstrip("/")} if base else set())

    def target(self, reference: object, within: Mapping[str, Any]) -> Target:
        """Where `reference`, standing in the resource `within`, leads."""
        if not isinstance(reference, str):
            return Target()
        if reference.startswith("#"):
            return Target(contained=_contained(within, reference[1:]))
        found = self._by_url.get(reference)
        if found is not None:
            return Target(entry=found, name=found.name)
        relative, absolute = _RELATIVE.fullmatch(reference), _ABSOLUTE.fullmatch(reference)
        if relative is not None:
            name = f"{relative[1]}/{relative[2]}"
        elif absolute is not None and absolute[1] in self._bases:
            name = f"{absolute[2]}/{absolute[3]}"
        else:
            return Target()
        return Target(entry=self._by_name.get(name), name=name)

    def circles(self, entries: Sequence[Entry]) -> Iterator[tuple[int, Issue]]:
        """An error for each resource that is part of itself, a notice for each circle of other references."""
        made_of: dict[int, set[int]] = {}
        other: dict[int, set[int]] = {}
        for entry in entries:
            for reference, key in _references(entry.resource):
                target = self.target(reference, entry.resource).entry
                if target is not None:
                    (made_of if key in _MADE_OF else other).setdefault(entry.at, set()).add(target.at)
        parts = set()
        for circle in _circles(made_of):
            for at in circle:
                parts.add(at)
                what = "This resource is part of itself, by the references of others."
                fault = Fault(field=f"Bundle.entry[{at}].resource", what=what, mend="Correct the references.")
                yield at, Issue(fault, code="invariant")
        for circle in _circles(other):
            if not parts.intersection(circle):
                what = "References go in a circle from here; they are not followed."
                yield (
                    min(circle),
                    notice(
                        Fault(field=f"Bundle.entry[{min(circle)}].resource", what=what, mend="Nothing is to be done.")
                    ),
                )


def _contained(within: Mapping[str, Any], id: str) -> Mapping[str, Any] | None:
    held = within.get("contained")
    for each in held if isinstance(held, list) else ():
        if isinstance(each, dict) and each.get("id") == id:
            return each
    return None


def _references(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every reference in a resource, with the name of the element that it stands in; JSON nests 64 deep at most."""
    waiting: list[tuple[str, object]] = [("", resource)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, list):
            waiting += [(key, each) for each in value]
        elif isinstance(value, dict):
            reference = value.get("reference")
            if isinstance(reference, str) and not reference.startswith("#"):
                yield reference, key
            # a part of an element that tells what it is made of is still of that element: relatesTo.target
            waiting += [(key if key in _MADE_OF else name, each) for name, each in value.items() if name != "contained"]


def _circles(leads: Mapping[int, set[int]]) -> Iterator[set[int]]:
    """Strongly connected parts of more than one, or that lead to themselves (Tarjan, doi:10.1137/0201010, unrolled)."""
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    held: set[int] = set()
    for root in leads:
        if root in number:
            continue
        work: list[tuple[int, Iterator[int]]] = [(root, iter(leads.get(root, ())))]
        number[root] = low[root] = len(number)
        stack.append(root)
        held.add(root)
        while work:
            at, rest = work[-1]
            for to in rest:
                if to not in number:
                    number[to] = low[to] = len(number)
                    stack.append(to)
                    held.add(to)
                    work.append((to, iter(leads.get(to, ()))))
                    break
                if to in held:
                    low[at] = min(low[at], number[to])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == number[at]:
                    part = set()
                    while at not in part:
                        part.add(stack.pop())
                    held -= part
                    if len(part) > 1 or at in leads.get(at, ()):
                        yield part
