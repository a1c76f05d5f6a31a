"""Bytes to the canonical JSON of a packet, whichever form they have; bounded before anything is built of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from phenopackets import Family, Phenopacket

from service import strict_json
from service.cases.sealing import canonical
from service.phenopackets.names import Form, Json
from service.phenopackets.shapes import faults_of_form
from service.problems import Fault, ProblemError, invalid

#: Bytes of one packet. The largest of 5,397 published ones has some 80 findings, which are 30 kB.
LONGEST = 1_000_000
#: Values (members of objects, items of lists) in one packet, and in a cohort in JSON.
MOST_VALUES = 50_000
MOST_VALUES_OF_COHORT = 1_000_000
MOST_MEMBERS = 5_000
_MEMBERS = 3  # number of the field `members` in the message Cohort (phenopackets.proto)
_REST = "Leave it out, or send Phenopackets version 2."


@dataclass(frozen=True, slots=True)
class Decoded:
    """A packet as canonical JSON. `of_family` are the other fields of the Family that it is the proband of."""

    packet: Json
    of_family: Json | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a cohort: the packet, or what is wrong with it."""

    at: int
    decoded: Decoded | None
    faults: tuple[Fault, ...] = ()
    id: str | None = None


def packet_in(content: bytes, form: Form = Form.JSON, *, family: bool = False) -> Decoded:
    """The packet in `content`, a Phenopacket or a Family with its proband; raises ProblemError with every fault.

    JSON tells by its fields which of the two it is, protobuf does not: `family` says so.
    """
    if len(content) > LONGEST:
        what = "The packet is larger than is taken here."
        raise ProblemError(413, what, (Fault(field="", what=what, mend=f"Send at most {LONGEST:,} bytes."),))
    if form is Form.PROTOBUF:
        return _of_message(_message(content, Family() if family else Phenopacket()))
    return of_value(strict_json.parse(content, MOST_VALUES))


def of_value(value: object) -> Decoded:
    """A packet that was JSON; raises ProblemError with every fault of form."""
    if isinstance(value, dict) and "members" in value:
        what = "This is a Cohort."
        raise invalid([Fault(field="members", what=what, mend="Send it to POST /api/v1/cohorts.")])
    _refuse_first_version(value)
    message: Message = Family() if isinstance(value, dict) and "proband" in value else Phenopacket()
    faults = list(faults_of_form(value, message.DESCRIPTOR))
    if faults:
        raise invalid(faults[:500])
    try:
        ParseDict(value, message)
    except (ParseError, ValueError, TypeError):
        raise _unreadable() from None
    return _of_message(message)


def members_in(content: bytes, form: Form) -> Iterator[Member]:
    """The members of a cohort in any form, or packets a line; raises ProblemError where the whole cannot be read.

    Whether it can is seen before the first member is told, for that one may be kept before the next is asked for.
    """
    made: Sequence[Any]
    if form is Form.LINES:
        made = [line for line in content.split(b"\n") if line.strip()]
    elif form is Form.PROTOBUF:
        made = list(_members(content))
    else:
        value = _cohort(content)
        if not isinstance(value, dict) or not isinstance(value.get("members"), list):
            what = "This is no Cohort: it has no list of members."
            raise invalid([Fault(field="members", what=what, mend="Send a Cohort, or a packet a line.")])
        made = value["members"]
    if len(made) > MOST_MEMBERS:
        what = f"The cohort has more than {MOST_MEMBERS:,} members."
        raise ProblemError(413, what, (Fault(field="members", what=what, mend="Send it in parts."),))
    return (_member(at, one, form) for at, one in enumerate(made))


def _cohort(content: bytes) -> object:
    """A cohort in JSON; what it may hold is counted in its bytes first: an object of two bytes takes 64 in memory."""
    for sign in (b"{", b"[", b","):
        if content.count(sign) > MOST_VALUES_OF_COHORT:
            what = "The cohort holds more values than are looked at."
            raise ProblemError(413, what, (Fault(field="", what=what, mend="Send it in parts."),))
    return strict_json.parse(content, MOST_VALUES_OF_COHORT)


def _member(at: int, one: Any, form: Form) -> Member:  # noqa: ANN401
    try:
        decoded = packet_in(one, form) if isinstance(one, bytes) else of_value(one)
    except ProblemError as problem:
        faults = problem.faults or (Fault(field="", what=problem.detail, mend=_REST),)
        id = one.get("id") if isinstance(one, dict) else None
        return Member(at, None, faults, id[:200] if isinstance(id, str) else None)
    return Member(at, decoded, id=decoded.packet.get("id"))


def to_bytes(packet: Json) -> bytes:
    """A packet, as this service tells it, in protobuf."""
    written: bytes = ParseDict(packet, Phenopacket()).SerializeToString(deterministic=True)
    return written


def _message(content: bytes, message: Message) -> Message:
    try:
        message.ParseFromString(content)
        if _has_unknown(message):
            raise _unreadable()
    except (DecodeError, EncodeError, RecursionError, UnicodeError):
        raise _unreadable() from None
    return message


def _of_message(message: Message) -> Decoded:
    """Its canonical JSON, seen to hold no text that cannot be kept."""
    if _counted(message) > MOST_VALUES:
        what = f"The packet holds more than {MOST_VALUES:,} values."
        raise ProblemError(400, what, (Fault(field="", what=what, mend="Send it in parts."),))
    try:
        value = MessageToDict(message)
    except (ValueError, TypeError, RecursionError):  # a timestamp out of bounds, half a character
        raise _unreadable() from None
    told = strict_json.parse(canonical(value), MOST_VALUES)
    assert isinstance(told, dict)
    _refuse_first_version(told)
    if isinstance(message, Phenopacket):
        return Decoded(told)
    if "proband" not in told:
        raise invalid([Fault(field="proband", what="This field is missing.", mend="Add it.")])
    packet = told.pop("proband")
    packet.setdefault("metaData", told.get("metaData", {}))
    return Decoded(packet, told)


def _counted(message: Message) -> int:
    """Fields given in a message and in those inside it, counted until there are too many."""
    waiting, met = [message], 0
    while waiting and met <= MOST_VALUES:
        for field, value in waiting.pop().ListFields():
            met += len(value) if field.is_repeated else 1
            if met > MOST_VALUES:
                break
            if field.message_type is not None and not field.message_type.GetOptions().map_entry:
                waiting += value if field.is_repeated else [value]
    return met


def _has_unknown(message: Message) -> bool:
    """Whether bytes hold fields that the schema does not know, on the first levels: another message was sent."""
    inner = [message]
    for field, value in message.ListFields():
        if field.message_type is not None:
            inner += list(value[:100]) if field.is_repeated else [value]
    return any(len(UnknownFieldSet(each)) for each in inner)


def _members(content: bytes) -> Iterator[bytes]:
    """Bytes of each member of a Cohort in protobuf, so that no more than one is built at a time."""
    at = 0
    while at < len(content):
        tag, at = _varint(content, at)
        number, wire = tag >> 3, tag & 7
        if wire != 2 or number not in {1, 2, _MEMBERS, 4, 5}:  # every field of Cohort is of the wire type LEN
            raise _unreadable()
        length, at = _varint(content, at)
        if at + length > len(content):
            raise _unreadable()
        if number == _MEMBERS:
            yield content[at : at + length]
        at += length


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """A number of base 128 and where it ends (protobuf.dev/programming-guides/encoding; not opened: unverified)."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(content):
            break
        byte = content[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
    raise _unreadable()


def _refuse_first_version(value: object) -> None:
    meta = (value.get("metaData") or value.get("meta_data")) if isinstance(value, dict) else None
    if not isinstance(meta, dict):
        return
    told = meta.get("phenopacketSchemaVersion") or meta.get("phenopacket_schema_version")
    if isinstance(told, str) and told.startswith(("0", "1")):
        what = "This is a Phenopacket of version 1; version 2 is read here."
        mend = "Convert it to version 2, with phenopacket-tools for example."
        raise invalid([Fault(field="metaData.phenopacketSchemaVersion", what=what, mend=mend)])


def _unreadable() -> ProblemError:
    what = "The body is not a message of Phenopackets version 2."
    mend = "Send a Phenopacket, as JSON or as protobuf, with its Content-Type."
    return ProblemError(400, what, (Fault(field="", what=what, mend=mend),))
