"""Runs over archives of a few patients, with the hand-made release."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.screen_companions import ServiceCompanions
from screening.engine.processes import Processes
from screening.layout import Layout
from screening.ledger import Ledger
from screening.part import Setting
from screening.record import FileRead, NoteRow, Row
from screening.run import Hands, Run
from screening.threshold import Rule, Yields

LONG_LIMBS = "Boy with arachnodactyly and pectus excavatum. Ectopia lentis on both sides. Scoliosis."


@dataclass
class ListSource:
    """An archive that is a list."""

    listed: list[Row]
    kind: str = "list"
    shown: str = "list"
    taken: dict[str, str] = field(default_factory=dict)
    opened: int = 0

    def rows(self) -> Iterable[Row]:
        self.opened += 1
        return iter(self.listed)

    def files(self) -> tuple[FileRead, ...]:
        return (FileRead("list", None, None, None),)


def ordinary(patients: int, notes: int = 2) -> list[Row]:
    """Patients with a cough, and one in ten whose notes, taken together, look like a syndrome of long limbs."""
    rows: list[Row] = []
    for patient in range(patients):
        words = LONG_LIMBS.split(". ") if patient % 10 == 0 else ["Cough for three days", "Better"]
        for at in range(notes):
            text = f"Seen on ward {patient}. {words[at % len(words)]}. {words[-1 - at % len(words)]}."
            rows.append(
                NoteRow(f"patient-{patient}", text, f"list:{len(rows) + 1}", date(2020 + at, 1, 1 + patient % 28))
            )
    return rows


@pytest.fixture
def setting(small_root: Path, tmp_path: Path) -> Setting:
    layout = Layout.of(tmp_path / "out")
    layout.make()
    return Setting(small_root, layout, 4, 2, None, ServiceCompanions("en"))


@pytest.fixture
def begun(setting: Setting) -> Callable[..., Any]:
    """A run in the folder, as a command would open it."""

    @contextmanager
    def opened(workers: int = 1):
        with Ledger.open(setting.layout.ledger) as ledger:
            yield Run(setting, Hands(Processes, workers), ledger, io.StringIO())

    return opened


RULE = Rule(share=0.1, least_yield=0.0001, most_share=0.5)
YIELDS = Yields(0.0, 0.5)
