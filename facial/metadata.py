"""A photo without what its file says beside the picture: no place, time, camera, comment or thumbnail.

The picture's own bytes stay as they are, so what is read from it stays the same; of all else the orientation is
kept, in an EXIF record that holds nothing more. Nothing is decoded. Formats: ITU-T T.81 (JPEG), W3C PNG (third
edition), RFC 9649 (WebP), Exif 3.0 for the orientation.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from facial.photo import check_photo, damaged

_PNG = b"\x89PNG\r\n\x1a\n"
#: Chunks of a PNG file that make the picture; of the others only what is needed to turn it upright is kept.
_PNG_PICTURE = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"IDAT", b"IEND"})
_WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_WEBP_EXIF, _WEBP_KEPT = 0x08, 0x12  # flags of VP8X: EXIF follows; it is animated, it has transparency
_EOI, _SOS, _APP0, _APP1, _ADOBE, _COMMENT = 0xD9, 0xDA, 0xE0, 0xE1, 0xEE, 0xFE
#: JFIF 1.01 without a thumbnail: by it, and by Adobe's segment, a decoder knows how colours are coded.
_JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
_ORIENTATION = 0x0112


def without_metadata(content: bytes) -> bytes:
    """The photo file with its picture and orientation alone; raises InputError where it is none, or is damaged."""
    kind = check_photo(content)
    try:
        return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}[kind](content)
    except (struct.error, IndexError):
        raise damaged() from None


def _jpeg(content: bytes) -> bytes:
    kept: list[bytes] = []
    orientation = 1
    for marker, segment in _segments(content):
        if marker == _APP1 and segment[4:10] == b"Exif\0\0":
            orientation = _oriented(segment[10:])
        if marker == _APP0 and segment[4:9] == b"JFIF\0":
            kept.append(_JFIF)
        elif marker == _ADOBE or not (_APP0 <= marker <= 0xEF or marker == _COMMENT):
            kept.append(segment)
    exif = _exif(orientation)
    told = struct.pack(">BBH", 0xFF, _APP1, len(exif) + 8) + b"Exif\0\0" + exif if exif else b""
    return b"\xff\xd8" + told + b"".join(kept) + b"\xff\xd9"


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment between start and end of the image; a scan comes with its coded data."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise damaged()
        while content[at + 1] == 0xFF:  # fill bytes
            at += 1
        marker = content[at + 1]
        if marker == _EOI:
            return
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if end > len(content) or end < at + 4:
            raise damaged()
        if marker == _SOS:
            end = _scan_end(content, end)
        yield marker, content[at:end]
        at = end


def _scan_end(content: bytes, at: int) -> int:
    """Where the next marker stands that is no restart and no stuffed byte."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise damaged()
        following = content[at + 1]
        if following != 0x00 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def _png(content: bytes) -> bytes:
    kept: list[bytes] = []
    at, orientation = len(_PNG), 1
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise damaged()
        if name == b"eXIf":
            orientation = _oriented(content[at + 8 : end - 4])
        if name in _PNG_PICTURE:
            kept.append(content[at:end])
        if name == b"IEND":
            break
        at = end
    exif = _exif(orientation)
    if exif:
        kept.insert(1, _chunk(b"eXIf", exif))
    return _PNG + b"".join(kept)


def _chunk(name: bytes, body: bytes) -> bytes:
    from zlib import crc32

    return struct.pack(">I4s", len(body), name) + body + struct.pack(">I", crc32(name + body))


def _webp(content: bytes) -> bytes:
    kept: list[bytes] = []
    size = b""
    at, orientation, flags = 12, 1, 0
    while at + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + length % 2
        if end > len(content) + length % 2:
            raise damaged()
        if name == b"VP8X":
            flags, size = content[at + 8] & _WEBP_KEPT, content[at + 12 : at + 18]
        if name == b"EXIF":
            orientation = _oriented(content[at + 8 : at + 8 + length].removeprefix(b"Exif\0\0"))
        if name in _WEBP_PICTURE:
            kept.append(content[at:end])
        at = end
    exif = _exif(orientation)
    if exif and size:
        kept.append(struct.pack("<4sI", b"EXIF", len(exif)) + exif)
    if size:
        flags |= _WEBP_EXIF if exif else 0
        kept.insert(0, struct.pack("<4sIB3x", b"VP8X", 10, flags) + size)
    body = b"WEBP" + b"".join(kept)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def _oriented(exif: bytes) -> int:
    """The orientation that EXIF's first directory tells, 1 to 8; 1, upright, where it tells none."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, at)
        for entry in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * entry)
            if tag == _ORIENTATION and kind == 3:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1  # as a decoder would have it: a record that cannot be read says nothing
    return 1


def _exif(orientation: int) -> bytes:
    """An EXIF record of the orientation alone; none where the picture is upright."""
    if orientation == 1:
        return b""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
