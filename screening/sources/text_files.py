"""Text files as they come: packed or not, in one of the encodings of Chinese hospitals, told apart by their bytes."""

from __future__ import annotations

import codecs
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


def encoding_of(path: Path, told: str | None = None) -> str:
    """The encoding that is `told`, or `utf-8-sig`, `utf-16` or `gb18030` by the bytes of three places.

    A line with a damaged byte does not make a file another encoding's: what more than half of the lines that are no
    ASCII are written in is taken. GB 18030 text is next to never UTF-8 by chance; the reverse is common, so UTF-8 is
    asked first. Raises InputError where it is none of them, or there is no encoding of that name.
    """
    if told:
        try:
            b"a".decode(told, "ignore")
        except LookupError:
            raise InputError("encoding", "There is no encoding of that name.", "Name one such as gb18030.") from None
        return told
    samples = _sampled(path)
    for mark, name in _BOMS.items():
        if samples[0].startswith(mark):
            return name
    lines = [line for sample in samples for line in sample.split(b"\n") if not line.isascii()]
    for name, shown in (("utf-8", "utf-8-sig"), ("gb18030", "gb18030")):
        if 2 * sum(_decodes(line, name) for line in lines) >= len(lines) and not any(map(_binary, samples)):
            return shown
    raise InputError(
        "encoding", f"{path.name}: its encoding is neither UTF-8, UTF-16 nor GB18030.", "Name it: --encoding NAME."
    )


def _sampled(path: Path) -> list[bytes]:
    """The beginning and, of a file that is not packed, lines of the middle and the end."""
    with opened(path) as file:
        samples = [file.read(_SAMPLE)]
        if isinstance(file, gzip.GzipFile):
            return samples
        size = file.seek(0, 2)
        for at in (size // 2, size - _SAMPLE):
            if at > _SAMPLE:
                file.seek(at)  # from the next line on, where no character is cut
                samples.append(file.read(_SAMPLE).partition(b"\n")[2])
        return samples


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(line)  # the last character of a sample may be cut
    except UnicodeDecodeError:
        return False
    return True


def _binary(sample: bytes) -> bool:
    """Whether NULs are frequent: no text, or UTF-16 that does not say so."""
    return sample.count(0) * 20 > len(sample)


def lines_of(file: IO[bytes], encoding: str) -> tuple[IO[bytes] | LinesAnew, str]:
    """A file whose lines end where bytes say so, and their encoding: UTF-16 is encoded anew, as UTF-8."""
    if not encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")):
        return file, encoding
    return LinesAnew(io.TextIOWrapper(file, encoding, errors="surrogatepass", newline="\n")), "utf-8"


class LinesAnew:
    """Lines of a text as bytes of UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text: io.TextIOWrapper | None = text

    def readline(self, most: int) -> bytes:
        """The next line, or the first `most` characters of it; where bytes are none, a last line that is no UTF-8."""
        if self._text is None:
            return b""
        try:
            return self._text.readline(most).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            self._text = None
            return b"\xff\n"


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


def decoded(content: bytes, told: str | None = None) -> str | None:
    """A small text file in the encoding that is `told`, or any of ours; None where it is in none."""
    if told:
        try:
            return _text(content, told)
        except LookupError:
            return None
    for mark, name in _BOMS.items():
        if content.startswith(mark):
            return _text(content, name)
    if b"\0" in content:
        return None
    text = _text(content, "utf-8")
    return _text(content, "gb18030") if text is None else text


def _text(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
