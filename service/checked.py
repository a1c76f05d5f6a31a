"""Inputs that do not come by HTTP, checked by the same models with the same words (the commands use this)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from service.fields import faults_of
from service.models.inputs import Input
from service.problems import invalid

_I = TypeVar("_I", bound=Input)


def checked(model: type[_I], value: Mapping[str, Any]) -> _I:
    """`value` as `model`; raises a 422 problem with every fault of form."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(faults_of(error.errors())) from None
