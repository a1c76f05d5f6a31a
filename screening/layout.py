"""Where everything of a run lies in its folder, and the names that its patients have there."""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from ontology.errors import PhenomapError
from screening.private import FOLDER_MODE, private_folder, remove, whole_file

_KEY_BYTES = 32
_NAME_LETTERS = 16  # of base32: 80 bits, so that a million patients have names of their own


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder of a run. `spool` may lie elsewhere, on an encrypted or a quick disk.

    What leaves the hospital's data room are the files in `out` itself; `private` links them back to patients, `work` is
    removed when the run is done.
    """

    out: Path
    spool: Path

    @classmethod
    def of(cls, out: Path, disk: Path | None = None) -> Layout:
        """The usual places below `out`; the spool in a folder of its own below `disk`, where one is given."""
        own = f"phenomap-{blake2b(bytes(out.absolute()), digest_size=8).hexdigest()}"
        return cls(out, out / "work" / "spool" if disk is None else disk / own)

    @property
    def work(self) -> Path:
        """What only an unfinished run needs."""
        return self.out / "work"

    @property
    def private(self) -> Path:
        """The key of the names, and the link from names to the archive's ids."""
        return self.out / "private"

    @property
    def parts(self) -> Path:
        """Screened parts."""
        return self.work / "parts"

    @property
    def weighed(self) -> Path:
        """Parts with scores and diseases."""
        return self.work / "weighed"

    @property
    def rates(self) -> Path:
        """What the archive's patients have."""
        return self.work / "rates.json"

    @property
    def told(self) -> Path:
        """Flagged patients, told by part."""
        return self.work / "told"

    @property
    def links(self) -> Path:
        """Of the flagged patients of each part, names and the archive's ids."""
        return self.work / "links"

    @property
    def places(self) -> Path:
        """Where workers are (screening.engine.job.PlaceFile)."""
        return self.work / "places"

    @property
    def ledger(self) -> Path:
        """What is done."""
        return self.work / "ledger.jsonl"

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.out / "report.html"

    @property
    def key(self) -> Path:
        """The secret behind the names."""
        return self.private / "key"

    def rows(self, part: int) -> Path:
        """The patients of a screened part, a JSON object a line."""
        return self.parts / f"{part:04d}.jsonl.gz"

    def beside(self, part: int) -> Path:
        """What was set aside in a part, how many have each finding, and the profile of its notes."""
        return self.parts / f"{part:04d}.json"

    def weighed_rows(self, part: int) -> Path:
        """The patients of a weighed part, a JSON object a line."""
        return self.weighed / f"{part:04d}.jsonl.gz"

    def scores(self, part: int) -> Path:
        """Score and name of each ranked patient of a part."""
        return self.weighed / f"{part:04d}.json"

    def told_rows(self, part: int) -> Path:
        """The flagged patients of a part, a JSON object a line."""
        return self.told / f"{part:04d}.jsonl.gz"

    def link(self, part: int) -> Path:
        """The ids of the flagged patients of a part."""
        return self.links / f"{part:04d}.jsonl"

    @property
    def gather_aside(self) -> Path:
        """What was set aside while the archive was parted."""
        return self.work / "gather_set_aside.jsonl"

    @property
    def _passing(self) -> tuple[Path, ...]:
        """Folders that hold notes or words of them, until the run is done."""
        return (self.parts, self.weighed, self.told, self.links, self.places, self.spool)

    def make(self) -> None:
        """Make the folders, their owner's alone; one that was there becomes so."""
        for folder in (self.out, self.work, self.private, *self._passing):
            private_folder(folder)
        self.out.chmod(FOLDER_MODE)

    def clear(self) -> None:
        """Remove what only an unfinished run needs; the ledger stays, to say that it is done. Raises OSError."""
        for folder in self._passing:
            remove(folder)
        for file in (self.gather_aside, self.rates):
            file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Names of patients outside the archive: a keyed hash of the archive's id, so that only who has the key can tell.

    HMAC-SHA-256; with the same key a patient has the same name in every run.
    """

    key: bytes

    @classmethod
    def kept(cls, file: Path) -> Pseudonyms:
        """Those of the key in `file`, which is made where there is none; raises PhenomapError for a damaged one."""
        if not file.exists():
            with whole_file(file) as out:
                out.write(secrets.token_hex(_KEY_BYTES).encode() + b"\n")
        try:
            key = bytes.fromhex(file.read_text(encoding="ascii").strip())
        except ValueError:
            key = b""
        if len(key) != _KEY_BYTES:
            raise PhenomapError(
                f"{file}: this is no key of {2 * _KEY_BYTES} hexadecimal digits.", "Give the file of an earlier run."
            )
        return cls(key)

    def of(self, patient: str) -> str:
        """The name of the patient who has this id in the archive."""
        digest = hmac.digest(self.key, patient.encode("utf-8", "surrogatepass"), "sha256")
        return base64.b32encode(digest).decode("ascii")[:_NAME_LETTERS]
