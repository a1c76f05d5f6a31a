"""Answers made of our own values, which nobody needs to check: as a model builds them, in two thirds of the time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from pydantic import BaseModel

P = ParamSpec("P")
M = TypeVar("M", bound=BaseModel)


def unchecked(model: Callable[P, M]) -> Callable[P, M]:
    """`model` without validation: for values that have the fields' types already, all given by name.

    The types are mypy's to check. A field that is left out has its default, shared by all that leave it out: `model` is
    frozen, and nobody may change a list in an answer. `BaseModel.model_construct` does the same in twice the time of a
    validation, as it asks for aliases and factories that our models do not have.
    """
    assert isinstance(model, type)
    assert issubclass(model, BaseModel)
    assert model.model_config.get("frozen")
    fields = {name: field.get_default() for name, field in model.model_fields.items()}
    given, new, put = set(fields), object.__new__, object.__setattr__

    def make(*_: P.args, **values: P.kwargs) -> M:
        made: Any = new(model)
        put(made, "__dict__", fields | values)  # in the order of the fields, which is that of the JSON
        put(made, "__pydantic_fields_set__", given)
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made  # type: ignore[no-any-return]

    return make
