"""Notes made up with identifiers planted where they are known, between findings that must stay."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Record:
    """A note being written: where identifiers (kind, start, end) and findings (start, end) stand."""

    text: str = ""
    planted: list[tuple[str, int, int]] = field(default_factory=list)
    findings: list[tuple[int, int]] = field(default_factory=list)

    def say(self, *parts: str | tuple[str, str] | list[str]) -> None:
        """Add plain words, identifiers as (kind, words), and findings as a list of words."""
        for part in parts:
            start = len(self.text)
            if isinstance(part, str):
                self.text += part
            elif isinstance(part, tuple):
                self.text += part[1]
                self.planted.append((part[0], start, len(self.text)))
            else:
                self.text += part[0]
                self.findings.append((start, len(self.text)))


def add_findings(dice: random.Random, record: Record, pool: Sequence[str], joint: str) -> None:
    """Say two to five findings of `pool` with `joint` between them."""
    for at, finding in enumerate(dice.sample(pool, dice.randint(2, 5))):
        record.say(joint if at else "", [finding])
