"""What all inputs share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """No other types than those named, and no other fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
