"""A kept case as a GA4GH Phenopacket, version 2 (phenopacket-schema.readthedocs.io), without what names the patient.

Observed, historical and excluded findings are told; an uncertain one, a relative's or a hypothetical one is not the
patient's, and is left out. A clinician's diagnosis is told only from a signed case. Each test already done is an
interpretation; the family's history has no place in a packet of one person, and is left out.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, RowMapping

from matching.genetic_tests.known import TestResult
from ontology.diseases import UnknownDisease
from ontology.features import Assertion, Mention, Statement
from ontology.knowledge import Knowledge
from ontology.terms import Terms, UnknownTerm
from service.audit.trail import Action
from service.cases.desk import Desk
from service.cases.features import live
from service.cases.known import known_of
from service.cases.reading import shown_in
from service.models.known import KnownInput, TestDoneInput
from service.models.stored import CaseStatus
from service.store.tables import now, report, sign_off

SCHEMA = "2.0"
_TOLD = {Assertion.OBSERVED, Assertion.HISTORICAL, Assertion.EXCLUDED}
_SEX = {"female": "FEMALE", "male": "MALE", "other": "OTHER_SEX", "unknown": "UNKNOWN_SEX"}
#: Evidence and Conclusion Ontology: a clinician stated it, or this software read it from a note or photo.
_STATED = {"id": "ECO:0000352", "label": "evidence used in manual assertion"}
_READ = {"id": "ECO:0000501", "label": "evidence used in automatic assertion"}
_SUGGESTED = "photo, a measure of which suggested the term to the clinician"
#: Whether a clinician stated it, and the note or photo behind it.
_Source = tuple[bool, str | None]
#: ProgressStatus of an Interpretation, Phenopacket schema 2.0.
_PROGRESS = {TestResult.POSITIVE: "SOLVED", TestResult.NEGATIVE: "UNSOLVED", TestResult.UNCERTAIN: "COMPLETED"}
#: Genes of a test that are named in its summary; more are counted.
_TOLD_GENES = 20
_RESOURCES = {
    "HP": (
        "hp",
        "human phenotype ontology",
        "http://purl.obolibrary.org/obo/hp.owl",
        "http://purl.obolibrary.org/obo/HP_",
    ),
    "ECO": (
        "eco",
        "Evidence and Conclusion Ontology",
        "http://purl.obolibrary.org/obo/eco.owl",
        "http://purl.obolibrary.org/obo/ECO_",
    ),
    "OMIM": ("omim", "Online Mendelian Inheritance in Man", "https://www.omim.org", "https://www.omim.org/entry/"),
    "ORPHA": ("ordo", "Orphanet", "https://www.orpha.net", "http://www.orpha.net/ORDO/Orphanet_"),
    "DECIPHER": (
        "decipher",
        "DECIPHER",
        "https://www.deciphergenomics.org",
        "https://www.deciphergenomics.org/syndrome/",
    ),
}


def show_phenopacket(desk: Desk, knowledge: Knowledge, case_id: str) -> dict[str, Any]:
    """The packet of a case: findings of its latest report, or those stated where there is none."""

    def work(connection: Connection) -> dict[str, Any]:
        row = desk.case(connection, case_id)
        reports = desk.parts(connection, report, case_id)
        if reports:
            findings = _reported(shown_in(desk, connection, reports[-1]), knowledge.terms)
        else:
            words = [said for _, said in live(desk, connection, case_id)]
            findings = [_stated(said.mention, knowledge.terms) for said in words if said.mention]
        told = [finding for finding in findings if finding]
        packet = _packet(row, told, _diseases(desk, connection, row, knowledge), knowledge)
        return packet | _interpretations(row, known_of(desk, connection, row), knowledge)

    desk.write(lambda connection: desk.record(connection, Action.EXPORT, desk.case(connection, case_id)))
    return desk.read(work)


def _packet(
    row: RowMapping, findings: list[dict[str, Any]], diseases: list[dict[str, Any]], knowledge: Knowledge
) -> dict[str, Any]:
    subject: dict[str, Any] = {"id": row["id"], "sex": _SEX[row["sex"]]}
    if row["age_days"] is not None:
        subject["timeAtLastEncounter"] = {"age": {"iso8601duration": f"P{row['age_days']}D"}}
    prefixes = {"HP"} | ({"ECO"} if findings else set()) | {told["term"]["id"].partition(":")[0] for told in diseases}
    packet: dict[str, Any] = {"id": row["id"], "subject": subject, "phenotypicFeatures": findings}
    if diseases:
        packet["diseases"] = diseases
    packet["metaData"] = {
        "created": _timestamp(now()),
        "createdBy": f"Phenomap {version('phenomap')}",
        "phenopacketSchemaVersion": SCHEMA,
        "resources": [_resource(prefix, knowledge) for prefix in _RESOURCES if prefix in prefixes],
    }
    return packet


def _reported(shown: dict[str, Any], terms: Terms) -> list[dict[str, Any] | None]:
    return [
        _finding(
            terms,
            feature["id"],
            Assertion(feature["assertion"]),
            feature.get("onset"),
            feature.get("severity"),
            feature.get("label_en", feature["label"]),
            [_source(mention["evidence"]) for mention in feature["mentions"]],
        )
        for feature in shown["features"]
    ]


def _stated(mention: Mention, terms: Terms) -> dict[str, Any] | None:
    region = mention.evidence.region if isinstance(mention.evidence, Statement) else None
    source = (True, region.photo if region else None)
    return _finding(terms, mention.type, mention.assertion, mention.onset, mention.severity, None, [source])


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
) -> dict[str, Any] | None:
    """One PhenotypicFeature from its sources."""
    if assertion not in _TOLD:
        return None
    finding: dict[str, Any] = {"type": _term(terms, id, label)}
    if assertion is Assertion.EXCLUDED:
        finding["excluded"] = True
    if severity is not None:
        finding["severity"] = _term(terms, severity)
    if onset is not None:
        finding["onset"] = {"ontologyClass": _term(terms, onset)}
    finding["evidence"] = [_evidence(source) for source in dict.fromkeys(sources)]
    return finding


def _evidence(source: _Source) -> dict[str, Any]:
    stated, id = source
    evidence: dict[str, Any] = {"evidenceCode": _STATED if stated else _READ}
    if id is not None:
        evidence["reference"] = {"id": id} | ({"description": _SUGGESTED} if stated else {})
    return evidence


def _term(terms: Terms, id: str, label: str | None = None) -> dict[str, str]:
    try:
        position = terms.position(id)
    except UnknownTerm:  # the release in use has dropped it
        return {"id": id, "label": label or id}
    return {"id": terms.id(position), "label": terms.label(position)}


def _diseases(desk: Desk, connection: Connection, row: RowMapping, knowledge: Knowledge) -> list[dict[str, Any]]:
    signed = desk.parts(connection, sign_off, row["id"])
    if row["status"] != CaseStatus.SIGNED or not signed or signed[-1]["disease"] is None:
        return []
    id = signed[-1]["disease"]
    try:
        name = knowledge.diseases.name(knowledge.diseases.position(id))
    except UnknownDisease:
        name = id
    return [{"term": {"id": id, "label": name}}]


def _interpretations(row: RowMapping, known: KnownInput, knowledge: Knowledge) -> dict[str, Any]:
    """Tests already done: solved, unsolved, or read to an end without either."""
    symbols = frozenset(knowledge.genes.symbols)
    tests = [
        {
            "id": f"{row['id']}-test-{at}",
            "progressStatus": _PROGRESS[test.result],
            "summary": ", ".join(part for part in _of_test(test, symbols) if part),
        }
        for at, test in enumerate(known.tests_done, 1)
    ]
    return {"interpretations": tests} if tests else {}


def _of_test(test: TestDoneInput, symbols: Container[str]) -> tuple[str, ...]:
    """What it was; of what it looked at only symbols of genes, for other words might name someone."""
    looked = [gene for gene in (test.target, *test.genes) if gene in symbols]
    genes = " ".join(looked) if len(looked) <= _TOLD_GENES else f"{len(looked)} genes"
    kind = test.modality.value if test.modality else ""
    return kind, genes, test.result.value, str(test.year or "")


def _resource(prefix: str, knowledge: Knowledge) -> dict[str, str]:
    id, name, url, iri = _RESOURCES[prefix]
    source = "hp.obo" if prefix == "HP" else "phenotype.hpoa"
    releases = {source.name: source.version for source in knowledge.manifest.sources}
    # two codes of ECO are used, which are of no release compiled here
    known = "unspecified" if prefix == "ECO" else releases.get(source, knowledge.manifest.release)
    return {"id": id, "name": name, "url": url, "version": known, "namespacePrefix": prefix, "iriPrefix": iri}


def _timestamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
