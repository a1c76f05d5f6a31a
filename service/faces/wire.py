"""Readings between two processes: JSON with what is not JSON behind it as bytes, and nothing that could be run.

A message is two lengths (uint32, network order), JSON in UTF-8, bytes. In JSON an array is `[offset, count]` into the
bytes, float32 little-endian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import numpy as np

T = TypeVar("T")
HEAD = struct.Struct("!II")
#: Of the JSON and of the bytes: a photo has at most 20 MB, and a reading some hundred kB.
LONGEST = 64_000_000
_FLOATS = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, and the bytes that go with it."""

    said: Mapping[str, Any]
    content: bytes = b""

    def framed(self) -> bytes:
        """As it goes through a pipe."""
        said = json.dumps(self.said, allow_nan=False).encode()
        return HEAD.pack(len(said), len(self.content)) + said + self.content


def unframed(head: bytes, body: bytes) -> Message:
    """The message of a head and its body; raises ValueError."""
    length, _ = HEAD.unpack(head)
    said = json.loads(body[:length])
    if not isinstance(said, dict):
        raise ValueError("a message is an object")
    return Message(said, body[length:])


def packed(value: object) -> Message:
    """A frozen dataclass as a message."""
    arrays: list[bytes] = []
    return Message({"value": _packed(value, arrays)}, b"".join(arrays))


def unpacked(kind: type[T], message: Message) -> T:
    """The dataclass `kind` that was packed; raises ValueError, TypeError or KeyError for what is none."""
    made = _unpacked(kind, message.said["value"], message.content)
    assert isinstance(made, kind)
    return made


def _packed(value: object, arrays: list[bytes]) -> object:
    if isinstance(value, np.ndarray):
        at = sum(len(each) for each in arrays)
        arrays.append(np.ascontiguousarray(value, _FLOATS).tobytes())
        return [at, int(value.size)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, tuple | list):
        return [_packed(each, arrays) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _packed(getattr(value, field.name), arrays) for field in fields(value)}
    return value


def _unpacked(kind: Any, given: Any, content: bytes) -> Any:  # noqa: ANN401
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (UnionType, Union):
        if given is None:
            return None
        return _unpacked(next(each for each in arguments if each is not NoneType), given, content)
    if origin is tuple:
        each = arguments[:1] * len(given) if arguments[-1] is Ellipsis else arguments
        return tuple(_unpacked(part, value, content) for part, value in zip(each, given, strict=True))
    if origin is np.ndarray:
        at, count = given
        return np.frombuffer(content, _FLOATS, count, at)  # of bytes, and so read-only
    if isinstance(kind, type) and is_dataclass(kind):
        hints, make = _hints(kind), cast(Callable[..., object], kind)
        return make(**{name: _unpacked(hints[name], value, content) for name, value in given.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(given)
    if kind is float:
        return float(given)
    if not isinstance(given, kind):
        raise TypeError(f"{kind} is expected")
    return given


@lru_cache(maxsize=64)
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)
