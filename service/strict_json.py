"""JSON as RFC 8259 has it, and no more: no NaN, no repeated name, no number out of bounds, no broken text.

Python's own parser takes `NaN`, keeps the last of two equal names, and lets lone surrogates through to fail later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from service.fields import shown
from service.problems import Fault, ProblemError

_MEND = "Send one JSON document in UTF-8, as RFC 8259 has it."
_DIGITS = 19  # of a 64-bit integer
_DEPTH = 64  # the deepest input this service knows has four levels
_MOST_VALUES = 20_000  # the fullest input this service takes, 500 findings with every field, has 2,800


class _Refused(ValueError):
    """What is wrong with the document, in words of ours."""


def parse(content: bytes, most_values: int = _MOST_VALUES) -> object:
    """The value of a JSON document; raises ProblemError 400 for no JSON, 422 for text that cannot be kept."""
    try:
        value = json.loads(
            content.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_int=_bounded_integer,
            parse_float=_bounded_float,
            object_pairs_hook=_without_repeats,
        )
    except _Refused as error:
        raise _unreadable(str(error)) from None
    except UnicodeDecodeError as error:
        raise _unreadable(f"The body is not UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        raise _unreadable(f"The body is not JSON at character {error.pos}.") from None
    except RecursionError:
        raise _unreadable(f"The body is nested deeper than {_DEPTH} levels.") from None
    faults = tuple(_broken_text(value, most_values))
    if faults:
        raise ProblemError(422, "The body holds text that cannot be kept; see errors.", faults)
    return value


def _unreadable(what: str) -> ProblemError:
    return ProblemError(400, what, (Fault(field="", what=what, mend=_MEND),))


def _refuse_constant(name: str) -> NoReturn:
    raise _Refused(f"The body holds {name}, which is no JSON number.")


def _bounded_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _DIGITS:
        raise _Refused(f"The body holds a whole number of more than {_DIGITS} digits.")
    return int(digits)


def _bounded_float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _Refused("The body holds a number too large for a float of 64 bits.")
    return number


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1) if len(names) < 1000 else ""
        raise _Refused(f"The body names a field twice{f' ({shown(repeated)})' if repeated else ''}.")
    return values


def _broken_text(root: object, most_values: int) -> Iterator[Fault]:
    waiting: list[tuple[str, int, object]] = [("", 0, root)]
    met = 0
    while waiting:
        path, depth, value = waiting.pop()
        if depth > _DEPTH:
            raise _unreadable(f"The body is nested deeper than {_DEPTH} levels.")
        if isinstance(value, str):
            yield from _fault_of_text(path, value)
            continue
        if not isinstance(value, list | dict):
            continue
        met += len(value)
        if met > most_values:
            raise _unreadable(f"The body holds more than {most_values:,} values.")
        if isinstance(value, list):
            waiting += [(f"{path}[{i}]", depth + 1, item) for i, item in enumerate(value)]
        else:
            for name, item in value.items():
                inner = f"{path}.{shown(name)}".lstrip(".")
                yield from _fault_of_text(inner, name)
                waiting.append((inner, depth + 1, item))


def _fault_of_text(path: str, text: str) -> Iterator[Fault]:
    if "\x00" in text:
        yield Fault(field=path, what="The text holds a NUL character.", mend="Remove U+0000.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        what = f"The text holds half a surrogate pair at character {error.start}."
        yield Fault(field=path, what=what, mend="Send whole characters.")
