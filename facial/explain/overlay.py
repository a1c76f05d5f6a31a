"""A picture of heat over a face, with the lines a measure is taken along.

The face is shown upright, as it was aligned. One colour map whose lightness rises in even steps is laid the thicker the
hotter it is; the hottest part is outlined, white beside black, so that it is seen without colour and on any skin.

A line is drawn white within black, a dot at each end. It shows how the measure is *defined* and is no evidence for its
value: it would be drawn between the same places of the face whatever was found there. The legend is the page's.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from facial.alignment import SIDE, Chip, Pixels, Places, sample
from facial.explain.heat import HOT
from facial.explain.occlusion import hottest
from ontology.arrays import Floats

#: Side of the picture in pixels, and what is shown beyond each edge of the chip, in pixels of the chip.
SHOWN = 360
MARGIN = 15
#: Red, green and blue from cold to hot: steps 2 to 8 of 8 of `plasma` (S. van der Walt, N. Smith, 2015, CC0), which is
#: even in lightness, so that it reads in grey and by any colour vision.
COLOURS = ((84, 2, 163), (139, 10, 165), (185, 50, 137), (219, 92, 104), (244, 136, 73), (254, 188, 42), (240, 249, 33))
#: How much of the face the hottest place hides; where there is no heat it hides nothing.
THICKEST = 0.6
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def overlay(rgb: Pixels, chip: Chip, heat: Floats | None, line: Places | None = None) -> bytes:
    """A PNG of SHOWN x SHOWN pixels without metadata: the face of `chip`, read from `rgb` uint8 (h, w, 3).

    `heat` float32 (150, 150), 0 to 1; None draws the line alone. `line` float (n, 2, 2): for each line its two ends in
    pixels of `rgb`; ends that lie beyond the picture are cut off.
    """
    scale = SHOWN / (SIDE + 2 * MARGIN)
    turn = chip.to_photo[:, :2] / scale
    # pixel 0 of the picture has its middle half a pixel of its own from the edge
    corner = np.full(2, -MARGIN - 0.5 + 0.5 / scale)
    move = chip.in_photo(corner[None])[0]
    picture = sample(rgb, np.column_stack([turn, move]), SHOWN)
    if heat is not None and heat.max() > 0:
        picture = _heated(picture, heat, scale)
    image = Image.fromarray(picture)
    drawing = ImageDraw.Draw(image)
    for ends in np.empty((0, 2, 2)) if line is None else np.asarray(line, float):
        _draw(drawing, (chip.in_chip(ends) - corner) * scale)
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()


def coloured(heat: Floats) -> Floats:
    """The colour of each value of `heat` (...), 0 to 1, float32 (..., 3), 0 to 255."""
    steps = np.linspace(0, 1, len(COLOURS))
    channels = [np.interp(heat, steps, [colour[channel] for colour in COLOURS]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _heated(picture: Pixels, heat: Floats, scale: float) -> Pixels:
    shown = _enlarged(heat, scale)
    weight = (THICKEST * shown)[:, :, None]
    mixed = picture * (1 - weight) + coloured(shown) * weight
    inside = _enlarged(hottest(heat, HOT).astype(np.float32), scale) > 0.5
    mask = Image.fromarray(inside.astype(np.uint8) * 255)
    grown, shrunk = (np.asarray(mask.filter(each)) > 0 for each in (ImageFilter.MaxFilter(5), ImageFilter.MinFilter(5)))
    mixed[grown & ~inside] = _BLACK
    mixed[inside & ~shrunk] = _WHITE
    return np.asarray(mixed + 0.5).clip(0, 255).astype(np.uint8)


def _enlarged(values: Floats, scale: float) -> Floats:
    """The chip's `values` (150, 150) in the picture, 0 beyond the chip."""
    side = round(SIDE * scale)
    drawn = np.asarray(Image.fromarray(values).resize((side, side), Image.Resampling.BILINEAR), np.float32)
    before = (SHOWN - side) // 2
    return np.pad(drawn, ((before, SHOWN - side - before),) * 2)


def _draw(drawing: ImageDraw.ImageDraw, ends: Places) -> None:
    places = [(float(x), float(y)) for x, y in np.clip(ends, -SHOWN, 2 * SHOWN)]
    for colour, width in ((_BLACK, 5), (_WHITE, 2)):
        drawing.line(places, fill=colour, width=width)
        for x, y in places:
            drawing.ellipse([x - width, y - width, x + width, y + width], fill=colour)
