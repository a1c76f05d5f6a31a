"""Scopes of access tokens: `system/Patient.rs` (SMART 2.0) and `system/Patient.read` (1.0), read alike.

A scope is CONTEXT/TYPE.LETTERS; of the contexts a machine is given `system` alone. `*` stands for every type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

_SCOPE = re.compile(r"system/(?P<type>\*|[A-Z][A-Za-z]{1,63})\.(?P<letters>c?r?u?d?s?|read|write|\*)")
#: Letters of SMART 1.0's words (hl7.org/fhir/smart-app-launch/STU2, "Scopes for requesting FHIR resources").
_WORDS: Mapping[str, str] = MappingProxyType({"read": "rs", "write": "cud", "*": "cruds"})
_LETTERS: Mapping[str, str] = MappingProxyType(
    {"read": "r", "search": "s", "create": "c", "update": "u", "delete": "d"}
)


@dataclass(frozen=True, slots=True)
class Scopes:
    """What a token may do: letters of `cruds` by type of resource."""

    by_type: Mapping[str, frozenset[str]]

    def allow(self, resource_type: str, interaction: str) -> bool:
        """Whether `interaction` (read, search, create, update, delete) with resources of this type is among them."""
        letter = _LETTERS[interaction]
        return any(letter in self.by_type.get(name, ()) for name in (resource_type, "*"))

    def within(self, most: Scopes) -> Scopes:
        """Those that `most` allows, too: of `*`, the types that it names."""
        names = {*self.by_type, *(most.by_type if "*" in self.by_type else ())}
        kept = {name: self._letters(name) & most._letters(name) for name in names}
        of_all = kept.get("*", frozenset())
        shortest = {name: letters if name == "*" else letters - of_all for name, letters in kept.items()}
        return Scopes(MappingProxyType({name: letters for name, letters in shortest.items() if letters}))

    def _letters(self, name: str) -> frozenset[str]:
        return self.by_type.get(name, frozenset()) | self.by_type.get("*", frozenset())

    def __str__(self) -> str:
        """As a token's answer tells them, in the form of SMART 2.0."""
        told = (
            (name, "".join(letter for letter in "cruds" if letter in letters))
            for name, letters in sorted(self.by_type.items())
        )
        return " ".join(f"system/{name}.{letters}" for name, letters in told)


def read_scopes(words: Iterable[str]) -> tuple[Scopes, tuple[str, ...]]:
    """The scopes that `words` name, and those of them that name none."""
    by_type: dict[str, frozenset[str]] = {}
    strange: list[str] = []
    for word in words:
        found = _SCOPE.fullmatch(word)
        letters = found["letters"] if found else ""
        if found is None or not letters:
            strange.append(word)
            continue
        by_type[found["type"]] = by_type.get(found["type"], frozenset()) | set(_WORDS.get(letters, letters))
    return Scopes(MappingProxyType(by_type)), tuple(strange)
