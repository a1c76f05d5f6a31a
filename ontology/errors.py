"""Errors of the whole house, as one small tree.

PhenomapError            what went wrong, and the mend
├── InputError           the caller's words are wrong; names the field
└── KnowledgeError       the compiled knowledge cannot be used
    ├── KnowledgeMissing     none has been built
    ├── KnowledgeDamaged     a file is absent, empty or of another checksum
    ├── KnowledgeForeign     written by another schema
    └── SourceError          a release file is absent, damaged or not what it claims
"""


class PhenomapError(Exception):
    """`what` was found and the `mend`: one sentence that says what to do about it.

    Neither may hold patient data: both are shown to callers and written to logs.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what} {mend}")
        self.what = what
        self.mend = mend


class InputError(PhenomapError):
    """The caller's input cannot be used; `field` is its path in the input, such as `features[2].id`."""

    def __init__(self, field: str, what: str, mend: str) -> None:
        super().__init__(what, mend)
        self.field = field


class KnowledgeError(PhenomapError):
    """The compiled knowledge cannot be used."""


class KnowledgeMissing(KnowledgeError):
    """No knowledge has been built where it was looked for."""


class KnowledgeDamaged(KnowledgeError):
    """A file of the compiled knowledge is absent, empty or does not match its checksum."""


class KnowledgeForeign(KnowledgeError):
    """The compiled knowledge was written by another schema."""


class SourceError(KnowledgeError):
    """A release file is absent, damaged or not what it claims to be."""
