"""What lies in the models' folder: what it was made of, under which licence, and the checksum of each file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from facial.models.errors import REBUILD, ModelDamaged, ModelMissing

#: Raised by one whenever the files or their meaning change; an older folder is then built anew.
SCHEMA = 1
FILE_NAME = "manifest.json"
#: No file of a face model comes near this; a larger one is not read into memory.
MAX_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """`sha256` names the embeddings (see FaceModel); `source` says where the weights come from, `licence` theirs.

    `embeddings` and `maps` are the files that serve, `exact` is the unquantised network; all are keys of `files`, which
    maps each to its sha256. `versions` names what made them, `checks` holds what was measured against the original and
    against the unquantised network.
    """

    schema: int
    name: str
    sha256: str
    dimensions: int
    licence: str
    source: Mapping[str, str]
    embeddings: str
    maps: str
    exact: str
    files: Mapping[str, str]
    versions: Mapping[str, str]
    checks: Mapping[str, float]

    def as_json(self) -> str:
        """The content of manifest.json."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def read(cls, folder: Path) -> ModelManifest:
        """Read and check the schema; raises ModelMissing or ModelDamaged."""
        path = folder / FILE_NAME
        if not path.is_file():
            raise ModelMissing("No face model has been built.", REBUILD)
        try:
            manifest = cls(**json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise ModelDamaged("The manifest of the face models cannot be read.", REBUILD) from error
        if manifest.schema != SCHEMA:
            raise ModelDamaged(
                f"The face models are of schema {manifest.schema}; this version reads {SCHEMA}.", REBUILD
            )
        return manifest

    def content(self, folder: Path, name: str) -> bytes:
        """The bytes of a file, compared with its checksum: what is checked is what is used; raises ModelDamaged."""
        return checked_content(folder / name, self.files.get(name, ""), REBUILD)

    def verify(self, folder: Path) -> None:
        """Compare every file with its checksum; raises ModelDamaged naming the first that differs or is absent."""
        for name in self.files:
            self.content(folder, name)


def models_folder(given: Path | None = None) -> Path:
    """Where face models lie: `given`, else $PHENOMAP_MODELS, else `models` in the working folder."""
    return given or Path(os.environ.get("PHENOMAP_MODELS", "models"))


def checked_content(path: Path, sha256: str, mend: str) -> bytes:
    """The bytes of `path` where their sha256 is the expected one; raises ModelDamaged (its name, never its folder)."""
    try:
        large = path.stat().st_size > MAX_BYTES
        content = b"" if large else path.read_bytes()
    except OSError as error:
        raise ModelDamaged(f"{path.name} of the face models cannot be read.", mend) from error
    if large or hashlib.sha256(content).hexdigest() != sha256:
        raise ModelDamaged(f"{path.name} of the face models does not match its checksum.", mend)
    return content
