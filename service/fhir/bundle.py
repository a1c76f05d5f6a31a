"""A Bundle's entries in order, with what is asked for each.

Transaction and batch ask for something; a document, collection, message or searchset holds resources.
Bounded: so many entries, no deeper than the JSON is; what is asked that is not done here is refused by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from service.fhir.issues import Issue, Refused
from service.problems import Fault

#: Entries of one Bundle. A patient with 200 notes and 2,000 results is one; a whole ward is to be sent in parts.
MOST_ENTRIES = 5_000
TRANSACTION, BATCH = "transaction", "batch"
#: Kinds that ask for something, and kinds that only hold resources, which are then kept as if each was put.
_ASKING = (TRANSACTION, BATCH)
_HOLDING = ("document", "collection", "message", "searchset")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,63}")
_URL = re.compile(r"([A-Z][A-Za-z]{1,63})(?:/([A-Za-z0-9\-.]{1,64}))?")
_VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
WHOLE = -1


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource and what is to be done with it; `path` is its FHIRPath, `id` its id in the system it comes from."""

    at: int
    path: str
    method: str
    type: str
    id: str | None
    resource: Mapping[str, Any]
    full_url: str = ""
    expected: int | None = None  # If-Match

    @property
    def name(self) -> str | None:
        """`Type/id`."""
        return f"{self.type}/{self.id}" if self.id else None


@dataclass(slots=True)
class Incoming:
    """What was sent: entries that can be looked at further, issues by the entry they are about (WHOLE for none).

    `count` is how many entries there were, those that cannot be looked at with them; `alone`: one resource by itself.
    """

    kind: str
    count: int
    entries: list[Entry] = field(default_factory=list)
    issues: dict[int, list[Issue]] = field(default_factory=dict)
    alone: bool = False

    def tell(self, at: int, issue: Issue) -> None:
        """Add an issue about an entry."""
        self.issues.setdefault(at, []).append(issue)

    def is_faulty(self, at: int) -> bool:
        """Whether an entry holds an error."""
        return any(issue.is_error for issue in self.issues.get(at, ()))

    @property
    def all_issues(self) -> list[Issue]:
        """Those of the whole, then those of each entry in turn."""
        return [issue for at in sorted(self.issues) for issue in self.issues[at]]


def of_bundle(body: Mapping[str, Any]) -> Incoming:
    """The entries of a Bundle; raises Refused where it cannot be looked at."""
    kind, entries = body.get("type"), body.get("entry", [])
    if kind not in (*_ASKING, *_HOLDING):
        what = "This is no kind of Bundle that is taken here."
        mend = "Send a transaction, batch, document or collection."
        raise Refused([Issue(Fault(field="Bundle.type", what=what, mend=mend), code="not-supported")])
    if not isinstance(entries, list):
        what = "This is not a list."
        raise Refused([Issue(Fault(field="Bundle.entry", what=what, mend="Send a JSON array."), code="structure")])
    if len(entries) > MOST_ENTRIES:
        what = f"The Bundle has more than {MOST_ENTRIES:,} entries."
        raise Refused([Issue(Fault(field="Bundle.entry", what=what, mend="Send it in parts."), code="too-long")], 413)
    incoming = Incoming(str(kind), len(entries))
    if not entries:
        what = "The Bundle holds nothing."
        incoming.tell(WHOLE, Issue(Fault(field="Bundle.entry", what=what, mend="Send resources."), code="required"))
    for at, entry in enumerate(entries):
        _add(incoming, at, entry, asks=kind in _ASKING)
    for at, issue in _repeated(incoming.entries):
        incoming.tell(at, issue)
    return incoming


def of_resource(resource: Mapping[str, Any], method: str, id: str | None, expected: int | None = None) -> Incoming:
    """One resource that was sent by itself; `id` is the one it is put under, else its own."""
    type_ = str(resource["resourceType"])
    own = resource.get("id")
    known = id or (own if isinstance(own, str) else None)
    incoming = Incoming(TRANSACTION, 1, alone=True)
    incoming.entries.append(Entry(0, type_, method, type_, known, resource, expected=expected))
    return incoming


def _add(incoming: Incoming, at: int, entry: object, asks: bool) -> None:
    """Add an entry, or the issues that keep it from being looked at."""
    issues: list[Issue] = []
    found = _entry(at, entry, asks, issues)
    for issue in issues:
        incoming.tell(at, issue)
    if found is not None:
        incoming.entries.append(found)


def _entry(at: int, entry: object, asks: bool, issues: list[Issue]) -> Entry | None:
    path = f"Bundle.entry[{at}]"
    if not isinstance(entry, dict):
        issues.append(
            Issue(Fault(field=path, what="This is not an object.", mend="Send a JSON object."), code="structure")
        )
        return None
    resource, full_url = entry.get("resource"), entry.get("fullUrl")
    method, type_, id, expected = "PUT", None, None, None
    if asks:
        asked = _asked(entry.get("request"), f"{path}.request", issues)
        if asked is None:
            return None
        method, type_, id, expected = asked
        if method == "DELETE":
            return Entry(at, path, method, str(type_), id, {}, expected=expected)
    if not isinstance(resource, dict):
        what = "This is not an object." if "resource" in entry else "This field is missing."
        mend = "Send a JSON object." if "resource" in entry else "Add it."
        issues.append(Issue(Fault(field=f"{path}.resource", what=what, mend=mend), code="required"))
        return None
    own = resource.get("resourceType")
    if not isinstance(own, str) or not _TYPE.fullmatch(own):
        what = "This is no type of resource."
        mend = "Send resourceType, such as Patient."
        issues.append(Issue(Fault(field=f"{path}.resource.resourceType", what=what, mend=mend), code="structure"))
        return None
    if type_ not in (None, own):
        what = "The request is for another type of resource than is sent."
        issues.append(Issue(Fault(field=f"{path}.request.url", what=what, mend="Let the two agree."), code="invariant"))
    if id is not None and resource.get("id") not in (None, id):
        what = "The request is for another id than the resource has."
        issues.append(Issue(Fault(field=f"{path}.request.url", what=what, mend="Let the two agree."), code="invariant"))
    known = id or (resource["id"] if isinstance(resource.get("id"), str) else None)
    url = full_url if isinstance(full_url, str) else ""
    return Entry(at, f"{path}.resource", method, own, known, resource, url, expected)


def _asked(request: object, path: str, issues: list[Issue]) -> tuple[str, str, str | None, int | None] | None:
    """Method, type, id and version that a request names; None, with an issue, where it cannot be done."""
    if not isinstance(request, dict):
        issues.append(Issue(Fault(field=path, what="This field is missing.", mend="Add it."), code="required"))
        return None
    method, url = request.get("method"), request.get("url")
    if method not in ("POST", "PUT", "DELETE"):
        what = "This method is not taken in a Bundle here."
        mend = "Send POST, PUT or DELETE; ask for resources by themselves."
        issues.append(Issue(Fault(field=f"{path}.method", what=what, mend=mend), code="not-supported"))
        return None
    found = _URL.fullmatch(url) if isinstance(url, str) else None
    if found is None or (found[2] is None) is not (method == "POST"):
        what = "This is no URL for this method."
        mend = "Send Type with POST, and Type/id with PUT and DELETE; conditional updates are not taken."
        issues.append(Issue(Fault(field=f"{path}.url", what=what, mend=mend), code="not-supported"))
        return None
    if "ifNoneExist" in request and not is_by_identity(request["ifNoneExist"]):
        what = "This condition is not known here."
        mend = "Send ifNoneExist with identifier or _id alone; what was sent before is known by them in any case."
        issues.append(Issue(Fault(field=f"{path}.ifNoneExist", what=what, mend=mend), code="not-supported"))
    expected = None
    if "ifMatch" in request:
        expected = version_of(request["ifMatch"])
        if expected is None:
            what = "This is no version."
            mend = 'Send it as W/"3".'
            issues.append(Issue(Fault(field=f"{path}.ifMatch", what=what, mend=mend), code="value"))
    return str(method), found[1], found[2], expected


def is_by_identity(condition: object) -> bool:
    """Whether a conditional create asks by what resources are recognised by in any case."""
    if not isinstance(condition, str) or len(condition) > 2000:
        return False
    asked = [name for name, _ in parse_qsl(condition.lstrip("?"))]
    return bool(asked) and set(asked) <= {"identifier", "_id"}


def version_of(written: object) -> int | None:
    """The number in an ETag such as W/"3"."""
    found = _VERSION.fullmatch(written) if isinstance(written, str) else None
    return int(found[1]) if found else None


def _repeated(entries: Sequence[Entry]) -> Iterator[tuple[int, Issue]]:
    """Entries whose fullUrl, or whose type and id, an earlier one has already."""
    urls: set[str] = set()
    names: set[str] = set()
    for entry in entries:
        if entry.full_url and entry.full_url in urls:
            what = "Another entry has this fullUrl."
            fault = Fault(field=f"Bundle.entry[{entry.at}].fullUrl", what=what, mend="Send each resource once.")
            yield entry.at, Issue(fault, code="duplicate")
        elif entry.name and entry.name in names:
            what = "Another entry is about the same resource."
            fault = Fault(field=f"Bundle.entry[{entry.at}]", what=what, mend="Send each resource once.")
            yield entry.at, Issue(fault, code="duplicate")
        urls.add(entry.full_url)
        names.add(entry.name or "")
