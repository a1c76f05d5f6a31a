"""A file as text: its size bounded before it is read, unpacked where packed, its encoding found out.

Read in UTF-8 (with or without a mark), UTF-16 and GB18030. A character that cannot be read becomes U+FFFD and is told
with its row; a file of which too much cannot be read is refused. Memory is bounded by the longest row.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from matching.genetic_tests.catalogues.faults import CatalogueRefused

#: A file, or what it unpacks to, of this size is refused. Five thousand tests of five hundred genes have 18 MB.
MOST_BYTES = 200_000_000
#: What stands for a character that could not be read.
UNREADABLE = "\ufffd"

_CHUNK = 1 << 20
#: Chinese marks between ASCII words, as in a list of genes, tell of neither encoding.
_MARKS = frozenset("、，；：（）。／｜　％＋－～")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
#: A file with at most this share of unreadable characters among those beyond ASCII is of that encoding, damaged.
_DAMAGED = 0.1
#: Chinese characters stand beside others; accented letters read as GB18030 stand alone between ASCII. In a sentence of
#: either kind the share of neighbours is near 1 or near 0.
_NEIGHBOURS = 0.5
_SIZE_MEND = "Import a table of tests: codes, names, genes; a large one has some megabytes."
_ENCODING_MEND = "Save it as CSV in UTF-8 and import that."


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file whose encoding is known: one of utf-8-sig, utf-16, utf-16-le, utf-16-be, gb18030."""

    path: Path
    encoding: str
    packed: bool

    @contextmanager
    def open(self) -> Iterator[io.TextIOBase]:
        """Its text, every line end read as one; raises CatalogueRefused where it is too large or cut off."""
        with _bytes(self.path, self.packed) as raw:
            yield io.TextIOWrapper(io.BufferedReader(raw, _CHUNK), self.encoding, errors="replace")


def text_file(path: Path) -> TextFile:
    """Find out how `path` is packed and encoded; raises CatalogueRefused where it is too large or no text."""
    if not path.is_file():
        raise CatalogueRefused(f"{path.name} is not there or is no file.", "Check the path.")
    size = path.stat().st_size
    if size >= MOST_BYTES:
        raise _too_large(path, f"{size / 10**6:,.0f} MB")
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(b"PK\x03\x04") or start == b"\xd0\xcf\x11\xe0":
        raise CatalogueRefused(f"{path.name} is a workbook or an archive, not a table in text.", _ENCODING_MEND)
    packed = start.startswith(b"\x1f\x8b")
    with _bytes(path, packed) as raw:
        start = raw.read(4096) or b""
    if not start:
        raise CatalogueRefused(f"{path.name} is empty.", _SIZE_MEND)
    return TextFile(path, _marked(start) or _measured(path, packed), packed)


def _marked(start: bytes) -> str | None:
    """The encoding that the first bytes tell by a mark, or by the zeros of UTF-16."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise CatalogueRefused("The file is in UTF-32.", _ENCODING_MEND)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if even == odd == 0:
        return None
    if odd > 10 * even:  # the header is ASCII, and its upper bytes are zeros
        return "utf-16-le"
    if even > 10 * odd:
        return "utf-16-be"
    raise CatalogueRefused("The file holds binary zeros: it is no table in text.", _ENCODING_MEND)


def _measured(path: Path, packed: bool) -> str:
    """UTF-8 where nearly all of the file is, else GB18030 where that gives Chinese; raises CatalogueRefused."""
    utf8 = _counted(path, packed, "utf-8")
    if utf8.unreadable <= _DAMAGED * utf8.beyond:
        return "utf-8-sig"
    chinese = _counted(path, packed, "gb18030")
    if chinese.unreadable <= _DAMAGED * chinese.beyond and chinese.neighbours >= _NEIGHBOURS * chinese.beyond:
        return "gb18030"
    raise CatalogueRefused(
        f"{path.name} is in an encoding that is not read here: neither UTF-8, UTF-16 nor GB18030.", _ENCODING_MEND
    )


def _counted(path: Path, packed: bool, encoding: str) -> _Count:
    count = _Count(codecs.getincrementaldecoder(encoding)("replace"))
    with _bytes(path, packed) as raw:
        while chunk := raw.read(_CHUNK):
            count.take(chunk)
    count.take(b"", final=True)
    return count


@dataclass(slots=True)
class _Count:
    """How much of a text lies `beyond` ASCII, how much of that is unreadable, and how much beside another such."""

    decoder: codecs.IncrementalDecoder
    beyond: int = 0
    unreadable: int = 0
    neighbours: int = 0

    def take(self, chunk: bytes, final: bool = False) -> None:
        """Count one chunk."""
        text = self.decoder.decode(chunk, final)
        if text.isascii():
            return
        self.unreadable += text.count(UNREADABLE) - chunk.count(UNREADABLE.encode())  # one that is written is readable
        for word in _BEYOND_ASCII.findall(text):
            if word in _MARKS:
                continue
            self.beyond += len(word)
            self.neighbours += len(word) if len(word) > 1 else 0


@contextmanager
def _bytes(path: Path, packed: bool) -> Iterator[_Bounded]:
    with path.open("rb") as file:
        inner: IO[bytes] = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
        yield _Bounded(path, inner)


class _Bounded(io.RawIOBase):
    """Bytes that end in a refusal where there are too many, or where they cannot be unpacked."""

    def __init__(self, path: Path, inner: IO[bytes]) -> None:
        self._path = path
        self._inner = inner
        self._read = 0

    def readable(self) -> bool:
        """As every reader asks."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer`, at most."""
        try:
            content = self._inner.read(len(buffer))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise CatalogueRefused(
                f"{self._path.name} cannot be unpacked ({type(error).__name__}): it is cut off or damaged.",
                "Fetch the file again.",
            ) from error
        self._read += len(content)
        if self._read >= MOST_BYTES:
            raise _too_large(self._path, f"more than {MOST_BYTES // 10**6} MB when unpacked")
        buffer[: len(content)] = content
        return len(content)


def _too_large(path: Path, size: str) -> CatalogueRefused:
    return CatalogueRefused(f"{path.name} has {size}; less than {MOST_BYTES // 10**6} MB are read.", _SIZE_MEND)
