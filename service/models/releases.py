"""What the routes about the release in use, and about reanalysis with it, take and answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from service.models.answers import Answer
from service.models.inputs import Input
from service.models.stored import Id

MOST_REANALYSED = 20


class KnowledgeStateAnswer(Answer):
    """The release in use, how old it is, and whether the service is to be started again for another."""

    release: str
    released: date | None = Field(None, description="Day of its statements about diseases, where that is known.")
    months: int | None = Field(None, description="Its age in whole months.")
    old: bool = Field(description="It is older than this site lets it become (`knowledge_months` of the settings).")
    put_in_place: str | None = Field(None, description="Another release that lies in use on disk since this started.")
    notices: list[str] = Field(description="What of it clinicians must be told, as sentences.")


class ReanalyseInput(Input):
    """Which unsolved cases to rank again, in the order of their ids."""

    every: bool = Field(default=False, description="Those reported with the release in use already, too.")
    limit: Annotated[int, Field(ge=1, le=MOST_REANALYSED, description="At most so many cases.")] = 10
    after: Id | None = Field(default=None, description="`next` of the answer before.")


class NewAnnotationAnswer(Answer):
    """A statement about the disease that leads now, which the older release did not hold."""

    term: str
    label: str
    label_en: str | None = None
    excluded: bool
    references: list[str]


class ReanalysedAnswer(Answer):
    """One case: the diseases that led its last report, and those that lead now. `fault`: why it was not ranked."""

    case: str
    department: str
    report: str
    knowledge: str
    before: list[str]
    now: list[str]
    changed: bool
    news: list[NewAnnotationAnswer] | None = Field(
        None, description="Of the disease that leads now; null where the older release is no longer kept."
    )
    fault: str | None = None


class ReanalysisAnswer(Answer):
    """The cases ranked again; nothing of it is kept but the trail. `next` is the `after` of those that follow."""

    knowledge_in_use: str
    ranked: int
    changed: int
    failed: int
    cases: list[ReanalysedAnswer]
    next: str | None = None
