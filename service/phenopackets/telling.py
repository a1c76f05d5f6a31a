"""A kept case as a Phenopacket, without what names the patient, and what of the case a packet does not tell.

Findings are those of its latest report, or those stated where there is none. Observed, historical and excluded ones are
features; others that a clinician states are told apart from them (service.phenopackets.own). A clinician's diagnosis is
told only from a signed case; diagnoses that the record states always are. Each test already done is an interpretation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, RowMapping

from ontology.features import Assertion, Mention, Statement
from ontology.knowledge import Knowledge
from ontology.terms import Terms, UnknownTerm
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.features import live
from service.cases.known import known_of
from service.cases.notes import text_of
from service.cases.reading import shown_in
from service.models.known import KnownInput
from service.models.stored import CaseStatus
from service.phenopackets.diagnoses import prefixes_of, tell_diagnoses
from service.phenopackets.measurements import tell_measurements
from service.phenopackets.names import HISTORICAL, READ, SCHEMA, SEX, STATED, Json
from service.phenopackets.own import NOT_FEATURES, tell_findings, tell_known
from service.phenopackets.resources import resources_of
from service.phenopackets.tests_done import tell_tests
from service.store.tables import note, now, photo, report, sign_off

_TOLD = {Assertion.OBSERVED, Assertion.HISTORICAL, Assertion.EXCLUDED}
_SUGGESTED = "photo, a measure of which suggested the term to the clinician"
#: Whether a clinician stated it, and the note or photo behind it.
_Source = tuple[bool, str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """A packet, and how many of which parts of the case are not in it."""

    packet: Json
    left_out: Mapping[str, int]


def show_phenopacket(desk: Desk, knowledge: Knowledge, case_id: str) -> Told:
    """The packet of a case; that it was taken out is recorded before anything is opened."""
    desk.write(lambda connection: desk.record(connection, Action.EXPORT, desk.case(connection, case_id)))
    return desk.read(partial(_of_case, desk, knowledge, case_id))


def _of_case(desk: Desk, knowledge: Knowledge, case_id: str, connection: Connection) -> Told:
    row = desk.case(connection, case_id)
    said = [each for _, each in live(desk, connection, case_id)]
    stated = [each.mention for each in said if each.mention]
    left_out = {"dismissed": sum(each.struck for each in said)}
    reports = desk.parts(connection, report, case_id)
    if reports:
        shown = shown_in(desk, connection, reports[-1])
        findings = _reported(shown, knowledge.terms)
        left_out["uncertain_readings"] = sum(not each for each in findings) - sum(
            mention.assertion in NOT_FEATURES for mention in stated
        )
    else:
        findings = [_stated(mention, knowledge.terms) for mention in stated]
    packet: Json = {"id": row["id"], "subject": _subject(row)}
    packet["phenotypicFeatures"] = [finding for finding in findings if finding]
    measured, left_out["notes"] = _measurements(desk, connection, case_id)
    packet |= {"measurements": measured} if measured else {}
    known = known_of(desk, connection, row)
    packet |= _interpreted(desk, connection, row, known, knowledge, left_out)
    left_out["photos"] = len(desk.parts(connection, photo, case_id))
    own = [*tell_known(known), *tell_findings(stated)]
    packet["metaData"] = {
        "created": _timestamp(now()),
        "createdBy": f"Phenomap {version('phenomap')}",
        "phenopacketSchemaVersion": SCHEMA,
        "resources": resources_of({"HP", *prefixes_of(packet)}, knowledge),
    } | ({"externalReferences": own} if own else {})
    return Told(packet, {name: count for name, count in left_out.items() if count > 0})


def _subject(row: RowMapping) -> Json:
    subject: Json = {"id": row["id"], "sex": SEX[row["sex"]]}
    if row["age_days"] is not None:
        subject["timeAtLastEncounter"] = {"age": {"iso8601duration": f"P{row['age_days']}D"}}
    return subject


def _measurements(desk: Desk, connection: Connection, case_id: str) -> tuple[list[Json], int]:
    """Measurements of notes that hold nothing else, and how many other notes there are."""
    told, others = [], 0
    for row in desk.parts(connection, note, case_id):
        found = tell_measurements(text_of(desk, connection, row))
        if found is None:
            others += 1
        else:
            told += found
    return told, others


def _interpreted(
    desk: Desk,
    connection: Connection,
    row: RowMapping,
    known: KnownInput,
    knowledge: Knowledge,
    left_out: dict[str, int],
) -> Json:
    """Tests done, diseases and the interpretations of these; what is not told of them is counted."""
    signed = desk.parts(connection, sign_off, row["id"])
    diagnosis = signed[-1]["disease"] if signed and row["status"] == CaseStatus.SIGNED else None
    tests, left_out["tests_done"] = tell_tests(row["id"], known.tests_done, frozenset(knowledge.genes.symbols))
    named = partial(_term, knowledge.terms)
    diseases, genes, left_out["genes"] = tell_diagnoses(known.diagnoses, diagnosis, row["id"], knowledge, named)
    parts = {"interpretations": [*tests, *genes], "diseases": diseases}
    return {name: told for name, told in parts.items() if told}


def _reported(shown: Mapping[str, Any], terms: Terms) -> list[Json | None]:
    return [
        _finding(
            terms,
            feature["id"],
            Assertion(feature["assertion"]),
            feature.get("onset"),
            feature.get("severity"),
            feature.get("label_en", feature["label"]),
            [_source(mention["evidence"]) for mention in feature["mentions"]],
            feature.get("modifiers", ()),
        )
        for feature in shown["features"]
    ]


def _stated(mention: Mention, terms: Terms) -> Json | None:
    region = mention.evidence.region if isinstance(mention.evidence, Statement) else None
    source = (True, region.photo if region else None)
    said = mention.assertion
    return _finding(terms, mention.type, said, mention.onset, mention.severity, None, [source], mention.modifiers)


def _source(evidence: Mapping[str, Any]) -> _Source:
    """A clinician's word, with the photo that suggested it; or the note or photo that the finding was read from."""
    if "by" in evidence:
        return True, evidence.get("photo")
    return False, evidence.get("note") or evidence.get("photo")


def _finding(
    terms: Terms,
    id: str,
    assertion: Assertion,
    onset: str | None,
    severity: str | None,
    label: str | None,
    sources: list[_Source],
    modifiers: list[str] | tuple[str, ...],
) -> Json | None:
    """One PhenotypicFeature from its sources."""
    if assertion not in _TOLD:
        return None
    finding: Json = {"type": _term(terms, id, label)}
    if assertion is Assertion.EXCLUDED:
        finding["excluded"] = True
    if assertion is Assertion.HISTORICAL:
        finding["description"] = HISTORICAL
    if severity is not None:
        finding["severity"] = _term(terms, severity)
    if modifiers:
        finding["modifiers"] = [_term(terms, each) for each in modifiers]
    if onset is not None:
        finding["onset"] = {"ontologyClass": _term(terms, onset)}
    finding["evidence"] = [_evidence(source) for source in dict.fromkeys(sources)]
    return finding


def _evidence(source: _Source) -> Json:
    stated, id = source
    evidence: Json = {"evidenceCode": STATED if stated else READ}
    if id is not None:
        evidence["reference"] = {"id": id} | ({"description": _SUGGESTED} if stated else {})
    return evidence


def _term(terms: Terms, id: str, label: str | None = None) -> Json:
    try:
        position = terms.position(id)
    except UnknownTerm:  # the release in use has dropped it
        return {"id": id, "label": label or id}
    return {"id": terms.id(position), "label": terms.label(position)}


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
