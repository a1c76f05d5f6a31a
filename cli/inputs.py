"""Lines of a file as the service's inputs, checked by its own models.

A file may be more loosely made than a request: fields that are not ours, and ages that are no duration, are passed over
and named once at the end, `null` is as good as absent, and sex may be written in capitals.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from cli.jsonl import LineFaults

if TYPE_CHECKING:
    from service.models.inputs import Input
    from service.problems import Fault

_I = TypeVar("_I", bound="Input")
#: What Phenopackets v2 calls its sexes, beside our words.
_SEXES = {"UNKNOWN_SEX": "unknown", "OTHER_SEX": "other"}


@dataclass(slots=True)
class LineReader:
    """Reads lines one at a time; `passed_over` gathers the names of fields that are not ours."""

    passed_over: set[str] = field(default_factory=set)

    def tell(self) -> None:
        """Name on stderr what was passed over."""
        if self.passed_over:
            named = ", ".join(sorted(self.passed_over)[:10])
            sys.stderr.write(f"phenomap: passed over fields that this command does not take: {named}\n")

    def read(self, line: bytes, model: type[_I]) -> tuple[str, _I]:
        """The line's id and its input; raises LineFaults."""
        from service.checked import checked
        from service.models.inputs import AGE
        from service.problems import ProblemError
        from service.strict_json import parse

        try:
            value = parse(line)
        except ProblemError as error:
            raise LineFaults(None, faults_as_json(error.faults)) from error
        if not isinstance(value, dict):
            raise LineFaults(
                None, [fault_as_json("", "The line is not a JSON object.", "Send one JSON object a line.")]
            )
        id = value.get("id")
        if not isinstance(id, str | int) or isinstance(id, bool):
            raise LineFaults(
                None, [fault_as_json("id", "The line has no id.", 'Give it one, as in {"id": "n1", ...}.')]
            )
        ours = set(model.model_fields) - {"id", "limit", "universe", "ranker"}
        self.passed_over |= set(value) - ours - {"id"}
        tidied = _tidied({name: part for name, part in value.items() if name in ours})
        if "age" in tidied and not re.fullmatch(AGE, str(tidied["age"])):
            self.passed_over.add("age (not an ISO 8601 duration)")
            del tidied["age"]
        try:
            return str(id), checked(model, tidied)
        except ProblemError as error:
            raise LineFaults(str(id), faults_as_json(error.faults)) from error


def _tidied(value: dict[str, Any]) -> dict[str, Any]:
    """Without nulls, and sex in our words."""
    kept = {name: part for name, part in value.items() if part is not None}
    if isinstance(kept.get("sex"), str):
        kept["sex"] = _SEXES.get(kept["sex"], kept["sex"].lower())
    for name in ("features", "tests_done"):
        if isinstance(kept.get(name), list):
            kept[name] = [
                {k: v for k, v in item.items() if v is not None} if isinstance(item, dict) else item
                for item in kept[name]
            ]
    return kept


def fault_as_json(where: str, what: str, mend: str) -> dict[str, str]:
    """One fault as an output line holds it."""
    return {"field": where, "what": what, "mend": mend}


def faults_as_json(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Faults of the service as an output line holds them."""
    return [fault_as_json(fault.field, fault.what, fault.mend) for fault in faults]
