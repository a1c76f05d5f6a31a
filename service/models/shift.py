"""What the shift monitor answers and is asked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from matching.shift.figures import Figure
from matching.shift.stability import Level, WarningKind
from service.models.answers import Answer


class ShiftQuery(BaseModel):
    """Which months to compare."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    months: Annotated[int, Field(ge=1, le=120, description="The last so many, else as in the settings.")] | None = None


class BinShareAnswer(Answer):
    """A bin with its shares, 0 to 1."""

    bin: str
    label: str
    share: float
    reference: float


class FigureShiftAnswer(Answer):
    """A figure against the reference.

    `psi` is the population stability index; sampling alone makes it `expected` on average and more than `chance` once
    in a hundred. There are no bins where fewer than 20 were counted.
    """

    figure: Figure
    label: str
    level: Level
    psi: float | None
    expected: float | None
    chance: float | None
    units: int
    reference_units: int
    bins: list[BinShareAnswer]


class ShiftWarningAnswer(Answer):
    """One thing to mind of the figures of accuracy."""

    kind: WarningKind
    figure: Figure
    sentence: str


class ShiftAnswer(Answer):
    """What was read in `months` against the reference; `accuracy_speaks` is False where a figure has shifted.

    `reference_month` is None for the benchmark corpora, and while the site has no month of 200 notes.
    """

    reference: Literal["corpora", "first_month"]
    reference_month: str | None
    reference_notes: int
    months: list[str]
    notes: int
    accuracy_speaks: bool
    warnings: list[ShiftWarningAnswer]
    figures: list[FigureShiftAnswer]
