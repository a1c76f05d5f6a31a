"""The example on the page: a note in our own words about a child who never was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_TEXT = Path(__file__).parent / "demo_case.txt"
_TEXTS = {"zh": Path(__file__).parent / "demo_case_zh.txt"}


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A note to load at a press, with the patient's sex and age; `texts` tells it in other languages than English."""

    text: str
    sex: str
    years: int
    months: int
    texts: Mapping[str, str] = field(default_factory=dict)

    def told(self, language: str) -> str:
        """The note in `language`, or else in English."""
        return self.texts.get(language, self.text)


def demo_case() -> DemoCase:
    """The example of this release: invented after the published picture of a syndrome that it does not name."""
    texts = {language: path.read_text(encoding="utf-8").strip() for language, path in _TEXTS.items()}
    return DemoCase(_TEXT.read_text(encoding="utf-8").strip(), "male", 6, 2, texts)
