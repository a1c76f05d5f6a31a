"""Figures: lengths, marks and what they tell those who do not see them."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from screening.output.drawn import Axes, Bar, Row, Titled, bars, curve, histogram

SVG = "{http://www.w3.org/2000/svg}"
TITLED = Titled("figure-x", "Ages & <more>", "under 1 year: 3")
AXES = Axes("Score", "Patients", 5.0, "threshold 5.0")


def rects(svg: str, fill: str) -> list[dict[str, str]]:
    return [each.attrib for each in ET.fromstring(svg).iter(f"{SVG}rect") if each.attrib["fill"] == fill]


def texts(svg: str) -> list[str | None]:
    return [each.text for each in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    "svg",
    [
        bars(TITLED, [Row("a", (Bar(1, "3"),))]),
        histogram(TITLED, 0, 10, [1, 2], AXES),
        curve(TITLED, [(0, 0), (5, 1)], AXES),
    ],
)
def test_each_is_one_image_with_a_title_and_a_description_that_are_escaped(svg):
    image = ET.fromstring(svg)
    assert image.attrib["role"] == "img"
    named = {each.attrib["id"]: each.text for each in image if each.tag in (f"{SVG}title", f"{SVG}desc")}
    assert [named[name] for name in image.attrib["aria-labelledby"].split()] == ["Ages & <more>", "under 1 year: 3"]
    assert not re.search(r"<script|style=|href|url\(", svg)


def test_bars_are_as_long_as_their_share_and_keep_clear_of_their_values():
    svg = bars(TITLED, [Row("a", (Bar(1, "10"), Bar(0.5, "5", light=True))), Row("b", (Bar(0, "0"), Bar(0.001, "1")))])
    dark = [float(each["width"]) for each in rects(svg, "#1f4e79")]
    (light,) = (float(each["width"]) for each in rects(svg, "#f2d9a6"))
    assert light == pytest.approx(dark[0] / 2, abs=0.1)
    assert dark[1:] == [0.0, 1.5]  # nothing for none, and something to be seen for the least
    assert dark[0] < 390
    assert texts(svg) == ["a", "10", "5", "b", "0", "1"]


def test_bars_of_a_histogram_are_dark_from_the_mark_on_and_the_one_it_falls_in_is_split():
    # four bins of 2.5; the mark at 5 parts the second from the third, one at 6 splits the third
    svg = histogram(TITLED, 0, 10, [9, 9, 9, 9], AXES)
    assert (len(rects(svg, "#f2d9a6")), len(rects(svg, "#1f4e79"))) == (2, 2)
    svg = histogram(TITLED, 0, 10, [9, 9, 9, 9], Axes("Score", "Patients", 6.0, "threshold 6.0"))
    assert (len(rects(svg, "#f2d9a6")), len(rects(svg, "#1f4e79"))) == (3, 2)
    assert "threshold 6.0" in texts(svg)


def test_heights_of_a_histogram_are_logarithmic_and_its_axis_says_so_in_powers_of_ten():
    # log10(1 + 9) = 1 and log10(1 + 99) = 2: half as high
    svg = histogram(TITLED, 0, 10, [9, 99, 0], AXES)
    low, high = (float(each["height"]) for each in rects(svg, "#f2d9a6")[:2])
    assert high == pytest.approx(2 * low, abs=0.1)
    assert {"1", "10"} <= set(texts(svg))


def test_without_a_mark_no_bar_is_dark_and_no_line_is_dashed():
    svg = histogram(TITLED, 0, 10, [9, 9], Axes("Score", "Patients"))
    assert rects(svg, "#1f4e79") == []
    assert "dasharray" not in svg


def test_the_point_of_the_curve_at_the_mark_has_a_ring():
    svg = curve(TITLED, [(0, 0), (5, 3), (10, 4)], AXES)
    (ring,) = ET.fromstring(svg).iter(f"{SVG}circle")
    (line,) = ET.fromstring(svg).iter(f"{SVG}polyline")
    assert line.attrib["points"].split()[1] == f"{ring.attrib['cx']},{ring.attrib['cy']}"


@pytest.mark.parametrize("most", [1e-6, 0.7, 1, 3, 49, 50, 12_345, 10_000_000])
def test_axes_have_a_few_round_numbers(most):
    svg = curve(TITLED, [(0, 0), (most, most)], Axes("x", "y"))
    assert 4 <= len([each for each in texts(svg) if each not in ("x", "y")]) <= 12


def test_numbers_that_are_all_the_same_or_none_are_drawn():
    ET.fromstring(histogram(TITLED, 3, 3, [4], AXES))
    ET.fromstring(curve(TITLED, [(0, 0)], AXES))
    ET.fromstring(bars(TITLED, []))
