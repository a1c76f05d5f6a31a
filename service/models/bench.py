"""What the forms of the bench send, and the state that travels in them where nothing is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from matching.genetic_tests.known import TestResult
from ontology.features import Assertion, PatientSex
from service.bench.standing import STOOD
from service.bench.verbs import Verb
from service.models.inputs import AGE, LONGEST_TEXT, MOST_FEATURES, MOST_NOTES, Language
from service.models.known import FIRST_YEAR, MOST_DONE, Ancestry, KnownInput, ModalityWord
from service.models.stored import AccountId, CaseStatus, Decision, DepartmentId, DiseaseId, Reason, Worklist

LONGEST_IMPRESSION = 4000
MOST_STEPS = 100
LONGEST_QUERY = 200
MOST_OPEN = 20
MOST_ASIDE = 20
#: Seconds for which one look at evidence counts at most: longer, and someone has left the desk.
LONGEST_LOOK = 600


def _given(value: object) -> object:
    """A form sends an empty text for what was left open."""
    return None if value == "" else value


def _written(value: object) -> object:
    """Blanks say nothing."""
    return _given(value.strip()) if isinstance(value, str) else value


Open = BeforeValidator(_given)
Written = BeforeValidator(_written)


TermId = Annotated[str, Field(pattern="^HP:[0-9]{7}$")]


class Form(BaseModel):
    """What all forms share: fields are text, other fields are refused, and errors tell no value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    state: str | None = Field(default=None, description="A CarriedState as JSON, where nothing is kept.")
    seen: Annotated[int | None, Open] = Field(default=None, ge=0, description="Version of the kept case on the page.")
    open: Annotated[list[DiseaseId], Field(max_length=MOST_OPEN)] = Field(
        default=[], description="Diseases whose evidence is open on the page."
    )
    stood: Annotated[list[Annotated[str, Field(pattern=STOOD)]], Field(max_length=MOST_OPEN)] = Field(
        default=[], description="Where the diseases listed on the page stand there."
    )
    aside: Annotated[list[TermId], Field(max_length=MOST_ASIDE)] = Field(
        default=[], description="Features that were asked about and are not known."
    )
    compare: Annotated[list[DiseaseId], Field(max_length=2)] = Field(default=[], description="Side by side.")
    has: Annotated[list[Annotated[str, Field(pattern="^[a-z]{1,20}=[0-9a-f]{8}$")]], Field(max_length=20)] = Field(
        default=[], description="Digests of the parts that the page shows: what has not changed is not sent again."
    )

    @property
    def opened(self) -> frozenset[str]:
        """Diseases whose evidence is to be open."""
        return frozenset(self.open)

    @property
    def compared(self) -> tuple[str, ...]:
        """Diseases that are to lie side by side."""
        return tuple(dict.fromkeys(self.compare))

    @property
    def put_aside(self) -> tuple[str, ...]:
        """Features that are to be asked about no more."""
        return tuple(dict.fromkeys(self.aside))


NoteId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,100}$")]


Place = Annotated[str, Field(pattern="^[a-z]{1,20}$")]


#: The id of a kept photo, or the one photo of a bench where nothing is kept.
PhotoId = Annotated[str, Field(pattern="^([0-9a-f]{32}|photo)$")]


class StepForm(Form):
    """One verb about one term; `start` and `end` are characters of the note, `box` a region of a photo."""

    verb: Verb
    term: TermId
    assertion: Assertion = Assertion.OBSERVED
    to: Annotated[TermId | None, Open] = None
    onset: Annotated[TermId | None, Open] = None
    severity: Annotated[TermId | None, Open] = None
    note: Annotated[NoteId | None, Open] = None
    start: Annotated[int | None, Open] = Field(default=None, ge=0, le=LONGEST_TEXT)
    end: Annotated[int | None, Open] = Field(default=None, ge=0, le=LONGEST_TEXT)
    photo: Annotated[PhotoId | None, Open] = None
    box: Annotated[str | None, Open] = Field(
        default=None, pattern="^[0-9]{1,5}(,[0-9]{1,5}){3}$", description="Of the photo: left, top, right, bottom."
    )


class SearchForm(BaseModel):
    """Words that a clinician looks a term up by; `place` is where on the page the terms are shown."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    q: str = Field(default="", max_length=LONGEST_QUERY)
    place: Place = "search"


class NearForm(Form):
    """Words of a note, `start` and `end` in its characters, that terms are to be suggested for."""

    note: NoteId
    start: int = Field(ge=0, le=LONGEST_TEXT)
    end: int = Field(ge=0, le=LONGEST_TEXT)
    place: Place = "search"


class NoteForm(Form):
    """A note to be read; with `id` in place of the note that has it."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S")]
    id: Annotated[NoteId | None, Open] = None
    language: Annotated[Language | None, Open] = None
    date: Annotated[str | None, Open] = Field(default=None, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


class AboutForm(Form):
    """Sex and age; tests already done as JSON; each flag of the family as yes, no or nothing."""

    sex: PatientSex = PatientSex.UNKNOWN
    years: Annotated[int | None, Open] = Field(default=None, ge=0, le=149)
    months: Annotated[int | None, Open] = Field(default=None, ge=0, le=99)
    known: Annotated[str | None, Open] = Field(default=None, max_length=200_000, description="A KnownInput as JSON.")

    @property
    def age(self) -> str | None:
        """As an ISO 8601 duration; None where it is left open."""
        if self.years is None and self.months is None:
            return None
        return f"P{self.years or 0}Y{self.months}M" if self.months else f"P{self.years or 0}Y"


class DoneForm(Form):
    """A test that the patient has had. `looked` are genes of a sequencing test, or the gene or locus of another."""

    modality: ModalityWord
    result: TestResult = TestResult.NEGATIVE
    looked: Annotated[str, Field(max_length=20_000)] = ""
    code: Annotated[str, Field(max_length=200)] = ""
    year: Annotated[int | None, Open] = Field(default=None, ge=FIRST_YEAR, le=2200)


class DoneRemoveForm(Form):
    """A test done to be taken out of the list, by its place in it."""

    at: int = Field(ge=0, lt=MOST_DONE)


class FamilyForm(Form):
    """The family and acute illness: each flag yes, no, or left open."""

    consanguineous: Annotated[bool | None, Open] = None
    affected_parent: Annotated[bool | None, Open] = None
    affected_siblings: Annotated[bool | None, Open] = None
    affected_children: Annotated[bool | None, Open] = None
    affected_maternal_males: Annotated[bool | None, Open] = None
    affected_maternal_line: Annotated[bool | None, Open] = None
    acutely_ill: bool = False


class AncestryForm(Form):
    """The ancestry as it was told; open where nobody was asked."""

    ancestry: Annotated[Ancestry | None, Open] = None


class LookForm(Form):
    """The page as it is, to be shown again: with other evidence open, or other diseases side by side.

    `open`, `compare` and `aside` may name one more than the page shows. `close`, `alone` and `again` take one away: a
    disease's evidence, the comparison, a feature that was put aside.
    """

    close: Annotated[DiseaseId | None, Open] = None
    alone: bool = False
    again: Annotated[TermId | None, Open] = None

    @property
    def opened(self) -> frozenset[str]:
        """As Form.opened."""
        return frozenset(self.open) - {self.close}

    @property
    def compared(self) -> tuple[str, ...]:
        """As Form.compared."""
        return () if self.alone else tuple(dict.fromkeys(self.compare))

    @property
    def put_aside(self) -> tuple[str, ...]:
        """As Form.put_aside."""
        return tuple(id for id in dict.fromkeys(self.aside) if id != self.again)


class RemoveNoteForm(Form):
    """A note to be taken away."""

    id: NoteId


class SheetForm(Form):
    """What the page shows, to be kept as a report and put on paper: the report, or an order for its first tests."""

    kind: Literal["report", "order"]
    count: int = Field(default=3, ge=1, le=20)


class ImpressionForm(Form):
    """What the clinician thinks before the ranking is shown, or that they pass it over."""

    text: Annotated[str | None, Written] = Field(default=None, max_length=LONGEST_IMPRESSION)


class EvidenceLookForm(BaseModel):
    """How long the evidence for the disease at `rank` was open on a page that was looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    rank: int = Field(ge=1, le=100_000)
    seconds: float = Field(gt=0, le=LONGEST_LOOK, allow_inf_nan=False)


class SignForm(Form):
    """A signature under what the page shows; `shown` is its digest. The disease goes with `agree` and `other` alone."""

    decision: Decision
    agreed: Annotated[DiseaseId | None, Open] = None
    other: Annotated[DiseaseId | None, Open] = None
    reason: Reason
    shown: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    @property
    def disease(self) -> str | None:
        """The diagnosis that goes with the decision."""
        return {Decision.AGREE: self.agreed, Decision.OTHER: self.other}.get(self.decision)


class ListForm(Form):
    """Which cases to list. What is searched for may be a patient's name: it is sent in a body, never in an address."""

    query: Annotated[str, Field(max_length=200)] = ""
    status: Annotated[CaseStatus | None, Open] = None
    reanalyse: bool = False
    assigned_to: Annotated[AccountId | None, Open] = None
    department: Annotated[DepartmentId | None, Open] = None
    cursor: Annotated[str | None, Open] = Field(default=None, max_length=200, pattern="^[A-Za-z0-9_-]+$")

    @property
    def wanted(self) -> Worklist:
        """As the list of the interface takes it."""
        return Worklist(
            status=self.status, assigned_to=self.assigned_to, department=self.department, cursor=self.cursor, limit=50
        )


class AssignForm(Form):
    """Who is to see to a case; nobody where it is left open."""

    assigned_to: Annotated[AccountId | None, Open] = None


class KeepForm(Form):
    """A bench to be kept as a case."""

    department: Annotated[DepartmentId | None, Open] = None
    name: Annotated[str | None, Open] = Field(default=None, max_length=200)
    number: Annotated[str | None, Open] = Field(default=None, max_length=100)


class Carried(BaseModel):
    """What the carried state is made of: strict, as everything from outside."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


Pixel = Annotated[int, Field(ge=0, le=99_999)]


class CarriedNote(Carried):
    """A note on a bench where nothing is kept."""

    id: NoteId
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
    language: Language | None = None
    date: str | None = Field(default=None, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")


class CarriedSpan(Carried):
    """Words of a note that a term was chosen for."""

    note: NoteId
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    section: str | None = None


class CarriedRegion(Carried):
    """The part of a photo whose measure suggested a term."""

    photo: PhotoId
    box: tuple[Pixel, Pixel, Pixel, Pixel]


class CarriedWord(Carried):
    """A clinician's word about a term."""

    term: TermId
    assertion: Assertion | None = None
    struck: bool = False
    onset: TermId | None = None
    severity: TermId | None = None
    span: CarriedSpan | None = None
    region: CarriedRegion | None = None


class CarriedStep(Carried):
    """A step that can be undone: the words about its terms before it, null where none stood."""

    verb: Verb
    term: TermId
    before: dict[TermId, CarriedWord | None]


class CarriedState(Carried):
    """All that is on a bench where nothing is kept."""

    notes: Annotated[list[CarriedNote], Field(max_length=MOST_NOTES)] = Field(default=[])
    sex: PatientSex = PatientSex.UNKNOWN
    age: Annotated[str, Field(pattern=AGE)] | None = None
    known: KnownInput = KnownInput()
    said: Annotated[list[CarriedWord], Field(max_length=MOST_FEATURES)] = Field(default=[])
    steps: Annotated[list[CarriedStep], Field(max_length=MOST_STEPS)] = Field(default=[])
    impression: str | None = Field(default=None, max_length=LONGEST_IMPRESSION)
    passed_over: bool = Field(default=False, description="The first impression was passed over.")
