"""The example on the page: a note in our own words about a child who never was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_TEXT = Path(__file__).parent / "demo_case.txt"


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A note to load at a press, with the patient's sex and age."""

    text: str
    sex: str
    years: int
    months: int


def demo_case() -> DemoCase:
    """The example of this release: invented after the published picture of a syndrome that it does not name."""
    return DemoCase(_TEXT.read_text(encoding="utf-8").strip(), "male", 6, 2)
