"""Hostile and poor photos, each with the answer that is right for it.

All are made from one photo of a face, tests/facial/astronaut.jpg (NASA's portrait of Eileen Collins, public domain).
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from benchmarks.face_covers import covered_with
from facial.alignment import Pixels, Places
from facial.reading import Fault, Quality

FACE = Path(__file__).parent.parent / "tests" / "facial" / "astronaut.jpg"
#: Its eyes, nose and corners of the mouth, as MTCNN finds them.
POINTS = np.array([[113.6, 100.6], [156.3, 103.2], [133.7, 127.8], [110.8, 138.9], [155.0, 141.3]])
_JPEG_START = b"\xff\xd8"
_ORIENTATION = 274


@dataclass(frozen=True, slots=True)
class Given:
    """One file and what is right: `unreadable` (no photo, damaged, too large), or faults that must be among those told.

    `refused` says whether the photo is refused; None where either is right.
    """

    name: str
    content: bytes
    unreadable: bool = False
    refused: bool | None = False
    told: frozenset[Fault] = frozenset()

    def is_right(self, answer: Quality | None) -> bool:
        """Whether an answer, None for an InputError, is the right one."""
        if answer is None or self.unreadable:
            return answer is None and self.unreadable
        faults = {finding.fault for finding in answer.findings}
        return self.told <= faults and self.refused in (None, not answer.accepted)


def inputs() -> Iterator[Given]:
    """All of them."""
    face = Image.open(FACE).convert("RGB")
    yield from _no_photos(face)
    yield from _bombs(face)
    yield from _damaged(face)
    yield from _with_more_behind(face)
    yield from _kinds(face)
    yield from _held(face)
    yield from _without_face()
    yield from _poor(face)
    yield from _covered(face)


def written(image: Image.Image, kind: str, **options: object) -> bytes:
    """An image as a file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, *chunks: tuple[bytes, bytes], depth: int = 8, colour: int = 2) -> bytes:
    """A PNG by its header and further chunks."""
    header = (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    parts = (
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in (header, *chunks)
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _no_photos(face: Image.Image) -> Iterator[Given]:
    files = {
        "empty": b"",
        "text": b"a face " * 40,
        "HTML": b"<!doctype html><script>alert(1)</script>",
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        "PDF": b"%PDF-1.7\n" + b"0" * 200,
        "zip": b"PK\x03\x04" + bytes(100),
        "program": b"\x7fELF" + bytes(200),
        "HEIC": b"\x00\x00\x00\x18ftypheic" + bytes(200),
        "GIF": written(face, "GIF"),
        "BMP": written(face, "BMP"),
        "TIFF": written(face, "TIFF"),
        "AVIF": written(face, "AVIF"),
        "icon": written(face.resize((64, 64)), "ICO"),
        "portable pixmap": written(face, "PPM"),
        "JPEG 2000's first bytes": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(100),
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "a JPEG's first bytes alone": b"\xff\xd8\xff\xe0",
        "a PNG's first bytes alone": b"\x89PNG\r\n\x1a\n",
        "a WebP's first bytes alone": b"RIFF\x04\x00\x00\x00WEBP",
    }
    for name, content in files.items():
        yield Given(name, content, unreadable=True)


def _bombs(face: Image.Image) -> Iterator[Given]:
    jpeg, plain = written(face, "JPEG", progressive=True), written(face, "PNG")
    scan = jpeg[jpeg.rfind(b"\xff\xda") : -2]
    wide = bytearray(written(face, "JPEG"))
    at = wide.find(b"\xff\xc0")
    wide[at + 5 : at + 9] = b"\xff\xdc\xff\xdc"
    zeros = zlib.compress(bytes(60_000_000), 9)
    pixels = (b"IDAT", zlib.compress(bytes(8 * 25)))
    canvas = bytearray(written(face.convert("RGBA"), "WEBP", lossless=True, exif=b"Exif\x00\x00MM\x00*"))
    canvas[24:30] = b"\xfe\x3f\x00\xfe\x3f\x00"
    files = {
        "10 kB of PNG that are 81 million pixels": written(Image.new("1", (9000, 9000)), "PNG"),
        "PNG of 2 billion by 2 billion": png(2**31 - 1, 2**31 - 1, pixels),
        "PNG without width": png(0, 100, pixels),
        "JPEG of 65,500 by 65,500": bytes(wide),
        "WebP with a canvas of 268 million pixels": bytes(canvas),
        "WebP of 65 million pixels": written(Image.new("RGB", (16000, 4100)), "WEBP"),
        "20 MB and one byte": jpeg + bytes(20_000_001 - len(jpeg)),
        "JPEG with 300 scans": jpeg[:-2] + scan * 300 + jpeg[-2:],
        "JPEG with 4 million segments": jpeg[:2] + b"\xff\xe5\x00\x02" * 4_000_000 + jpeg[2:],
        "PNG with 1.5 million chunks": plain[:33] + png(8, 8, (b"prVt", b""))[33:] * 1_500_000 + plain[33:],
        "PNG with 60 MB of text in 60 kB": png(8, 8, (b"zTXt", b"a\x00\x00" + zeros), pixels, (b"IEND", b"")),
    }
    for name, content in files.items():
        yield Given(name, content, unreadable=True)
    profile = png(8, 8, (b"iCCP", b"a\x00\x00" + zeros))[33:]
    yield Given("PNG with a colour profile of 60 MB in 60 kB", plain[:33] + profile + plain[33:], unreadable=True)
    large = written(face.resize((4800, 5000)), "JPEG", quality=70)
    yield Given("JPEG of 24 million pixels", large)
    yield Given("progressive JPEG of 24 million pixels", written(face.resize((4800, 5000)), "JPEG", progressive=True))
    yield Given("PNG of 25 million pixels", written(face.convert("RGBA").resize((4900, 5000)), "PNG", compress_level=1))
    yield Given("WebP of 12 million pixels", written(face.resize((3400, 3500)), "WEBP", method=0))
    yield Given(
        "JPEG, 1 by 60,000", written(Image.new("RGB", (1, 60000)), "JPEG"), told=_only(Fault.NO_FACE), refused=True
    )


def _damaged(face: Image.Image) -> Iterator[Given]:
    jpeg, plain, webp = written(face, "JPEG"), written(face, "PNG"), written(face, "WEBP")
    middle = len(plain) // 2
    files = {
        "half of a JPEG": jpeg[: len(jpeg) // 2],
        "a tenth of a JPEG": jpeg[: len(jpeg) // 10],
        "half of a PNG": plain[:middle],
        "half of a WebP": webp[: len(webp) // 2],
        "PNG with a wrong byte": plain[:middle] + bytes([plain[middle] ^ 0xFF]) + plain[middle + 1 :],
        "PNG without pixels": png(100, 100, (b"IEND", b"")),
        "PNG whose pixels are no zlib": png(100, 100, (b"IDAT", b"pixels" * 20), (b"IEND", b"")),
        "JPEG with no tables": _JPEG_START + jpeg[jpeg.find(b"\xff\xc0") :],
    }
    for name, content in files.items():
        yield Given(name, content, unreadable=True)
    noise = np.random.default_rng(0).integers(0, 256, 20_000, dtype=np.uint8).tobytes()
    yield Given("noise after a JPEG's header", jpeg[:620] + noise, unreadable=True)
    broken = jpeg[: len(jpeg) * 3 // 4] + noise[:50] + jpeg[len(jpeg) * 3 // 4 + 50 :]
    yield Given("JPEG with noise in the middle", broken, refused=None)
    yield Given("JPEG with damaged EXIF", written(face, "JPEG", exif=b"Exif\x00\x00II*\x00" + noise[:300]))


def _with_more_behind(face: Image.Image) -> Iterator[Given]:
    jpeg, plain = written(face, "JPEG"), written(face, "PNG")
    yield Given("JPEG with a zip behind it", jpeg + b"PK\x03\x04" + bytes(5000))
    yield Given("JPEG with a script behind it", jpeg + b"<script>alert(1)</script>")
    yield Given("JPEG with another behind it", jpeg + written(Image.new("RGB", (500, 500)), "JPEG"))
    yield Given("JPEG with a program in a comment", written(face, "JPEG", comment=b"<?php system($_GET[0]); ?>" * 20))
    yield Given("PNG with a zip behind it", plain + b"PK\x03\x04" + bytes(5000))
    yield Given("JPEG with 4 MB of zeros behind it", jpeg + bytes(4_000_000))
    two = written(face, "MPO", save_all=True, append_images=[Image.new("RGB", face.size)])
    yield Given("JPEG of two pictures", two)
    moved = [face.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Image.new("RGB", face.size)]
    animated = _only(Fault.ANIMATED)
    yield Given("animated PNG", written(face, "PNG", save_all=True, append_images=moved), told=animated)
    yield Given("animated WebP", written(face, "WEBP", save_all=True, append_images=moved), told=animated)


def _kinds(face: Image.Image) -> Iterator[Given]:
    grey = face.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    deep_rows = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in np.asarray(face).astype(np.uint16) * 257)
    deep_colour = png(*face.size, (b"IDAT", zlib.compress(deep_rows)), (b"IEND", b""), depth=16)
    clear = face.convert("RGBA")
    ImageDraw.Draw(clear).rectangle((0, 0, 276, 20), fill=(255, 0, 0, 0))
    palette = face.convert("P", palette=Image.Palette.ADAPTIVE)
    files = {
        "plain JPEG": written(face, "JPEG"),
        "progressive JPEG": written(face, "JPEG", progressive=True),
        "JPEG of quality 15": written(face, "JPEG", quality=15),
        "grey JPEG": written(grey, "JPEG"),
        "CMYK JPEG": written(face.convert("CMYK"), "JPEG"),
        "PNG": written(face, "PNG"),
        "grey PNG": written(grey, "PNG"),
        "PNG of 16 bits, grey": written(deep, "PNG"),
        "PNG of 16 bits, colour": deep_colour,
        "PNG with palette": written(palette, "PNG"),
        "PNG with palette and a clear colour": written(palette, "PNG", transparency=3),
        "PNG, partly clear": written(clear, "PNG"),
        "grey PNG, partly clear": written(clear.convert("LA"), "PNG"),
        "WebP": written(face, "WEBP"),
        "WebP without loss, partly clear": written(clear, "WEBP", lossless=True),
    }
    for name, content in files.items():
        yield Given(name, content)
    clear.putalpha(0)
    yield Given("PNG, wholly clear", written(clear, "PNG"), refused=True, told=_only(Fault.NO_FACE))


def _held(face: Image.Image) -> Iterator[Given]:
    """The same photo as a camera writes it that was held so: its pixels turned, and EXIF that says how."""
    turn = Image.Transpose
    written_as = (None, turn.FLIP_LEFT_RIGHT, turn.ROTATE_180, turn.FLIP_TOP_BOTTOM, turn.TRANSPOSE, turn.ROTATE_90)
    for orientation, how in enumerate((*written_as, turn.TRANSVERSE, turn.ROTATE_270), start=1):
        exif = Image.Exif()
        exif[_ORIENTATION] = orientation
        yield Given(f"EXIF orientation {orientation}", written(face.transpose(how) if how else face, "JPEG", exif=exif))


def _without_face() -> Iterator[Given]:
    random = np.random.default_rng(1)
    drawing = Image.new("RGB", (300, 300), (120, 160, 90))
    pencil = ImageDraw.Draw(drawing)
    pencil.rectangle((60, 120, 240, 280), fill=(180, 80, 60))
    for x in (90, 170):
        pencil.rectangle((x, 150, x + 40, 190), fill=(40, 40, 80))
    pictures = {
        "one pixel": Image.new("RGB", (1, 1)),
        "20 by 20": Image.new("RGB", (20, 20), (200, 150, 120)),
        "white": Image.new("RGB", (400, 300), "white"),
        "black": Image.new("RGB", (400, 300)),
        "noise": Image.fromarray(random.integers(0, 256, (300, 300, 3), dtype=np.uint8)),
        "soft noise": Image.fromarray(random.integers(0, 256, (12, 12, 3), dtype=np.uint8)).resize((400, 400)),
        "a house": drawing,
    }
    for name, picture in pictures.items():
        yield Given(name, written(picture, "PNG"), refused=True, told=_only(Fault.NO_FACE))


def _poor(face: Image.Image) -> Iterator[Given]:
    def made(change: Callable[[int], float]) -> Image.Image:
        return face.point([min(255, max(0, round(change(value)))) for value in range(256)] * 3)

    side_by_side = Image.new("RGB", (face.width * 2, face.height))
    side_by_side.paste(face)
    side_by_side.paste(face, (face.width, 0))
    small_behind = face.copy()
    small_behind.paste(face.crop((70, 50, 200, 190)).resize((52, 56)), (0, 0))
    random = np.random.default_rng(2)
    grain = np.asarray(face) + random.normal(0, 12, (face.height, face.width, 3))
    upright = face.resize((414, 480))
    askew = upright.rotate(40, Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 90, 110))
    pictures: dict[str, tuple[Image.Image, bool | None, Fault | None]] = {
        "two people": (side_by_side, True, Fault.SEVERAL_FACES),
        "a smaller face behind": (small_behind, False, Fault.SEVERAL_FACES),
        "on its side, to the left": (face.transpose(Image.Transpose.ROTATE_90), True, Fault.ROLLED),
        "on its side, to the right": (face.transpose(Image.Transpose.ROTATE_270), True, Fault.ROLLED),
        "upside down": (face.transpose(Image.Transpose.ROTATE_180), True, Fault.UPSIDE_DOWN),
        "upside down and askew": (face.rotate(165, Image.Resampling.BICUBIC), True, Fault.UPSIDE_DOWN),
        "askew by 40 degrees": (askew, False, Fault.ROLLED),
        "askew by 20 degrees": (upright.rotate(20, Image.Resampling.BICUBIC), False, None),
        "in a mirror": (face.transpose(Image.Transpose.FLIP_LEFT_RIGHT), False, None),
        "22 pixels between the eyes": (face.resize((144, 167)), False, Fault.TOO_SMALL),
        "10 pixels between the eyes": (face.resize((65, 75)), True, None),
        "blurred a little": (face.filter(ImageFilter.GaussianBlur(2.4)), None, Fault.BLURRED),
        "blurred": (face.filter(ImageFilter.GaussianBlur(4)), True, Fault.BLURRED),
        "dark": (made(lambda grey: grey * 0.2), True, Fault.TOO_DARK),
        "rather dark": (made(lambda grey: grey * 0.4), False, Fault.TOO_DARK),
        "bright": (made(lambda grey: grey * 1.9), True, None),
        "rather bright": (made(lambda grey: grey * 1.35), False, Fault.TOO_BRIGHT),
        "flat": (made(lambda grey: 128 + (grey - 128) * 0.2), True, None),
        "rather flat": (made(lambda grey: 128 + (grey - 128) * 0.45), False, Fault.FLAT),
        "turned": (_turned(face, 0.45), None, Fault.TURNED),
        "cut off at the mouth": (face.crop((0, 0, 276, 145)), True, None),
        "cut off at the chin": (face.crop((0, 0, 276, 156)), None, Fault.CUT_OFF),
        "cut off at the side": (face.crop((125, 0, 276, 320)), True, None),
        "grainy": (Image.fromarray(grain.clip(0, 255).astype(np.uint8)), False, None),
    }
    for name, (picture, refused, fault) in pictures.items():
        told = _only(fault) if fault else frozenset()
        yield Given(name, written(picture, "JPEG", quality=92), refused=refused, told=told)


def _turned(face: Image.Image, narrow: float) -> Image.Image:
    """The face with what is left of its nose pressed together, as perspective does with a head that is turned."""
    middle = round(float(POINTS[2, 0]))
    left = face.crop((0, 0, middle, face.height)).resize((round(middle * narrow), face.height))
    out = Image.new("RGB", (left.width + face.width - middle, face.height))
    out.paste(left)
    out.paste(face.crop((middle, 0, face.width, face.height)), (left.width, 0))
    return out


def _covered(face: Image.Image) -> Iterator[Given]:
    rgb: Pixels = np.asarray(face.resize((552, 640), Image.Resampling.BICUBIC))
    points: Places = POINTS * 2
    hidden = ("mask", "low mask", "scarf", "sunglasses", "bar", "eye patch", "fringe")
    for number, name in enumerate((*hidden, "hand on eye", "spectacles", "feeding tube")):
        drawn = Image.fromarray(covered_with(name, rgb, points, np.random.default_rng(number)))
        content = written(drawn, "JPEG")
        if name == "hand on eye":  # a hand is of the colour of the face: warned of at least
            yield Given(f"with {name}", content, refused=None, told=_only(Fault.COVERED))
        else:  # where so much is covered that no face is found, that is told, and its advice names what covers it
            yield Given(f"with {name}", content, refused=name in hidden)


def _only(fault: Fault) -> frozenset[Fault]:
    return frozenset({fault})
