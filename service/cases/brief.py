"""A report in brief: what a card needs of it, kept beside it so that the whole is not opened for one.

The report of a case with 200 notes quotes thousands of mentions: to open it took 75 ms, its brief takes 1 ms
(`python -m benchmarks.cds_hooks`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping

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


def brief_of(shown: Mapping[str, Any]) -> dict[str, Any]:
    """The language, the tests, and of the first diseases what speaks for and against them most; no word of a note."""
    told = {name: shown[name] for name in _OF_REPORT if name in shown}
    return told | {"diseases": [_disease(each) for each in shown["diseases"][:_DISEASES]]}


def brief_in(desk: Desk, connection: Connection, row: RowMapping) -> Mapping[str, Any]:
    """The brief of the report in `row`, whose `sealed` is not asked for; made of the whole where none was kept."""
    if row["brief"] is None:
        whole = scoped(desk.actor, Permission.READ_CASES, report, report.c.id == row["id"])
        return brief_of(shown_in(desk, connection, connection.execute(whole).mappings().one()))
    kept: Mapping[str, Any] = unseal(desk.keeping.vault, connection, row["case"], KIND, row["id"], row["brief"])
    return kept


def _disease(given: Mapping[str, Any]) -> dict[str, Any]:
    reasons = sorted(given["contributions"], key=lambda part: -part["nats"])[:_REASONS]
    against = list(given.get("contradictions", ()))[:_REASONS]
    told = {name: given[name] for name in _OF_DISEASE if name in given}
    told["contributions"] = [_part(each) for each in reasons]
    told["contradictions"] = [_part(each) for each in against]
    return told


def _part(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in _OF_REASON if name in given}
