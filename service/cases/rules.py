"""What a site chooses about the cases it keeps (settings group `cases`)."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class CaseRules(BaseModel):
    """The rules of one site."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    deidentify: bool = Field(default=True, description="Names, numbers, addresses and dates are masked before keeping.")
    second_reader: bool = Field(default=False, description="A case is signed only once a second reader signs it too.")
    first_impression: Literal["optional", "required"] = Field(
        default="optional", description="Whether a clinician writes what they think before the ranking is shown."
    )
    assessment_consent: bool = Field(default=False, description="Assessing needs a recorded consent of its own.")
    retention_days: int | None = Field(
        default=None, ge=1, le=36_525, description="A case is erased so long after its last change."
    )
