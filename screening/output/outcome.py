"""What a run came to, as it is written: the numbers of the cohort, and where the parts of patients lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from screening.threshold import Rule, Threshold

PATIENTS_FILE, FINDINGS_FILE = "patients.parquet", "findings.parquet"
FLAGGED_FILE, PAGE_FILE = "flagged.jsonl", "report.html"


@dataclass(frozen=True, slots=True)
class SourceTold:
    """What was read, as the page tells it: `kind` such as "csv", `name` such as "notes.csv" or a folder's name.

    `files` is how many there were. A name must not be a patient's: of a folder with a file a patient, name the folder.
    """

    kind: str
    name: str
    files: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers of a run. `set_aside` counts by record.Reason, `doubts` by record.Doubt.

    `patients` are all, `ranked` those with enough findings. `disagreements` are patients whose rows tell two sexes or
    dates of birth. `seconds` is how long reading and screening took by the clock. `shift_figures` are whole `<svg>`
    elements from matching.shift.drawn, which are trusted; `shift_warnings` whole sentences in the page's language.
    `accuracy_speaks` is False where the accuracy figures do not speak for this archive. `systems` names organ systems
    by HPO id in the page's language.
    """

    run: str
    knowledge: str
    software: str
    made_at: datetime
    sources: tuple[SourceTold, ...]
    notes: int
    patients: int
    ranked: int
    rule: Rule
    threshold: Threshold
    seconds: float
    set_aside: Mapping[str, int] = field(default_factory=dict)
    doubts: Mapping[str, int] = field(default_factory=dict)
    disagreements: int = 0
    shift_figures: tuple[str, ...] = ()
    shift_warnings: tuple[str, ...] = ()
    accuracy_speaks: bool = True
    systems: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes_per_second(self) -> float:
        """How fast the run was."""
        return self.notes / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class PartFiles:
    """Where the files lie that the run has written: `rows` of all patients, `told` of the flagged ones (gzip)."""

    rows: tuple[Path, ...]
    told: tuple[Path, ...]

    @classmethod
    def of(cls, parts: Path, told: Path) -> PartFiles:
        """Those in the two folders, in the order of parts."""
        return cls(tuple(sorted(parts.glob("*.jsonl.gz"))), tuple(sorted(told.glob("*.jsonl.gz"))))
