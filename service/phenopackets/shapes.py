"""What is wrong with the form of a packet in JSON: every fault with its path, where protobuf's own parser names one.

The rules are those of protobuf's JSON mapping (protobuf.dev/programming-guides/json, not opened: unverified; as
google.protobuf.json_format reads it): names in lowerCamelCase or as in the .proto file, null for what is not given,
enumerations by name or number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from service.fields import shown
from service.problems import Fault

_TIMESTAMP = "google.protobuf.Timestamp"
_FLOATS = {FieldDescriptor.TYPE_DOUBLE, FieldDescriptor.TYPE_FLOAT}
_TEXTS = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES}
_DEEPEST = 40
_WHOLE = re.compile(r"-?[0-9]{1,19}")


def faults_of_form(value: object, kind: Descriptor, path: str = "", depth: int = 0) -> Iterator[Fault]:
    """Faults of `value` as a message of `kind`."""
    if kind.full_name == _TIMESTAMP:
        yield from _timestamp(value, path)
        return
    if not isinstance(value, dict):
        yield Fault(field=path, what="This is not an object.", mend="Send a JSON object.")
        return
    if depth > _DEEPEST:
        yield Fault(field=path, what="This is nested too deeply.", mend="Leave it out.")
        return
    given: dict[str, str] = {}
    for name, part in value.items():
        at = f"{path}.{shown(name)}".lstrip(".")
        field = kind.fields_by_camelcase_name.get(name) or kind.fields_by_name.get(name)
        if field is None:
            what = "Phenopackets version 2 has no field of this name here."
            yield Fault(field=at, what=what, mend="Remove it, or correct its spelling.")
            continue
        if part is None:
            continue
        one_of = field.containing_oneof.name if field.containing_oneof else field.name
        if one_of in given:
            what = "Of these fields only one may be given."
            yield Fault(field=at, what=what, mend="Leave the others out.")
        given[one_of] = name
        yield from _field(part, field, at, depth)


def _field(value: object, field: FieldDescriptor, path: str, depth: int) -> Iterator[Fault]:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        if not isinstance(value, dict):
            yield Fault(field=path, what="This is not an object.", mend="Send a JSON object.")
        elif not all(isinstance(part, str) for part in value.values()):
            yield Fault(field=path, what="This is not text.", mend="Send a string.")
    elif field.is_repeated:
        if not isinstance(value, list):
            yield Fault(field=path, what="This is not a list.", mend="Send a JSON array.")
            return
        for at, each in enumerate(value):
            yield from _single(each, field, f"{path}[{at}]", depth)
    else:
        yield from _single(value, field, path, depth)


def _single(value: object, field: FieldDescriptor, path: str, depth: int) -> Iterator[Fault]:
    if field.message_type is not None:
        yield from faults_of_form(value, field.message_type, path, depth + 1)
    elif field.type in _TEXTS:
        if not isinstance(value, str):
            yield Fault(field=path, what="This is not text.", mend="Send a string.")
    elif field.type == FieldDescriptor.TYPE_BOOL:
        if not isinstance(value, bool):
            what = "This is neither true nor false."
            yield Fault(field=path, what=what, mend="Send true or false, without quotes.")
    elif field.enum_type is not None:
        known = (
            field.enum_type.values_by_name
            if isinstance(value, str)
            else field.enum_type.values_by_number
            if isinstance(value, int) and not isinstance(value, bool)
            else ()
        )
        if value not in known:
            choices = ", ".join(list(field.enum_type.values_by_name)[:12])
            yield Fault(field=path, what="This is not one of the words taken here.", mend=f"Send one of {choices}.")
    elif field.type in _FLOATS:
        if not isinstance(value, int | float) or isinstance(value, bool):
            yield Fault(field=path, what="This is not a number.", mend="Send a number, without quotes.")
    elif isinstance(value, bool) or not (
        isinstance(value, int) or (isinstance(value, str) and _WHOLE.fullmatch(value))
    ):
        yield Fault(field=path, what="This is not a whole number.", mend="Send a whole number.")


def _timestamp(value: object, path: str) -> Iterator[Fault]:
    try:
        if not isinstance(value, str):
            raise ValueError
        Timestamp().FromJsonString(value)
    except ValueError:
        what = "This is no moment of the calendar."
        yield Fault(field=path, what=what, mend="Write it as 2026-01-31T00:00:00Z.")
