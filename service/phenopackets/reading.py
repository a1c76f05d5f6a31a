"""A packet to a case: all that a case holds is taken, all else is named with its path, and every fault is told at once.

Findings keep the ids of the release in use. What is said of one person twice in the same words is taken once; what
contradicts itself is a fault.
"""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType

from ontology.features import Assertion
from ontology.knowledge import Knowledge
from ontology.terms import Terms
from service.intake import SEVERITY, faults_of_features
from service.models.inputs import MOST_FEATURES, StatedFeature
from service.models.stored import CaseInput
from service.phenopackets.decoding import Decoded
from service.phenopackets.diagnoses import read_diagnoses, read_onset
from service.phenopackets.measurements import read_measurements
from service.phenopackets.names import HISTORICAL, MODIFIER, SEX, STATED, Json
from service.phenopackets.own import read_own
from service.phenopackets.taken import Gathering, Taken, Why
from service.phenopackets.tests_done import read_test
from service.problems import Fault, invalid

_SEXES = MappingProxyType({theirs: ours for ours, theirs in SEX.items()})
_HUMAN = "NCBITaxon:9606"
#: Where in a packet a field of StatedFeature comes from.
_PLACES = MappingProxyType({"id": ".type.id", "onset": ".onset.ontologyClass.id", "severity": ".severity.id"})
_FIELD = re.compile(r"features\[(\d+)\](?:\.(\w+))?")


def read_packet(decoded: Decoded, knowledge: Knowledge, today: date, department: str | None = None) -> Taken:
    """The case of a packet, for `department`; raises a 422 problem with every fault."""
    packet, gathering = decoded.packet, Gathering(knowledge, today)
    _required(packet, gathering)
    given: Json = {"department": department, **_subject(packet.get("subject", {}), gathering)}
    meta = packet.get("metaData", {})
    known, own_findings = read_own(meta, gathering)
    features = [
        made
        for at, each in enumerate(packet.get("phenotypicFeatures", ()))
        if (made := _feature(each, f"phenotypicFeatures[{at}]", gathering))
    ]
    features += own_findings
    given |= known | _interpreted(packet, gathering)
    if decoded.of_family is not None:
        _family(decoded.of_family, given, gathering)
    note = read_measurements(packet, gathering)
    if note is not None:
        given["notes"] = [{"text": note, "language": "en"}]
    for name in ("biosamples", "medicalActions", "files"):
        if packet.get(name):
            gathering.leave(name)
    for name in ("submittedBy", "updates"):
        if meta.get(name):
            gathering.leave(f"metaData.{name}")
    modifiers = _stated(features, given, gathering)
    case = None if gathering.faults else gathering.checked(CaseInput, given, "")
    if case is None:
        raise invalid(gathering.faults)
    left_out, renamed = tuple(gathering.left_out), tuple(gathering.renamed)
    return Taken(str(packet["id"]), case, modifiers, left_out, renamed)


def _required(packet: Json, gathering: Gathering) -> None:
    """What the schema's documentation says is required of a packet and its metaData."""
    if not packet.get("id"):
        gathering.faults.append(Fault(field="id", what="This field is missing.", mend="Add it."))
    meta = packet.get("metaData", {})
    for name in ("created", "createdBy", "phenopacketSchemaVersion"):
        if not meta.get(name):
            gathering.faults.append(Fault(field=f"metaData.{name}", what="This field is missing.", mend="Add it."))
    if meta.get("created"):
        gathering.day(meta["created"], "metaData.created")
    told = str(meta.get("phenopacketSchemaVersion") or "2")
    if not told.startswith("2"):
        what = "This is no version 2 of the schema."
        gathering.faults.append(
            Fault(field="metaData.phenopacketSchemaVersion", what=what, mend="Send Phenopackets version 2.")
        )


def _subject(subject: Json, gathering: Gathering) -> Json:
    """Sex and age."""
    taxon = subject.get("taxonomy", {}).get("id", _HUMAN)
    if taxon != _HUMAN:
        gathering.faults.append(
            Fault(field="subject.taxonomy.id", what="The subject is no human.", mend="Send packets of patients.")
        )
    gathering.rest(subject, "subject", "id", "sex", "taxonomy", "timeAtLastEncounter", "dateOfBirth")
    encounter, path = subject.get("timeAtLastEncounter", {}), "subject.timeAtLastEncounter"
    if "dateOfBirth" in subject:
        gathering.born = gathering.day(subject["dateOfBirth"], "subject.dateOfBirth")
        gathering.leave("subject.dateOfBirth", Why.AS_AGE)
    gathering.age_days = gathering.days_at(encounter, path)
    if gathering.age_days is None and encounter:
        gathering.leave(path)
    elif gathering.age_days is None and gathering.born is not None:
        gathering.age_days = max(0, (gathering.today - gathering.born).days)
    age = {} if gathering.age_days is None else {"age": f"P{gathering.age_days}D"}
    sex = subject.get("sex", "UNKNOWN_SEX")
    if sex not in _SEXES:  # in protobuf any number may stand there
        choices = ", ".join(_SEXES)
        what = "This is not one of the words taken here."
        gathering.faults.append(Fault(field="subject.sex", what=what, mend=f"Send one of {choices}."))
        sex = "UNKNOWN_SEX"
    return {"sex": _SEXES[sex], **age}


def _feature(each: Json, path: str, gathering: Gathering) -> tuple[str, Json] | None:
    term = gathering.term(each.get("type"), f"{path}.type")
    said = Assertion.OBSERVED
    if each.get("excluded"):
        said = Assertion.EXCLUDED
    elif each.get("description") == HISTORICAL:
        said = Assertion.HISTORICAL
    told: Json = {"id": term, "assertion": said.value}
    if "severity" in each:
        told["severity"] = gathering.term(each["severity"], f"{path}.severity")
    told["onset"] = read_onset(each.get("onset"), f"{path}.onset", gathering)
    told["modifiers"] = [
        id
        for at, one in enumerate(each.get("modifiers", ()))
        if (id := _modifier(one, f"{path}.modifiers[{at}]", gathering))
    ]
    held = ["description"] if said is Assertion.HISTORICAL else []
    held += ["evidence"] if each.get("evidence") == [{"evidenceCode": STATED}] else []
    gathering.rest(each, path, "type", "excluded", "severity", "onset", "modifiers", *held)
    return (path, {name: value for name, value in told.items() if value}) if term else None


def _modifier(one: Json, path: str, gathering: Gathering) -> str | None:
    """A term below Clinical modifier; None, and left out, for another."""
    id = gathering.term(one, path)
    if id is None or _is_modifier(gathering.knowledge.terms, id):
        return id
    gathering.leave(path)
    return None


def _is_modifier(terms: Terms, id: str) -> bool:
    """Severities are among them, but have a field of their own."""
    above = {terms.id(int(each)) for each in terms.ancestors[terms.position(id)]}
    return MODIFIER in above and SEVERITY not in above


def _interpreted(packet: Json, gathering: Gathering) -> Json:
    """Diagnoses and tests done."""
    named: list[tuple[int, Json]] = []
    tests: list[Json] = []
    for at, each in enumerate(packet.get("interpretations", ())):
        if "diagnosis" in each:
            named.append((at, each))
        else:
            test = read_test(each, f"interpretations[{at}]", gathering)
            tests += [test] if test else []
    return {"diagnoses": read_diagnoses(packet, gathering, named), "tests_done": tests}


def _family(family: Json, given: Json, gathering: Gathering) -> None:
    """Of a Family, whether the parents are related: false is what protobuf sends where nobody asked."""
    if family.get("consanguinousParents"):
        given.setdefault("family_history", {})["consanguineous"] = True
    gathering.rest(family, "", "id", "metaData", "consanguinousParents")


def _stated(features: list[tuple[str, Json]], given: Json, gathering: Gathering) -> tuple[tuple[str, ...], ...]:
    """Put the findings into `given`, each once, with their faults; the modifiers of each."""
    kept: list[tuple[str, Json]] = []
    seen: set[tuple[object, ...]] = set()
    for path, told in features:
        key = tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in sorted(told.items()))
        if key in seen:
            gathering.leave(path, Why.REPEATED)
        else:
            seen.add(key)
            kept.append((path, told))
    if len(kept) > MOST_FEATURES:
        what = f"There are more than {MOST_FEATURES}."
        gathering.faults.append(Fault(field="phenotypicFeatures", what=what, mend=f"Send at most {MOST_FEATURES}."))
        kept = kept[:MOST_FEATURES]
    modifiers = tuple(tuple(told.pop("modifiers", ())) for _, told in kept)
    given["features"] = [told for _, told in kept]
    stated = [gathering.checked(StatedFeature, told, path) for path, told in kept]
    sound = [(path, each) for (path, _), each in zip(kept, stated, strict=True) if each is not None]
    for fault in faults_of_features([each for _, each in sound], gathering.knowledge.terms):
        found = _FIELD.match(fault.field)
        assert found is not None
        place = sound[int(found[1])][0] + _PLACES.get(found[2] or "", "")
        gathering.faults.append(fault.model_copy(update={"field": place}))
    return modifiers
