"""Bytes to pixels: what a photo may cost is known before it is decoded, and of what it holds only the picture is kept.

One still picture of a camera or a phone is read: JPEG, PNG or WebP, by exactly that decoder of Pillow. EXIF says how
the photo was held and is applied; it, colour profiles, comments, thumbnails, further pictures and anything behind the
end of the picture go no further. Colours are taken as sRGB. The largest photos take 250 MB and 1.3 s (measured).
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ontology.errors import InputError

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFile import ImageFile

    from facial.alignment import Pixels

#: A phone photo is 2-8 MB; a larger file is more likely a mistake or an attack than a face.
MAX_BYTES = 20_000_000
#: A phone photo has 12 to 24 million pixels, 3 to 4 bytes each once decoded.
MAX_PIXELS = 25_000_000
#: libwebp decodes whole, with two more canvases: about 19 bytes a pixel.
MAX_PIXELS_WEBP = 12_500_000
#: A progressive photo comes in about ten scans, each of which is a pass over all of it; a few bytes make one.
MAX_SCANS = 100
#: Segments of a JPEG (an ICC profile has up to 255, other things of 64 kB each as many), chunks of a PNG (pixels come
#: in pieces of 4 to 64 kB): Pillow keeps each, and an empty one takes 4 or 12 bytes.
MAX_SEGMENTS, MAX_CHUNKS = 1_000, 20_000
#: The longer side of what is worked on: at 2,048 a face that takes a tenth of it has 60 pixels between the eyes.
WORKING_SIDE = 2048

#: How a photo was held (EXIF 2.32, tag 274), as Pillow's transpositions that undo it.
_HELD = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
_ORIENTATION = 274
#: A marker of a JPEG: bytes that are coded as FF are followed by 00 in a scan, by D0 to D7 where it can be entered.
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA
_HEIF = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1", b"avif", b"avis")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A photo as it is seen upright: `rgb` uint8 (h, w, 3), read-only, at most WORKING_SIDE pixels on a side.

    `width` and `height` are those of the photo, `scale` how many of its pixels one of `rgb` spans. `frames` counts the
    pictures of an animated file, of which the first was taken.
    """

    rgb: Pixels
    width: int
    height: int
    scale: float
    frames: int = 1


def read_photo(content: bytes) -> Picture:
    """The picture in a file; raises InputError where it is none, cannot be read, or is too large to be decoded."""
    kind = check_photo(content)
    _check_size(kind, content)
    try:
        image = _opened(kind, content)
        width, height = image.size
    except InputError:
        raise
    except Exception as error:  # Pillow raises what its parsers meet: SyntaxError, struct.error, zlib.error ...
        raise damaged() from error
    _check_pixels(width, height, MAX_PIXELS)
    try:
        return _decoded(image)
    except Exception as error:
        raise damaged() from error


def check_photo(content: bytes) -> str:
    """The format, `JPEG`, `PNG` or `WEBP`, by how the bytes begin; raises InputError; nothing is decoded."""
    if not content:
        raise InputError("photo", "The photo is empty.", "Send the bytes of a JPEG or PNG file.")
    if len(content) > MAX_BYTES:
        raise InputError(
            "photo", f"The photo has {len(content):,} bytes.", f"Send at most {MAX_BYTES:,}; reduce it first."
        )
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF:
        raise InputError(
            "photo",
            "This photo is a HEIC or AVIF file, which is not read here.",
            "Send it as a JPEG: on an iPhone choose Settings, Camera, Formats, Most Compatible, and take it again.",
        )
    raise InputError("photo", "This is not a photo that can be recognised.", "Send a JPEG or PNG file.")


def damaged() -> InputError:
    """The fault of a photo whose file is not as its format has it."""
    return InputError(
        "photo", "The photo is damaged or incomplete.", "Send the file again as the camera wrote it, or take another."
    )


def _check_size(kind: str, content: bytes) -> None:
    """Refuse, by the file's own bytes, what would cost too much even to open."""
    if kind == "WEBP":  # its decoder takes room for the whole canvas as it opens
        size = _webp_size(content)
        if size is None:
            raise damaged()
        _check_pixels(*size, MAX_PIXELS_WEBP)
    if (kind == "JPEG" and _is_in_pieces(content)) or (kind == "PNG" and _chunks(content) > MAX_CHUNKS):
        raise InputError(
            "photo", "The photo is written in more pieces than a camera makes.", "Save it again as a plain JPEG file."
        )


def _check_pixels(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise InputError(
            "photo",
            f"The photo has {width:,} x {height:,} pixels.",
            f"Send one of at most {most // 100_000 / 10:g} million pixels; reduce it first.",
        )


def _opened(kind: str, content: bytes) -> ImageFile:
    """The file as the one format that it begins as: none of Pillow's other decoders is tried."""
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    plugins: dict[str, type[ImageFile]] = {
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
    }
    return plugins[kind](io.BytesIO(content))


def _decoded(image: ImageFile) -> Picture:
    from PIL import Image

    width, height = image.size
    frames = int(getattr(image, "n_frames", 1))
    working = min(1.0, WORKING_SIDE / max(width, height))
    size = (max(1, round(width * working)), max(1, round(height * working)))
    image.draft(None, size)  # a JPEG is decoded at a half, a quarter or an eighth where that is enough
    image.load()
    held = _orientation(image)
    small = _on_white(image, size)
    if held in _HELD:
        small = small.transpose(Image.Transpose[_HELD[held]])
        width, height = (height, width) if held >= 5 else (width, height)
    rgb = np.array(small)
    rgb.flags.writeable = False
    return Picture(rgb, width, height, 1 / working, frames)


def _orientation(image: ImageFile) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # what EXIF says besides is not needed, and damage to it does not spoil the picture
        return 1


def _on_white(image: ImageFile, size: tuple[int, int]) -> Image.Image:
    """The picture at `size` in sRGB; what is transparent is white, as on a page; 16 bits are the upper 8 of them."""
    from PIL import Image

    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        deep = np.asarray(image)
        return Image.fromarray((deep >> 8).astype(np.uint8)).resize(size, Image.Resampling.BOX).convert("RGB")
    clear = image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info
    seen = image if image.mode in ("RGB", "RGBA") else image.convert("RGBA" if clear else "RGB")
    if clear and seen.mode == "RGB":
        seen = seen.convert("RGBA")
    if seen.size != size:
        seen = seen.resize(size, Image.Resampling.BOX)
    if seen.mode == "RGB":
        return seen
    page = Image.new("RGB", size, "white")
    page.paste(seen, mask=seen.getchannel("A"))
    return page


def _webp_size(content: bytes) -> tuple[int, int] | None:
    """Width and height by the first chunk of a WebP file (RFC 9649), None where it is none that is known."""
    chunk, start = content[12:16], content[20:30]
    if len(start) < 10:
        return None
    if chunk == b"VP8X":
        return 1 + int.from_bytes(start[4:7], "little"), 1 + int.from_bytes(start[7:10], "little")
    if chunk == b"VP8L" and start[0] == 0x2F:
        bits = int.from_bytes(start[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and start[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", start[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _is_in_pieces(content: bytes) -> bool:
    segments, scans = _segments(content)
    return segments > MAX_SEGMENTS or scans > MAX_SCANS


def _segments(content: bytes) -> tuple[int, int]:
    """How many segments a JPEG has up to its end (ITU T.81, annex B), and how many of them begin a scan.

    What lies within a segment is stepped over; counting stops where there are too many.
    """
    segments, scans, at = 0, 0, 2
    while segments <= MAX_SEGMENTS and (found := _MARKER.search(content, at)):
        marker, at = found[1][0], found.end()
        if marker == _END_OF_IMAGE:
            break
        segments += 1
        if marker not in (_START_OF_IMAGE, 0x01):
            scans += marker == _START_OF_SCAN
            at += int.from_bytes(content[at : at + 2], "big")
    return segments, scans


def _chunks(content: bytes) -> int:
    """How many chunks a PNG has, what lies behind its end among them; counting stops where there are too many."""
    count, at = 0, 8
    while at < len(content) and count <= MAX_CHUNKS:
        count, at = count + 1, at + 12 + int.from_bytes(content[at : at + 4], "big")
    return count
