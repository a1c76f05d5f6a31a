"""Text files as they come: packed or not, in one of the encodings of Chinese hospitals, told apart by their bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ontology.errors import InputError, PhenomapError
from screening.record import FileRead
from screening.sources.source import gone

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: Bytes of each of three samples: the beginning, the middle and the end.
_SAMPLE = 262_144
_BLOCK = 1_048_576


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked where it is gzip; raises PhenomapError where it cannot be read, now or later."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if packed:
                with gzip.open(raw) as lines:
                    yield lines  # type: ignore[misc]
            else:
                yield raw
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise PhenomapError(f"{path.name}: the packed file is cut off or damaged.", "Pack it anew.") from None
    except OSError as error:
        raise gone(path.name, error) from error


def encoding_of(path: Path) -> str:
    """`utf-8-sig`, `utf-16` or `gb18030`, by the bytes of three places; raises InputError where it is none of them."""
    sample, cut = _sampled(path)
    for mark, name in _BOMS.items():
        if sample[0].startswith(mark):
            return name
    for name in ("utf-8", "gb18030"):
        if all(_decodes(each, name, cut) for each in sample):
            return "utf-8-sig" if name == "utf-8" else name
    raise InputError(
        "encoding", f"{path.name}: its encoding is neither UTF-8, UTF-16 nor GB18030.", "Name it: --encoding NAME."
    )


def _sampled(path: Path) -> tuple[list[bytes], bool]:
    """Samples, and whether they may begin or end within a character."""
    with opened(path) as file:
        first = file.read(_SAMPLE)
        if isinstance(file, gzip.GzipFile):
            return [first], True
        size = file.seek(0, 2)
        samples = [first]
        for at in (size // 2, size - _SAMPLE):
            if at > _SAMPLE:
                file.seek(at)
                samples.append(
                    file.read(_SAMPLE).partition(b"\n")[2]
                )  # from the next line on, where no character is cut
        return samples, size > _SAMPLE


def _decodes(sample: bytes, encoding: str, cut: bool) -> bool:
    for less in range(4 if cut else 1):  # a character of at most four bytes may be cut at the end
        try:
            sample[: len(sample) - less].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def lines_of(file: IO[bytes], encoding: str) -> tuple[IO[bytes] | LinesAnew, str]:
    """A file whose lines end where bytes say so, and their encoding: UTF-16 is encoded anew, as UTF-8."""
    if not encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        return file, encoding
    return LinesAnew(io.TextIOWrapper(file, encoding, errors="surrogatepass", newline="\n")), "utf-8"


class LinesAnew:
    """Lines of a text as bytes of UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def readline(self, most: int) -> bytes:
        """The next line, or the first `most` characters of it."""
        return self._text.readline(most).encode("utf-8", "surrogatepass")


def file_read(path: Path, named: str | None = None) -> FileRead:
    """A file for the manifest, with its checksum; raises PhenomapError where it is gone."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        told = path.stat()
    except OSError as error:
        raise gone(path.name, error) from error
    modified = datetime.fromtimestamp(told.st_mtime, UTC).isoformat(timespec="seconds")
    return FileRead(named or path.name, told.st_size, modified, digest)


def decoded(content: bytes) -> str | None:
    """A small text file in any of the encodings, None where it is in none."""
    for mark, name in _BOMS.items():
        if content.startswith(mark):
            return _text(content, name)
    return _text(content, "utf-8") or _text(content, "gb18030")


def _text(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
