"""What can go wrong with a seal or a key. None of these says a word of the content, nor a byte of a key."""

from __future__ import annotations

from ontology.errors import PhenomapError


class SealBroken(PhenomapError):
    """The sealed bytes were changed or cut, or are another case's or another purpose's."""


class Erased(PhenomapError):
    """The key of the case was destroyed: nobody can read it again."""


class KeyMissing(PhenomapError):
    """A key that is needed is not held here."""


class KeyUnusable(PhenomapError):
    """The key source holds no key that may be used: not 32 bytes in base64, or open to other users."""


def broken_seal() -> SealBroken:
    """One error for every way to break a seal: the reason is no help to who is allowed to read it."""
    return SealBroken("A sealed record cannot be opened: it is damaged or is not what it should be.", "Restore it.")
