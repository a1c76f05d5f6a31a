"""What CDS Hooks 2.0 sends and is answered with, by the names of its text (cds-hooks.hl7.org, "CDS Service Response").

The standard lets clients send more than it names, under `extension` and otherwise: what is not known is passed over.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from service.models.answers import Answer

_CAMEL = ConfigDict(alias_generator=to_camel, populate_by_name=True)

FhirId = Annotated[str, Field(pattern=r"^[A-Za-z0-9\-.]{1,64}$")]
Reference = Annotated[str, Field(min_length=1, max_length=200)]
_HEX = "[0-9a-fA-F]"
Uuid = Annotated[str, Field(pattern=f"^{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}$")]
#: RFC 3339, section 5.6.
_MOMENT = r"^20\d\d-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$"
#: Feedback in one request, and suggestions of one card.
MOST_FEEDBACK, _MOST_ACCEPTED = 500, 20


class _Given(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="ignore", frozen=True, hide_input_in_errors=True, alias_generator=to_camel
    )


class ContextInput(_Given):
    """The context of the hooks served here; each hook says which of it is required."""

    user_id: Reference
    patient_id: FhirId
    encounter_id: FhirId | None = None
    selections: list[Reference] | None = Field(None, max_length=200)
    draft_orders: dict[str, Any] | None = None


class HookInput(_Given):
    """A call of a service. An access token for the client's FHIR server is not asked for, and not looked at."""

    hook: Annotated[str, Field(min_length=1, max_length=100)]
    hook_instance: Uuid
    context: ContextInput
    prefetch: dict[str, Any] | None = None


class CodingInput(_Given):
    """A code, such as a reason for overriding a card."""

    code: Annotated[str, Field(min_length=1, max_length=200)]
    system: Annotated[str, Field(max_length=500)] | None = None


class AcceptedSuggestionInput(_Given):
    """A suggestion that was accepted, by its uuid."""

    id: Uuid


class OverrideReasonInput(_Given):
    """Why a card was overridden."""

    reason: CodingInput | None = None
    user_comment: Annotated[str, Field(max_length=4000)] | None = None


class OneFeedbackInput(_Given):
    """What became of one card."""

    card: Uuid
    outcome: Literal["accepted", "overridden"]
    accepted_suggestions: list[AcceptedSuggestionInput] | None = Field(None, max_length=_MOST_ACCEPTED)
    override_reason: OverrideReasonInput | None = None
    outcome_timestamp: Annotated[str, Field(pattern=_MOMENT, examples=["1985-04-12T23:20:50.52Z"])]


class FeedbackInput(_Given):
    """What became of cards."""

    feedback: list[OneFeedbackInput] = Field(min_length=1, max_length=MOST_FEEDBACK)


class ServiceAnswer(Answer):
    """One service, as discovery tells it."""

    model_config = _CAMEL

    hook: str
    title: str
    description: str
    id: str
    prefetch: dict[str, str]
    usage_requirements: str


class DiscoveryAnswer(Answer):
    """The services that there are."""

    services: list[ServiceAnswer]


class CodingAnswer(Answer):
    """A code and its words."""

    code: str
    system: str
    display: str


class SourceAnswer(Answer):
    """Where a card comes from."""

    label: str
    url: str
    topic: CodingAnswer


class ActionAnswer(Answer):
    """A resource that the client may create."""

    type: Literal["create"] = "create"
    description: str
    resource: dict[str, Any]


class SuggestionAnswer(Answer):
    """What may be done with one press."""

    model_config = _CAMEL

    label: str
    uuid: str
    is_recommended: bool | None = None
    actions: list[ActionAnswer]


class LinkAnswer(Answer):
    """Where there is more to be seen."""

    model_config = _CAMEL

    label: str
    url: str
    type: Literal["absolute", "smart"]
    app_context: str | None = None


class CardAnswer(Answer):
    """One card; `summary` has fewer than 140 characters, `detail` is GitHub Flavored Markdown."""

    model_config = _CAMEL

    uuid: str
    summary: str
    detail: str
    indicator: Literal["info", "warning", "critical"]
    source: SourceAnswer
    suggestions: list[SuggestionAnswer] | None = None
    selection_behavior: Literal["at-most-one", "any"] | None = None
    override_reasons: list[CodingAnswer]
    links: list[LinkAnswer]


class CardsAnswer(Answer):
    """The cards; none where nothing stands out."""

    cards: list[CardAnswer]


class FeedbackKeptAnswer(Answer):
    """How much was new, and the places in the feedback whose card is not there (any more)."""

    kept: int
    unknown: list[str]


class OutcomesAnswer(Answer):
    """How often the cards of one service were accepted or overridden; `unanswered` ones were told of by nobody."""

    service: str
    cards: int
    accepted: int
    overridden: int
    unanswered: int
    reasons: dict[str, int] = Field(description="How often each code was the reason for overriding.")


class FeedbackAnswer(Answer):
    """By service."""

    services: list[OutcomesAnswer]
