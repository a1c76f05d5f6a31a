"""How tests to order are answered: each test, what was done and what the family changes.

A field with a default may be missing from a report that an earlier version kept.
"""

from __future__ import annotations

from pydantic import Field

from matching.genetic_tests.known import TestResult
from matching.genetic_tests.proposal import DoneKind, FamilyKind
from service.models.explanations import Answer, NameEn


class CoveredAnswer(Answer):
    """A disease that a test looks for."""

    disease: str
    name: str
    name_en: NameEn = None
    posterior: float
    genes: list[str]


class SourceAnswer(Answer):
    """Where a statement about a test comes from; `verified` only if it was opened and read."""

    citation: str
    verified: bool


class OrderAnswer(Answer):
    """The test of the catalogue in use that does what is suggested, in the catalogue's own words."""

    code: str
    name: str
    price: float | None = None
    currency: str | None = None
    days: float | None = Field(default=None, description="Of turnaround.")
    sample: str | None = None


class TestAnswer(Answer):
    """A test to order, why, and what it cannot see."""

    code: str
    name: str
    modality: str
    genes: list[str]
    covers: list[CoveredAnswer]
    covers_more: int = Field(description="Further diseases that it looks for, of too little belief to be listed.")
    cannot_see: list[str]
    cost: float | None = Field(default=None, description="Relative: one gene is 1.")
    reason: str
    sources: list[SourceAnswer]
    ordered_as: OrderAnswer | None = None
    offered: bool | None = Field(default=None, description="Left out where no catalogue is in use.")
    samples: list[str] = Field(default=[], description="What is sent.")
    consent: list[str] = Field(default=[], description="What to talk about before it is sent.")
    relatives: list[str] = Field(default=[], description="Whose samples help, and for what.")
    if_negative: str | None = Field(default=None, description="The next step where it shows nothing.")
    beside: TestAnswer | None = Field(
        default=None,
        description="The assay that sequencing is ordered in one with, which `name` and `reason` tell too.",
    )


class PanelAnswer(Answer):
    """The smallest set of genes that holds `mass` of the belief among diseases with a known gene."""

    genes: list[str]
    mass: float


class BiochemicalAnswer(Answer):
    """A fast test of a treatable disorder, to be sent before or beside any genetic one."""

    code: str
    name: str
    samples: list[str]
    covers: list[CoveredAnswer]
    reason: str
    sources: list[SourceAnswer]


class DoneAnswer(Answer):
    """A test that was done, and what it changes."""

    name: str
    modality: str
    result: TestResult
    year: int | None = None
    kind: DoneKind
    lowered: float = Field(description="Share of the belief that it took from what it would have seen.")
    words: str
    unknown_genes: list[str] = Field(default=[], description="Genes of it that this release does not know.")


class FamilyEffectAnswer(Answer):
    """What the family or the sex changes: `share` of the belief lies on diseases so inherited, `before` until then."""

    kind: FamilyKind
    share: float
    before: float
    words: str


class PlanAnswer(Answer):
    """What answers share that suggest tests."""

    tests: list[TestAnswer]
    panel: PanelAnswer
    without_gene: float = Field(description="Share of belief on diseases without a known gene.")
    biochemical: list[BiochemicalAnswer] = Field(default=[], description="To be sent before the tests.")
    tests_done: list[DoneAnswer] = Field(default=[], description="What the tests already done have changed.")
    family: list[FamilyEffectAnswer] = Field(default=[], description="What family and sex have changed.")
    catalogue: str | None = Field(default=None, description="The catalogue in use.")
