"""Phenopackets through the whole house: `python -m benchmarks.phenopacket_round_trip CASES.jsonl.gz [--n 500]`.

From each published case a packet is made (findings with onset, severity and modifiers, excluded and past ones, diseases
with their genes, age, sex, tests done, family, measurements). It is posted to one site, told again, and compared; the
same is posted in protobuf and must tell the same; then the case is sent as FHIR to another site (GET $everything, POST
/fhir), told there as a packet, and compared again. Not compared is what is said of the packet itself: ids, who made it
and when. Last, many packets are sent at once as a Cohort in protobuf, and again. Prints one JSON object: {"n",
"packet_losses", "protobuf_losses", "fhir_losses", "cohort_…", "by_path", "seconds"}.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.cases import PublishedCase, read_cases
from benchmarks.fhir_round_trip import sent
from benchmarks.hospital import Hospital, hospital
from matching.assess import Assessor
from ontology.knowledge import Knowledge, root_folder
from service.age import days_of
from service.endpoints.phenopackets import COHORTS
from service.fhir.reading.measurements import SIZES
from service.phenopackets.cohort import cohort_bytes
from service.phenopackets.decoding import to_bytes

Json = dict[str, Any]
_WHO = "clinician north"
_SEED = 618
_ONSETS = ("HP:0003577", "HP:0003593", "HP:0011463", "HP:0003581")  # congenital, infantile, childhood, adult
_SEVERITIES = ("HP:0012825", "HP:0012826", "HP:0012828")  # mild, moderate, severe
_MODIFIERS = ("HP:0012832", "HP:0012834", "HP:0025303")  # bilateral, right, episodic
_STATED = {"id": "ECO:0000352", "label": "evidence used in manual assertion"}
_PROTOBUF = "application/x-protobuf"
_HEIGHT = "8302-2"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phenopacket_round_trip", description=__doc__)
    parser.add_argument("cases", type=Path, metavar="CASES.jsonl[.gz]")
    parser.add_argument("--n", type=int, default=500)
    parser.add_argument("--cohort", type=int, default=2000, help="packets sent at once, and again (default: 2000)")
    given = parser.parse_args(arguments)
    knowledge = Knowledge.open(root_folder())
    chosen = read_cases(given.cases)
    random.Random(_SEED).shuffle(chosen)
    assessor, began = Assessor.open(knowledge), time.monotonic()
    lost: dict[str, Counter[str]] = {leg: Counter() for leg in ("packet", "protobuf", "fhir")}
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
        hospital(Path(one), assessor) as first,
        hospital(Path(two), assessor) as second,
    ):
        for at, case in enumerate(chosen[: given.n]):
            packet = made(case, knowledge, random.Random(f"{_SEED} {case.id}"), at)
            for leg, paths in losses(packet, first, second).items():
                lost[leg].update(paths)
            if at % 50 == 49:
                print(
                    f"{at + 1} of {given.n}: { ({leg: sum(n.values()) for leg, n in lost.items()}) }",
                    file=sys.stderr,
                )
    found = {f"{leg}_losses": sum(counts.values()) for leg, counts in lost.items()}
    packets = [made(case, knowledge, random.Random(f"{_SEED} {case.id}"), at) for at, case in enumerate(chosen)]
    found |= cohort_figures(packets[: given.cohort], assessor)
    by_path = {leg: dict(counts) for leg, counts in lost.items() if counts}
    print(json.dumps({"n": given.n, **found, "by_path": by_path, "seconds": round(time.monotonic() - began, 1)}))
    return 0


def cohort_figures(packets: Sequence[Json], assessor: Assessor) -> dict[str, Any]:
    """Send all packets as one Cohort in protobuf, and again: how many were kept, then known, and how long it took."""
    cohort = {"id": "cohort", "members": list(packets), "metaData": packets[0]["metaData"]}
    content, seconds, answers = cohort_bytes(cohort), [], []
    with tempfile.TemporaryDirectory() as folder, hospital(Path(folder), assessor) as site:
        client = site.client(_WHO)
        for _ in range(2):
            began = time.monotonic()
            answers.append(client.post(COHORTS, content=content, headers={"Content-Type": _PROTOBUF}).json())
            seconds.append(round(time.monotonic() - began, 1))
    kept, known = answers[0]["kept"], answers[1]["known"]
    figures = {"cohort": len(packets), "cohort_bytes": len(content), "cohort_kept": kept, "cohort_known_again": known}
    return figures | {"cohort_seconds": seconds[0], "cohort_again_seconds": seconds[1]}


def made(case: PublishedCase, knowledge: Knowledge, chance: random.Random, number: int) -> Json:
    """A packet of a published case; what the case does not tell is drawn."""
    terms = knowledge.terms

    def term(id: str) -> Json:
        at = terms.position(id)
        return {"id": terms.id(at), "label": terms.label(at)}

    def feature(id: str, excluded: bool) -> Json:
        told: Json = {"type": term(id), "evidence": [{"evidenceCode": _STATED}]}
        if excluded:
            return told | {"excluded": True}
        if chance.random() < 0.3:
            told["onset"] = {"ontologyClass": term(chance.choice(_ONSETS))}
        if chance.random() < 0.2:
            told["severity"] = term(chance.choice(_SEVERITIES))
        if chance.random() < 0.2:
            told["modifiers"] = [term(chance.choice(_MODIFIERS))]
        if chance.random() < 0.1:
            told["description"] = "historical"
        return told

    observed = sorted({terms.resolve(id).id for id in case.observed if _is_current(terms, id)})
    excluded = sorted({terms.resolve(id).id for id in case.excluded if _is_current(terms, id)} - set(observed))
    subject: Json = {"id": f"patient-{number}", "sex": chance.choice(("FEMALE", "MALE", "UNKNOWN_SEX"))}
    if chance.random() < 0.8:
        subject["timeAtLastEncounter"] = {"age": {"iso8601duration": f"P{chance.randrange(1, 20000)}D"}}
    packet: Json = {
        "id": f"packet-{number}",
        "subject": subject,
        "phenotypicFeatures": [feature(id, False) for id in observed] + [feature(id, True) for id in excluded],
        "metaData": {"created": "2026-01-01T00:00:00Z", "createdBy": "benchmark", "phenopacketSchemaVersion": "2.0"},
    }
    diseases = [id for id in case.diseases if id.startswith(("OMIM:", "ORPHA:"))][:1]
    if diseases and chance.random() < 0.7:
        name = _name(knowledge, diseases[0])
        disease: Json = {"term": {"id": diseases[0], "label": name}}
        if chance.random() < 0.3:
            disease["onset"] = {"ontologyClass": term(chance.choice(_ONSETS))}
        packet["diseases"] = [disease]
        if chance.random() < 0.5:
            packet["interpretations"] = [_solved(disease["term"], knowledge, chance)]
    if "timeAtLastEncounter" in subject and chance.random() < 0.4:
        packet["measurements"] = [_height(chance)]
    own = []
    if chance.random() < 0.4:
        own.append({"id": "phenomap:family_history.consanguineous", "description": chance.choice(("true", "false"))})
    if chance.random() < 0.2:
        own.append({"id": "phenomap:ancestry", "description": "han"})
    if own:
        packet["metaData"]["externalReferences"] = own
    if chance.random() < 0.3:
        packet["interpretations"] = [
            *packet.get("interpretations", ()),
            {
                "id": "t",
                "progressStatus": "UNSOLVED",
                "summary": f"microarray, negative, {chance.randrange(2015, 2026)}",
            },
        ]
    return packet


def _solved(disease: Json, knowledge: Knowledge, chance: random.Random) -> Json:
    """An interpretation that names a gene as the cause."""
    at = chance.randrange(len(knowledge.genes.symbols))
    gene = {"valueId": f"NCBIGene:{int(knowledge.genes.ncbi_ids[at])}", "symbol": knowledge.genes.symbols[at]}
    genomic = {"subjectOrBiosampleId": "s", "interpretationStatus": "CAUSATIVE", "gene": gene}
    return {
        "id": "g",
        "progressStatus": "SOLVED",
        "diagnosis": {"disease": disease, "genomicInterpretations": [genomic]},
    }


def _height(chance: random.Random) -> Json:
    quantity = {"unit": {"id": "UCUM:cm", "label": "cm"}, "value": float(chance.randrange(60, 180))}
    told: Json = {"assay": {"id": f"LOINC:{_HEIGHT}", "label": SIZES[_HEIGHT].name}, "value": {"quantity": quantity}}
    return told | {
        "timeObserved": {"age": {"iso8601duration": f"P{chance.randrange(1, 17)}Y{chance.randrange(1, 12)}M"}}
    }


def losses(packet: Json, first: Hospital, second: Hospital) -> dict[str, list[str]]:
    """Paths that differ, by the leg on which they were lost."""
    client = first.client(_WHO)
    told = compared(packet)
    kept = _posted(client, json.dumps(packet), "application/json")
    again = compared(_told(client, kept))
    bytes_ = _posted(client, to_bytes(packet), _PROTOBUF)
    there, _, _ = sent(first, second, kept)
    elsewhere = compared(_told(second.client(_WHO), there))
    return {
        "packet": differing(told, again),
        "protobuf": differing(again, compared(_told(client, bytes_))),
        "fhir": differing(again, elsewhere),
    }


def compared(packet: Json) -> Json:
    """What of a packet is the patient's: without its id, its maker, ids of its parts, and the order of findings.

    Durations are told in days: P1Y1M and P13M are one age.
    """
    packet = json.loads(json.dumps(packet), object_hook=_in_days)
    told = {name: value for name, value in packet.items() if name not in ("id", "metaData")}
    told["subject"] = {name: value for name, value in packet.get("subject", {}).items() if name != "id"}
    told["phenotypicFeatures"] = sorted(packet.get("phenotypicFeatures", ()), key=json.dumps)
    told["own"] = sorted(packet.get("metaData", {}).get("externalReferences", ()), key=json.dumps)
    told["interpretations"] = sorted((_unnamed(each) for each in packet.get("interpretations", ())), key=json.dumps)
    return {name: value for name, value in told.items() if value}


def _unnamed(value: Any) -> Any:  # noqa: ANN401 any part of a packet
    """An interpretation without its own id and that of the subject."""
    if isinstance(value, list):
        return [_unnamed(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _unnamed(part) for name, part in value.items() if name != "subjectOrBiosampleId"}
    return {name: part for name, part in inner.items() if name != "id" or "progressStatus" not in value}


def _in_days(value: Json) -> Json:
    return {name: days_of(part) if name == "iso8601duration" else part for name, part in value.items()}


def differing(one: Json, other: Json) -> list[str]:
    """Names of the parts in which two differ."""
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def _posted(client: Any, content: str | bytes, kind: str) -> str:  # noqa: ANN401 a test client
    answer = client.post("/api/v1/phenopackets", content=content, headers={"Content-Type": kind})
    if answer.status_code != 201:
        raise RuntimeError(f"{answer.status_code}: {answer.text[:2000]}")
    return str(answer.json()["id"])


def _told(client: Any, id: str) -> Json:  # noqa: ANN401
    told: Json = client.get(f"/api/v1/cases/{id}/phenopacket").json()
    return told


def _is_current(terms: Any, id: str) -> bool:  # noqa: ANN401
    from ontology.terms import UnknownTerm

    try:
        return bool(terms.is_phenotype[terms.position(terms.resolve(id).id)])
    except UnknownTerm:
        return False


def _name(knowledge: Knowledge, id: str) -> str:
    from ontology.diseases import UnknownDisease

    try:
        return str(knowledge.diseases.name(knowledge.diseases.position(id)))
    except UnknownDisease:
        return id


if __name__ == "__main__":
    sys.exit(main())
