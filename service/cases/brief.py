"""A report in brief: what a card needs of it, kept beside it so that the whole is not opened for one.

The report of a case with 200 notes quotes thousands of mentions: to open it took 75 ms, its brief takes 1 ms
(`python -m benchmarks.cds_hooks`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

from matching.lm.family import series_of
from service.actors import Permission
from service.cases.desk import Desk
from service.cases.reading import shown_in
from service.cases.sealing import unseal
from service.store.scope import scoped
from service.store.tables import report

KIND = "brief"
_DISEASES, _REASONS = 4, 6
_OF_REPORT = ("language", "tests", "biochemical")
_OF_DISEASE = ("id", "name", "name_en", "probability")
_OF_REASON = ("label", "words", "nats")
#: How a name of a series ends in Chinese.
_NUMBER = re.compile(r"[,，\s]*(?:\d+|[IVX]+)[A-Za-z]?\s*型$")


def brief_of(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The language, the tests, and of the first diseases what speaks for and against them most; no word of a note.

    `series` are the first disease and those of its numbered series: at the bedside they are seldom told apart, and a
    card by their belief together is shown and right more often (docs/cds_hooks.md).
    """
    told = {name: shown[name] for name in _OF_REPORT if name in shown}
    told["diseases"] = [_disease(each) for each in shown["diseases"][:_DISEASES]]
    return told | ({"series": _series(shown["diseases"])} if shown["diseases"] else {})


def brief_in(desk: Desk, connection: Connection, row: RowMapping) -> Mapping[str, Any]:
    """The brief of the report in `row`, whose `sealed` is not asked for; made of the whole where none was kept."""
    if row["brief"] is None:
        whole = scoped(desk.actor, Permission.READ_CASES, report, report.c.id == row["id"])
        return brief_of(shown_in(desk, connection, connection.execute(whole).mappings().one()))
    kept: Mapping[str, Any] = unseal(desk.keeping.vault, connection, row["case"], KIND, row["id"], row["brief"])
    return kept


def _series(diseases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    stem = series_of(_english(diseases[0]))
    members = [each for each in diseases if each is diseases[0] or (stem and series_of(_english(each)) == stem)]
    name = diseases[0]["name"]
    return {
        "name": _without_number(name, stem) if len(members) > 1 else name,
        "ids": [each["id"] for each in members],
        "probability": sum(float(each.get("probability") or 0.0) for each in members),
    }


def _english(disease: Mapping[str, Any]) -> str:
    return str(disease.get("name_en") or disease["name"])


def _without_number(name: str, stem: str) -> str:
    """The name of a series from that of one of its diseases; as it is where that cannot be told.

    >>> _without_number("Noonan syndrome 6", "noonan syndrome"), _without_number("Noonan综合征6型", "noonan syndrome")
    ('Noonan syndrome', 'Noonan综合征')
    """
    words = name.split(" ")
    for end in range(1, len(words)):
        if series_of(" ".join(words[:end])) == stem:
            return " ".join(words[:end]).rstrip(",")
    return _NUMBER.sub("", name) or name


def _disease(given: Mapping[str, Any]) -> dict[str, Any]:
    reasons = sorted(given["contributions"], key=lambda part: -part["nats"])[:_REASONS]
    against = list(given.get("contradictions", ()))[:_REASONS]
    told = {name: given[name] for name in _OF_DISEASE if name in given}
    told["contributions"] = [_part(each) for each in reasons]
    told["contradictions"] = [_part(each) for each in against]
    return told


def _part(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in _OF_REASON if name in given}
