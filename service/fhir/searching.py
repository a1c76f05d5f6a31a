"""Searches of FHIR: the parameters that each type takes, as R4 names them, and what they ask of a resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from service.problems import Fault, ProblemError

Json = Mapping[str, Any]
#: By type of resource: each parameter with the elements it looks at and its kind.
PARAMETERS: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "Patient": {"identifier": ("token", ""), "gender": ("token", "gender")},
        "RiskAssessment": {"date": ("date", "occurrenceDateTime")},
        "DiagnosticReport": {
            "date": ("date", "effectiveDateTime effectivePeriod"),
            "issued": ("date", "issued"),
            "status": ("token", "status"),
            "code": ("token", "code"),
        },
        "Observation": {
            "date": ("date", "effectiveDateTime"),
            "status": ("token", "status"),
            "code": ("token", "code"),
            "value-concept": ("token", "valueCodeableConcept"),
        },
        "ServiceRequest": {
            "authored": ("date", "authoredOn"),
            "status": ("token", "status"),
            "intent": ("token", "intent"),
            "code": ("token", "code"),
        },
        "Provenance": {"recorded": ("date", "recorded"), "target": ("reference", "target")},
        "Condition": {
            "recorded-date": ("date", "recordedDate"),
            "code": ("token", "code"),
            "verification-status": ("token", "verificationStatus"),
            "clinical-status": ("token", "clinicalStatus"),
        },
        "FamilyMemberHistory": {
            "date": ("date", "date"),
            "status": ("token", "status"),
            "relationship": ("token", "relationship"),
        },
        "DocumentReference": {"date": ("date", "date"), "status": ("token", "status")},
        "Consent": {"date": ("date", "dateTime"), "status": ("token", "status")},
        "AuditEvent": {"date": ("date", "recorded"), "action": ("token", "action")},
    }
)
#: Those that name the patient; every type but Patient takes them.
OF_PATIENT = ("patient", "subject")
_WITHOUT_SUBJECT = frozenset({"Provenance", "FamilyMemberHistory", "AuditEvent", "Consent"})
COMMON: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"_id": ("token", "id"), "_lastUpdated": ("date", "meta.lastUpdated")}
)
RESULT = frozenset({"_count", "_summary", "_format", "_offset", "_total"})
MOST, USUAL = 100, 20
_DATE = re.compile(
    r"(eq|ne|gt|lt|ge|le|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Search:
    """A search: every one of `tests` must hold; `used` are the parameters heeded, `ignored` the unknown."""

    kind: str
    patients: tuple[str, ...] | None
    identifiers: tuple[str, ...]
    tests: tuple[Callable[[Json], bool], ...]
    used: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    count: int
    offset: int
    only_total: bool
    ids: tuple[str, ...] | None = None
    begins: datetime | None = None  # what is asked for is of a report that was made no earlier

    def holds(self, resource: Json) -> bool:
        """Whether a resource is among those asked for."""
        return all(test(resource) for test in self.tests)


def names_of(kind: str) -> tuple[str, ...]:
    """The parameters that a type takes."""
    return (*(() if kind == "Patient" else _patients_of(kind)), *PARAMETERS[kind], *COMMON)


def is_number(kind: str, name: str) -> bool:
    """Whether a parameter is a patient's number: `identifier` of Patient, else `patient.identifier` (chained)."""
    if kind == "Patient":
        return name == "identifier"
    return name in {f"{each}{mode}.identifier" for each in _patients_of(kind) for mode in ("", ":Patient")}


def _patients_of(kind: str) -> tuple[str, ...]:
    return OF_PATIENT[:1] if kind in _WITHOUT_SUBJECT else OF_PATIENT


def search_of(kind: str, given: Sequence[tuple[str, str]], base: str, *, strict: bool) -> Search:
    """A search from its parameters; raises a 400 problem for no values, and with `strict` for unknown names."""
    known = {**PARAMETERS[kind], **COMMON}
    tests: list[Callable[[Json], bool]] = []
    patients: tuple[str, ...] | None = None
    identifiers: tuple[str, ...] = ()
    used: list[tuple[str, str]] = []
    ignored: list[str] = []
    result: dict[str, str] = {}
    for name, value in given:
        if name in RESULT:
            result[name] = value
        elif kind != "Patient" and name in _patients_of(kind):
            named = tuple(_id_of(each, base) for each in value.split(","))
            patients = named if patients is None else tuple(each for each in patients if each in named)
            used.append((name, value))
        elif is_number(kind, name):
            identifiers = (*identifiers, *value.split(","))
        elif name in known:
            tests.append(_test(name, *known[name], value, base))
            used.append((name, value))
        elif ":" in name:
            raise _refused("A modifier of a search parameter is not known here.", "Leave it out.")
        elif "." in name:  # whoever narrows a search by another resource does not want everyone's
            raise _refused("A chained search parameter is not known here.", "Leave it out.")
        else:
            ignored.append(name)
    if ignored and strict:
        raise _refused("A search parameter is not known here.", "See /fhir/metadata for those that are.")
    count = _number(result.get("_count"), USUAL)
    offset = _number(result.get("_offset"), 0)
    only_total = result.get("_summary") == "count" or count == 0
    return Search(
        kind,
        patients,
        identifiers,
        tuple(tests),
        tuple(used),
        tuple(ignored),
        min(count, MOST),
        offset,
        only_total,
        _ids(used),
        _begins(kind, used),
    )


def _ids(used: Sequence[tuple[str, str]]) -> tuple[str, ...] | None:
    values = [value for name, value in used if name == "_id"]
    return tuple(values[0].split(",")) if values else None


def _begins(kind: str, used: Sequence[tuple[str, str]]) -> datetime | None:
    """The first moment that a search by the day of a report may mean, where it says one."""
    name = {"RiskAssessment": "date", "ServiceRequest": "authored"}.get(kind)
    ranges = [_range(value) for given, value in used if given == name and "," not in value]
    return max((start for prefix, start, _ in ranges if prefix in ("eq", "ge", "gt", "sa")), default=None)


def _test(name: str, kind: str, elements: str, value: str, base: str) -> Callable[[Json], bool]:
    wanted = [each for each in value.split(",") if each]
    if not wanted:
        raise _refused("A search parameter has no value.", "Give it one, or leave it out.")
    paths = elements.split()
    if kind == "date":
        ranges = [_range(each) for each in wanted]
        return lambda resource: any(
            _within(told, *one) for path in paths for told in _moments(resource, path) for one in ranges
        )
    if kind == "reference":
        ids = {_local(each, base) for each in wanted}
        return lambda resource: any(
            target["reference"].partition("/_history/")[0] in ids or target["reference"] in ids
            for target in resource.get(elements, ())
        )
    return lambda resource: any(
        _is(token, each) for path in paths for token in _tokens(resource, path) for each in wanted
    )


def _tokens(resource: Json, path: str) -> Iterable[tuple[str | None, str]]:
    value = resource.get(path)
    if isinstance(value, str):
        yield None, value
    for coding in value.get("coding", ()) if isinstance(value, dict) else ():
        yield coding.get("system"), coding.get("code", "")


def _is(token: tuple[str | None, str], wanted: str) -> bool:
    system, code = token
    asked, bar, name = wanted.rpartition("|")
    if not bar:
        return name == code
    return (not name or name == code) and (not asked or system is None or asked == system)


def _moments(resource: Json, path: str) -> Iterable[tuple[datetime, datetime]]:
    """When something was, as the first moment of it and the first after it."""
    value: Any = resource
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, str):
        yield _range(value)[1:]
    elif isinstance(value, dict):
        yield _range(value["start"])[1], _range(value["end"])[2]


def _within(told: tuple[datetime, datetime], prefix: str, start: datetime, end: datetime) -> bool:
    """As hl7.org/fhir/R4/search.html, "prefixes", has it for ranges."""
    first, after = told
    inside = start <= first and after <= end
    return {
        "eq": inside,
        "ne": not inside,
        "gt": after > end,
        "lt": first < start,
        "ge": after > end or inside or first >= start,
        "le": first < start or inside or after <= end,
        "sa": first >= end,
        "eb": after <= start,
    }[prefix]


def _range(written: str) -> tuple[str, datetime, datetime]:
    """A prefix, and the first moment that a date means with the first after it; one without a zone is of UTC."""
    found = _DATE.fullmatch(written)
    try:
        if found is None:
            raise ValueError
        prefix, year, month, day, hour, minute, second, zone = found.groups()
        start = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
        offset = timedelta() if zone in (None, "Z") else _offset(zone)
        start = start.replace(tzinfo=UTC) - offset
        return prefix or "eq", start, _after(start, month, day, hour, second)
    except (ValueError, OverflowError):
        raise _refused(
            "This is no date of FHIR.", "Write it as 2026-01-31, with eq, ge, le, gt or lt before it."
        ) from None


def _offset(zone: str) -> timedelta:
    length = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return -length if zone[0] == "-" else length


def _after(start: datetime, month: str | None, day: str | None, hour: str | None, second: str | None) -> datetime:
    if hour is not None:
        return start + (timedelta(seconds=1) if second is not None else timedelta(minutes=1))
    if day is not None:
        return start + timedelta(days=1)
    if month is not None:
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start.replace(year=start.year + 1)


def _id_of(value: str, base: str) -> str:
    local = _local(value, base)
    return local.removeprefix("Patient/")


def _local(value: str, base: str) -> str:
    return value.removeprefix(base.rstrip("/") + "/")


def _number(value: str | None, otherwise: int) -> int:
    if value is None:
        return otherwise
    if not value.isdecimal() or len(value) > 6:
        raise _refused("This is no number of resources.", "Send a whole number.")
    return int(value)


def _refused(what: str, mend: str) -> ProblemError:
    return ProblemError(400, what, (Fault(field="", what=what, mend=mend),))
