"""Errors of face models.

ModelError               a face model cannot be made or used
├── ModelMissing             none has been built where it was looked for
└── ModelDamaged             a file is absent, of another checksum, or not what it claims to be
"""

from __future__ import annotations

from ontology.errors import PhenomapError

REBUILD = "Run `phenomap face build`."


class ModelError(PhenomapError):
    """A face model cannot be made or used."""


class ModelMissing(ModelError):
    """No face model has been built where it was looked for."""


class ModelDamaged(ModelError):
    """A file of a face model is absent, of another checksum, or not what it claims to be."""
