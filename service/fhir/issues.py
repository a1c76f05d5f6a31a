"""Issues of what was sent: faults, warnings and notices, each at its FHIRPath, none with a word about a patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from service.error_sentences import ERROR_SENTENCES
from service.fhir.outcome import issue
from service.problems import Fault

Severity = Literal["error", "warning", "information"]
#: Of those that are listed at once; how many more there are is told.
MOST_ISSUES = 100


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to be told: a fault with its severity and FHIR's IssueType."""

    fault: Fault
    severity: Severity = "error"
    code: str = "invalid"

    @property
    def is_error(self) -> bool:
        """Whether it keeps what it is about from being taken."""
        return self.severity == "error"


class Refused(Exception):
    """What was sent is not taken: every issue of it, and the status it is answered with."""

    def __init__(self, issues: Sequence[Issue], status: int = 422) -> None:
        super().__init__(f"{len(issues)} issues")
        self.issues = tuple(issues)
        self.status = status


def notice(fault: Fault, code: str = "informational") -> Issue:
    """Something that was decided or left out, and harms nothing."""
    return Issue(fault, "information", code)


def warning(fault: Fault, code: str = "business-rule") -> Issue:
    """Something that whoever sent it should look at."""
    return Issue(fault, "warning", code)


def told(issues: Iterable[Issue], language: str) -> dict[str, Any]:
    """An OperationOutcome in `language`, errors first; all went well where there are none."""
    order = ("error", "warning", "information")
    ranked = sorted(dict.fromkeys(issues), key=lambda one: order.index(one.severity))
    shown = [_told(one, language) for one in ranked[:MOST_ISSUES]]
    if len(ranked) > MOST_ISSUES:
        shown.append(issue("information", "informational", ERROR_SENTENCES.told(_MORE, language)))
    if not shown:
        shown.append(_told(_well(), language))
    return {"resourceType": "OperationOutcome", "issue": shown}


_MORE = "The first 100 are listed."


def _well() -> Issue:
    return notice(Fault(field="", what="All of it was read.", mend="Nothing is to be done."))


def _told(one: Issue, language: str) -> dict[str, Any]:
    sentences = (ERROR_SENTENCES.told(each, language) for each in (one.fault.what, one.fault.mend) if each)
    return issue(one.severity, one.code, " ".join(sentences), one.fault.field or None)
