"""Paths of fields as callers read them, and pydantic's findings in words that hold nothing of the input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from service.problems import Fault

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,39}")
_PLACES = {"body", "query", "path", "header"}

#: pydantic's error types: what was found (with its context filled in), and the mend.
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("This field is missing.", "Add it."),
        "extra_forbidden": ("There is no field of this name.", "Remove it, or correct its spelling; /docs lists them."),
        "string_type": ("This is not text.", "Send a string."),
        "string_too_short": ("This is empty.", "Write something, or leave the field out where it may be."),
        "string_too_long": ("This is longer than {max_length} characters.", "Shorten it, or send it in parts."),
        "string_pattern_mismatch": ("This is not of the form asked for.", "Follow the pattern {pattern}"),
        "bool_type": ("This is neither true nor false.", "Send true or false, without quotes."),
        "int_type": ("This is not a whole number.", "Send a whole number, without quotes."),
        "int_parsing": ("This is not a whole number.", "Send a whole number."),
        "int_from_float": ("This is not a whole number.", "Send a whole number."),
        "greater_than_equal": ("This is below {ge}.", "Send {ge} or more."),
        "less_than_equal": ("This is above {le}.", "Send {le} or less."),
        "list_type": ("This is not a list.", "Send a JSON array."),
        "too_long": ("There are more than {max_length}.", "Send at most {max_length}."),
        "too_short": ("There are fewer than {min_length}.", "Send at least {min_length}."),
        "enum": ("This is not one of the words taken here.", "Send one of {expected}."),
        "literal_error": ("This is not one of the words taken here.", "Send one of {expected}."),
        "model_attributes_type": ("This is not an object.", "Send a JSON object."),
        "model_type": ("This is not an object.", "Send a JSON object."),
        "dict_type": ("This is not an object.", "Send a JSON object."),
    }
)


_OTHERWISE = ("This cannot be used.", "See /docs for what is taken here.")
_SHORTER = "This is shorter than {min_length} characters."


class _Known(dict[str, str | int]):
    """What pydantic says of an error; a word it leaves out is left out."""

    def __missing__(self, key: str) -> str:
        return "…"


def shown(name: str) -> str:
    """A caller's own field name as far as it may be repeated: names look like names, anything else is left out."""
    return name if _NAME.fullmatch(name) else "?"


def path_of(location: Iterable[int | str]) -> str:
    """`("body", "features", 2, "id")` as `features[2].id`."""
    path = ""
    for at, step in enumerate(location):
        if isinstance(step, int):
            path += f"[{step}]"
        elif at or step not in _PLACES:
            path += f".{shown(step)}"
    return path.lstrip(".")


def faults_of(errors: Sequence[Any]) -> list[Fault]:
    """Errors of pydantic, each as a Fault."""
    return [_fault(error) for error in errors]


def _fault(error: Mapping[str, Any]) -> Fault:
    what, mend = _WORDS.get(error["type"], _OTHERWISE)
    context = error.get("ctx", {})
    if error["type"] == "value_error":  # raised by a validator of ours, in two sentences: what, and the mend
        what, _, mend = str(context.get("error", "")).partition("\n")
    if error["type"] == "string_too_short" and context.get("min_length", 1) > 1:
        what = _SHORTER
    known = _Known({key: value for key, value in context.items() if isinstance(value, str | int)})
    return Fault(field=path_of(error["loc"]), what=what.format_map(known), mend=mend.format_map(known))
