"""A zip archive read in memory, part by part, within bounds: nothing is unpacked to disk, and no path is followed."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections import Counter
from io import BytesIO

from service.documents.document import Bounds, Refusal, Refused

_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those of ISO/IEC 29500-2
_SMALL = 4_000_000
#: What zipfile and zlib raise for what is cut, altered, packed or encrypted otherwise than its head says.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


class Archive:
    """The parts of an archive by name; what is read of them all together is bounded."""

    def __init__(self, content: bytes, bounds: Bounds) -> None:
        """Open `content`; raises Refused."""
        try:
            self._file = zipfile.ZipFile(BytesIO(content))
        except _DAMAGE as error:
            raise Refused(Refusal.DAMAGED) from error
        entries = self._file.infolist()
        if len(entries) > bounds.entries:
            raise Refused(Refusal.EXPANDS)
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise Refused(Refusal.ENCRYPTED)
        self._times = Counter(entry.filename for entry in entries)
        self._bounds = bounds
        self._left = bounds.expanded

    @property
    def names(self) -> frozenset[str]:
        """Names of the parts."""
        return frozenset(self._times)

    def read(self, name: str) -> bytes | None:
        """The bytes of a part, None where there is none; raises Refused where it is damaged, doubled or too large."""
        if not self._times[name]:
            return None
        entry = self._file.getinfo(name)
        if self._times[name] > 1 or entry.compress_type not in _METHODS:
            raise Refused(Refusal.DAMAGED)
        try:
            with self._file.open(entry) as part:
                content = part.read(self._left + 1)  # what the entry says of its size is not relied on
        except _DAMAGE as error:
            raise Refused(Refusal.DAMAGED) from error
        self._left -= len(content)
        thick = len(content) > _SMALL and len(content) > self._bounds.ratio * max(entry.compress_size, 1)
        if self._left < 0 or thick:
            raise Refused(Refusal.EXPANDS)
        return content


def resolved(base: str, target: str) -> str:
    """The name of the part that `target` points to from the folder `base`; it is only ever looked up in the archive."""
    return posixpath.normpath(posixpath.join("/", base, target)).lstrip("/")
