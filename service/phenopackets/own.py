"""What a Phenopacket has no field for, in externalReferences with ids of our own (docs/externalreference.rst).

Family, acute illness and ancestry, each as one value; and findings that a clinician states which are not the patient's
or not certain, so that nobody who reads `phenotypicFeatures` takes them for the patient's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ontology.features import Assertion, Mention
from service.models.known import FamilyInput, KnownInput
from service.phenopackets.names import ACUTE, ANCESTRY, FAMILY, FINDING, HPO_IRI, OWN, Json
from service.phenopackets.taken import Gathering

#: Assertions that are told here, and not among the patient's features.
NOT_FEATURES = (Assertion.UNCERTAIN, Assertion.FAMILY, Assertion.HYPOTHETICAL)
_TRUTHS = {"true": True, "false": False}
_QUALITIES = ("onset", "severity")
_MODIFIERS = "modifiers"
_TERM = re.compile(r"HP:[0-9]{7}")


def tell_known(known: KnownInput) -> Iterator[Json]:
    """The family, acute illness and ancestry."""
    for name in FamilyInput.model_fields:
        value = getattr(known.family_history, name)
        if value is not None:
            yield {"id": f"{FAMILY}{name}", "description": str(value).lower()}
    if known.acutely_ill:
        yield {"id": ACUTE, "description": "true"}
    if known.ancestry is not None:
        yield {"id": ANCESTRY, "description": known.ancestry}


def tell_findings(mentions: Iterable[Mention]) -> Iterator[Json]:
    """Findings that are suspected, a relative's or hypothetical."""
    for mention in mentions:
        if mention.assertion not in NOT_FEATURES:
            continue
        told: Json = {
            "id": f"{FINDING}{mention.assertion.value}",
            "reference": HPO_IRI + mention.type.removeprefix("HP:"),
        }
        values = [(name, getattr(mention, name)) for name in _QUALITIES]
        parts = [f"{name}={value}" for name, value in values if value]
        parts += [f"{_MODIFIERS}={','.join(mention.modifiers)}"] if mention.modifiers else []
        yield told | ({"description": "; ".join(parts)} if parts else {})


def read_own(meta: Json, gathering: Gathering) -> tuple[Json, list[tuple[str, Json]]]:
    """Fields of KnownInput, and findings with their paths; references that are not ours are left out."""
    known: Json = {}
    findings: list[tuple[str, Json]] = []
    for at, each in enumerate(meta.get("externalReferences", ())):
        path, id, value = (
            f"metaData.externalReferences[{at}]",
            str(each.get("id", "")),
            str(each.get("description", "")),
        )
        truth = _TRUTHS.get(value)
        field = id.removeprefix(FAMILY)
        if not id.startswith(OWN):
            gathering.leave(path)
        elif id.startswith(FAMILY) and field in FamilyInput.model_fields and truth is not None:
            known.setdefault("family_history", {})[field] = truth
        elif id == ACUTE and truth is not None:
            known["acutely_ill"] = truth
        elif id == ANCESTRY and gathering.checked(KnownInput, {"ancestry": value}, path) is not None:
            known["ancestry"] = value
        elif id.startswith(FINDING) and id.removeprefix(FINDING) in NOT_FEATURES:
            finding = _finding(each, path, id.removeprefix(FINDING), gathering)
            findings += [(path, finding)] if finding else []
        elif id != ANCESTRY:
            gathering.leave(path)
    return known, findings


def _finding(each: Json, path: str, assertion: str, gathering: Gathering) -> Json | None:
    id = "HP:" + str(each.get("reference", "")).removeprefix(HPO_IRI)
    term = gathering.term({"id": id}, f"{path}.reference")
    if term is None:
        return None
    told: Json = {"id": term, "assertion": assertion}
    for part in filter(None, str(each.get("description", "")).split("; ")):
        name, _, value = part.partition("=")
        terms = value.split(",")
        if name in (*_QUALITIES, _MODIFIERS) and all(_TERM.fullmatch(one) for one in terms):
            told[name] = terms if name == _MODIFIERS else terms[0]
        else:
            gathering.leave(f"{path}.description")
    return told
