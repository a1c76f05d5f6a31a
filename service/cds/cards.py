"""Cards: what stands out and why, in a sentence, in detail, with drafts of the tests that a clinician may order.

Nothing of a patient's own words is in a card: findings by their terms, reasons as the report gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from service.cds.hooks import DISCHARGE, ORDER_SELECT, CdsService
from service.cds.orders import GeneticOrder
from service.cds.standing import Standing
from service.fhir.telling.codes import Json
from service.fhir.telling.risk_assessment import words_of
from service.fhir.telling.service_request import service_requests
from service.models import cds as m

#: "<140-character summary message".
MOST_SUMMARY = 139
MOST_SUGGESTIONS = 3
_MOST_REASONS, _MOST_OTHERS = 5, 3
SYSTEM = "urn:phenomap:cds"
#: Codes of the reasons for which a card may be overridden; their words are under `cds.override.…`.
OVERRIDE_REASONS = ("known-diagnosis", "already-tested", "does-not-fit", "finding-misread", "not-now")
#: What GitHub Flavored Markdown gives a meaning within a line; an address would become a link.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~&@]|(?<=www)\.|:(?=//))", re.IGNORECASE)
#: Parts of our ServiceRequest that speak of resources which are here and not with the client.
_OURS = frozenset({"id", "meta", "subject", "reasonReference", "supportingInfo"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a card is made for: the service, the patient and encounter as the client names them.

    `orders` are the genetic tests among the drafts, `base` is this service's own address; `launches` says that a SMART
    launch of it is set up with the client.
    """

    service: CdsService
    patient: str
    encounter: str | None
    orders: Sequence[GeneticOrder]
    base: str
    launches: bool


def card_of(found: Standing, asked: Asked, id: str) -> m.CardAnswer | None:
    """The card of this id (32 hexadecimal digits); None where there is nothing to be said at this hook."""
    tests = list(found.report.shown["tests"])
    if asked.service.hook != ORDER_SELECT:
        tests = [*found.report.shown.get("biochemical", ()), *tests]
    summary = _summary(found, asked, tests)
    if summary is None:
        return None
    uuid = str(UUID(id))
    suggestions = _suggestions(found, asked, tests, uuid)
    words = words_of(found.report)
    return m.CardAnswer(
        uuid=uuid,
        summary=summary,
        detail=_detail(found, tests, words),
        indicator="warning" if asked.service.hook == DISCHARGE else "info",
        source=m.SourceAnswer(
            label="Phenomap",
            url=f"{asked.base}/docs",
            topic=m.CodingAnswer(code="rare-disease", system=SYSTEM, display=words["cds.topic"]),
        ),
        suggestions=suggestions or None,
        selection_behavior="any" if suggestions else None,
        override_reasons=[
            m.CodingAnswer(code=code, system=SYSTEM, display=words[f"cds.override.{code}"]) for code in OVERRIDE_REASONS
        ],
        links=[_link(found, asked, words)],
    )


def suggestion_uuid(card: str, number: int) -> str:
    """The uuid of a card's suggestion, which is counted from 1: feedback names it again."""
    return str(uuid5(UUID(card), str(number)))


def _summary(found: Standing, asked: Asked, tests: Sequence[Mapping[str, Any]]) -> str | None:
    """The sentence of a card; None where this hook has nothing to say."""
    words = words_of(found.report)
    values = {"percent": str(_whole(found.series))}
    name = str(found.series["name"])
    if len(found.series["ids"]) > 1:
        name = words["cds.series"].format(name=name, count=len(found.series["ids"]))
    if asked.service.hook == ORDER_SELECT:
        other = _better(asked.orders, tests)
        if other is None:
            return None
        order, first = other
        values |= {"test": _short(first["name"], 40), "order": _short(order.name, 40)}
        return _fitted(words["cds.summary.order_select"], name, values)
    if asked.service.hook == DISCHARGE:
        if not tests:
            return None
        return _fitted(words["cds.summary.encounter_discharge"], name, values | {"test": _short(tests[0]["name"], 40)})
    return _fitted(words["cds.summary.patient_view"], name, values)


def _better(
    orders: Sequence[GeneticOrder], tests: Sequence[Mapping[str, Any]]
) -> tuple[GeneticOrder, Mapping[str, Any]] | None:
    """A selected order of another kind than the first test, and that test; None where it is drafted, too.

    An order agrees by our code or its kind: which genes are in a hospital's panel is not told by its name.
    """
    if not tests:
        return None
    first = tests[0]
    ordered = first.get("ordered_as") or {}
    codes = {first["code"], ordered.get("code")}
    if any(order.codes & codes or first["modality"] in order.modalities for order in orders):
        return None
    return next(((order, first) for order in orders if order.selected), None)


def _detail(found: Standing, tests: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    return "\n".join(_lines(found, tests, words))


def _lines(found: Standing, tests: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Iterator[str]:
    first, *others = found.report.shown["diseases"]
    if len(found.series["ids"]) > 1:
        forms = words["cds.series"].format(name=found.series["name"], count=len(found.series["ids"]))
        yield f"**{_plain(forms)}**: {_percent(found.series)}\n"
    yield f"**{_plain(first['name'])}** ({_plain(first['id'])}): {_percent(first)}"
    parts = [part for part in first["contributions"] if part["nats"] > 0 and part["words"]]
    parts.sort(key=lambda part: -part["nats"])
    if parts:
        yield f"\n{words['cds.because']}\n"
    for part in parts[:_MOST_REASONS]:
        yield f"- {_plain(part['label'])}: {_plain(part['words'])}"
    against = [part["label"] for part in first.get("contradictions", ())]
    if against:
        yield f"\n{words['cds.against'].format(findings=_plain(words['fhir.join'].join(against[:_MOST_REASONS])))}"
    near = [f"{each['name']} ({_percent(each)})" for each in others[:_MOST_OTHERS] if _whole(each) > 0]
    if near:
        yield f"\n{words['cds.others'].format(diseases=_plain(words['fhir.join'].join(near)))}"
    if tests:
        first_test = words["cds.first_test"].format(test=_plain(tests[0]["name"]))
        yield f"\n{first_test} {_plain(tests[0].get('reason') or '')}"
    yield f"\n{words['cds.decides']}"


def _suggestions(
    found: Standing, asked: Asked, tests: Sequence[Mapping[str, Any]], card: str
) -> list[m.SuggestionAnswer]:
    drafts = service_requests(found.report)[-len(tests) :] if tests else []
    made = []
    for number, (test, draft) in enumerate(zip(tests, drafts, strict=True), 1):
        if number > MOST_SUGGESTIONS:
            break
        label = words_of(found.report)["cds.draft"].format(test=test["name"])
        action = m.ActionAnswer(description=label, resource=_draft(draft, asked))
        made.append(
            m.SuggestionAnswer(
                label=label,
                uuid=suggestion_uuid(card, number),
                is_recommended=True if number == 1 else None,
                actions=[action],
            )
        )
    return made


def _draft(request: Json, asked: Asked) -> Json:
    """Our proposal as a draft in the client's own record: about its patient, in its encounter."""
    told = {name: value for name, value in request.items() if name not in _OURS}
    told["subject"] = {"reference": f"Patient/{asked.patient}"}
    if asked.encounter:
        told["encounter"] = {"reference": f"Encounter/{asked.encounter}"}
    return told


def _link(found: Standing, asked: Asked, words: Mapping[str, str]) -> m.LinkAnswer:
    if asked.launches:
        url = f"{asked.base}/smart/launch"
        return m.LinkAnswer(label=words["cds.open"], url=url, type="smart", app_context=found.case["id"])
    return m.LinkAnswer(label=words["cds.open"], url=f"{asked.base}/cases/{found.case['id']}", type="absolute")


def _fitted(sentence: str, name: str, values: Mapping[str, str]) -> str:
    """The sentence with the disease's name, which is cut where the whole would be too long."""
    room = MOST_SUMMARY - len(sentence.format(name="", **values))
    return sentence.format(name=_short(name, room), **values)[:MOST_SUMMARY]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: max(most - 1, 0)]}…"


def _percent(believed: Mapping[str, Any]) -> str:
    return f"{_whole(believed)} %"


def _whole(believed: Mapping[str, Any]) -> int:
    """Percent of belief in a disease or a series; never a hundred, for nothing is certain."""
    return min(round(100 * float(believed.get("probability") or 0)), 99)


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
