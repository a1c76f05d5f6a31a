"""From a Case to a Report: read → reconcile → rank → suggest tests; every step also by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache, partial, reduce
from itertools import compress
from operator import add
from types import MappingProxyType
from typing import TYPE_CHECKING

from facial.declining import decline
from facial.reading import PhotoReading
from matching.case import Case, Note
from matching.circumstances import NOT_GIVEN, Circumstances, Contradictions
from matching.genetic_tests.known import NOTHING_KNOWN, Known
from matching.genetic_tests.proposal import TestPlan, VirtualPanel
from matching.implied_genes import GeneIndex, implied_genes
from matching.likeness import NO_LIKENESS, FaceLikeness
from matching.lm.query import Query
from matching.lm.ranker import Ranker, Scored
from matching.look_for import completed
from matching.next_features import QUESTIONS, Questions, next_features
from matching.posterior import posterior, stands_out
from matching.prevalence import Prior, prior_nats, shown
from matching.rankers import DEFAULT, NamedRanker
from matching.reconcile import Reconciled, reconcile
from matching.report import Notice, NoticeKind, PhenotypicFeature, Ranking, Report
from ontology.arrays import Floats
from ontology.errors import InputError
from ontology.features import Abstention, Mention
from ontology.knowledge import Knowledge
from ontology.terms import current_id

if TYPE_CHECKING:  # the readers load rapidfuzz, and only `open` needs them
    from matching.genetic_tests.catalogue import Catalogue
    from matching.genetic_tests.lesions import LesionTable
    from matching.genetic_tests.offers import Offers
    from nlp.readers import NoteReaders
    from nlp.reading import Patient, Reading

NO_SHARES: Mapping[str, float] = MappingProxyType({})
NO_TESTS = TestPlan((), VirtualPanel((), 0.0), 0.0)


@dataclass(frozen=True)
class Assessor:
    """Everything one worker needs; opened once, shared by all requests, holding nothing of any patient."""

    knowledge: Knowledge
    readers: NoteReaders
    ranker: Ranker
    lesions: LesionTable

    @classmethod
    def open(cls, knowledge: Knowledge) -> Assessor:
        """Open the readers, the ranker and the table of lesions; raises a KnowledgeError where one is damaged."""
        from matching.genetic_tests.lesions import LesionTable
        from nlp.readers import open_readers

        return cls(knowledge, open_readers(knowledge), Ranker.open(knowledge), LesionTable.open(knowledge))

    @cached_property
    def questions(self) -> Questions:
        """What can be asked in this release; made once, when first asked for."""
        return Questions.of(self.knowledge)

    @cached_property
    def genes(self) -> GeneIndex:
        """Pairs of genes and diseases; made once, when first asked for."""
        return GeneIndex.of(self.knowledge)

    def assess(
        self,
        case: Case,
        limit: int = 10,
        tests: bool = True,
        prior: Prior = Prior.NONE,
        known: Known = NOTHING_KNOWN,
        offers: Offers | None = None,
        readings: Sequence[Reading] | None = None,
        questions: int = QUESTIONS,
        seen: Sequence[PhotoReading] | None = None,
        shares: Mapping[str, float] = NO_SHARES,
    ) -> Report:
        """The draft answer: at most `limit` diseases, and tests unless `tests` is False; see `suggest` for the rest.

        `readings` are those of the case's notes, in their order, where they are known already; `questions` is how many
        features to ask next are named at most. `seen` is what a face reader made of the case's photos, without which
        they are declined: likenesses that weigh are added to the score, suggested terms never are findings. `shares`
        are by HPO id what the weights of findings are multiplied by, where something is known of the patients around.

        A reader that declines is reported, never passed over. Raises InputError for a photo that is none, for two
        notes of one id, or for a prior that the release cannot give.
        """
        mentions, abstentions = self._gather(case, readings, seen)
        taken, struck = self._without(mentions, case.dismissed)
        reconciled = self.reconcile((*case.stated, *taken), case.notes)
        reconciled = replace(reconciled, features=tuple(_shared(each, shares) for each in reconciled.features))
        patient = Circumstances(case.sex, case.age_days)
        face = NO_LIKENESS if seen is None else FaceLikeness.of(self.knowledge, seen)
        scored, nats = self.weighed(self.ranker.score(reconciled.features), prior, patient, face=face)
        ranking = face.shown(self._believed(scored, limit, nats, patient, questions))
        return Report(
            case=case.id,
            knowledge=self.knowledge.manifest.release,
            features=reconciled.features,
            ranking=ranking,
            tests=self._plan(scored, patient=patient, known=known, offers=offers) if tests else NO_TESTS,
            abstentions=abstentions,
            notices=reconciled.notices + _notices(ranking, abstentions),
            dismissed=self.reconcile(struck, case.notes).features,
        )

    def readings(self, case: Case) -> tuple[Reading, ...]:
        """What each note of the case says, in their order; raises InputError for two notes of one id."""
        if len({note.id for note in case.notes}) != len(case.notes):
            raise InputError("notes", "Two notes have the same id.", "Give each note an id of its own.")
        return tuple(self.read(note, patient_of(case, note)) for note in case.notes)

    def read(self, note: Note, patient: Patient | None = None) -> Reading:
        """Mentions in one note, or the reason why it was not read; `patient` helps to judge values told in it."""
        known = () if patient is None else (patient,)
        return self.readers.read(note.id, note.text, note.language, *known)

    def reconcile(self, mentions: Iterable[Mention], notes: Sequence[Note] = ()) -> Reconciled:
        """Settle mentions; `notes` tell which is later (by date, undated ones first, else as given)."""
        return reconcile(mentions, self.knowledge.terms, [note.id for note in in_order(notes)])

    @cached_property
    def named_ranker(self) -> Callable[[str], NamedRanker]:
        """Opens a ranker beside the language model by name, once; it raises InputError for a name of none."""
        return lru_cache(maxsize=None)(partial(NamedRanker.open, self.knowledge))

    def rank(
        self,
        features: Iterable[PhenotypicFeature],
        limit: int = 10,
        universe: str | None = None,
        ranker: str = DEFAULT,
        prior: Prior = Prior.NONE,
        patient: Circumstances = NOT_GIVEN,
    ) -> Ranking:
        """The best diseases with probabilities, reasons and what to look for; what to ask next; the genes implied.

        Another ranker than DEFAULT (see matching.rankers) gives reasons and what to look for alone, takes no prior, and
        knows neither age nor sex.
        Raises UnknownTerm and InputError.
        """
        if ranker != DEFAULT:
            if prior is not Prior.NONE:
                raise InputError("prior", "Similarities take no prior.", "Leave it out, or rank by lm.")
            given = tuple(features)
            ranking = self.named_ranker(ranker).rank(given, limit, universe)
            return completed(self.knowledge, ranking, Query.of(given, self.knowledge.terms))
        scored, nats = self.weighed(self.ranker.score(features, universe), prior, patient)
        return self._believed(scored, limit, nats, patient)

    def suggest(
        self,
        features: Iterable[PhenotypicFeature],
        limit: int = 3,
        patient: Circumstances = NOT_GIVEN,
        known: Known = NOTHING_KNOWN,
        offers: Offers | None = None,
    ) -> TestPlan:
        """Tests to order for these findings; none without a present finding. Raises UnknownTerm.

        `known` are tests already done and the family; `offers` is the catalogue in use, opened by `offers`.
        """
        scored, _ = self.weighed(self.ranker.score(features), Prior.NONE, patient)
        return self._plan(scored, limit, patient, known, offers)

    def offers(self, catalogue: Catalogue) -> Offers:
        """A catalogue met with the release, to be kept and given to `suggest`; some tens of milliseconds."""
        from matching.genetic_tests.offers import Offers

        return Offers.of(self.knowledge, self.lesions, catalogue)

    @cached_property
    def contradictions(self) -> Contradictions:
        """What a patient's age and sex can contradict; made once, when first asked for."""
        return Contradictions.of(self.knowledge, self.ranker.model.told)

    def weighed(
        self,
        scored: Scored,
        prior: Prior,
        patient: Circumstances = NOT_GIVEN,
        limit: int = 10,
        face: FaceLikeness = NO_LIKENESS,
    ) -> tuple[Scored, Floats | None]:
        """The scores with the prior, with what age and sex take and what the face adds; and the prior of every disease.

        The best `limit` are exact.

        The prior is float32 (diseases,), None for Prior.NONE.
        """
        nats = None if prior is Prior.NONE else prior_nats(self.knowledge)
        taken = None if patient == NOT_GIVEN else self.contradictions.nats(patient, scored.query)
        offsets = [each for each in (nats, taken, face.nats(len(self.knowledge.diseases))) if each is not None]
        if not offsets:
            return scored, None
        return self.ranker.shifted(scored, reduce(add, offsets), limit), nats

    def belief(self, scored: Scored) -> Floats:
        """Share of belief of each disease, float32 (diseases,); see posterior."""
        return posterior(scored.scores, len(scored.query.present))

    def _gather(
        self, case: Case, readings: Sequence[Reading] | None, seen: Sequence[PhotoReading] | None
    ) -> tuple[tuple[Mention, ...], tuple[Abstention, ...]]:
        notes = self.readings(case) if readings is None else readings
        photos = [decline(photo.content) for photo in case.photos] if seen is None else seen
        declined = [*(note.abstention for note in notes), *(photo.abstention for photo in photos)]
        mentions = tuple(mention for reading in notes for mention in reading.mentions)
        return mentions, tuple(abstention for abstention in declined if abstention is not None)

    def _without(
        self, mentions: Sequence[Mention], dismissed: frozenset[str]
    ) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
        """Mentions of other terms than those dismissed, and of these; ids may be of an earlier release."""
        if not dismissed:
            return tuple(mentions), ()
        terms = self.knowledge.terms
        struck = {current_id(terms, id) for id in dismissed}
        out = [current_id(terms, mention.type) in struck for mention in mentions]
        return tuple(compress(mentions, (not gone for gone in out))), tuple(compress(mentions, out))

    def _believed(
        self,
        scored: Scored,
        limit: int,
        prior: Floats | None,
        patient: Circumstances,
        questions: int = QUESTIONS,
    ) -> Ranking:
        ranking = completed(self.knowledge, self.ranker.best(scored, limit), scored.query)
        if not ranking.diseases:
            return ranking
        belief = self.belief(scored)
        ranking = ranking if prior is None else shown(self.knowledge, ranking, prior)
        ranking = ranking if patient == NOT_GIVEN else self.contradictions.shown(ranking, patient, scored.query)
        return replace(
            ranking,
            diseases=tuple(replace(d, probability=float(belief[d.position])) for d in ranking.diseases),
            next_features=next_features(self.knowledge, self.questions, belief, scored.query, questions),
            genes=implied_genes(self.knowledge, self.genes, belief),
            confidence=float(belief.max()),
            stands_out=stands_out(belief),
        )

    def _plan(
        self,
        scored: Scored,
        limit: int = 3,
        patient: Circumstances = NOT_GIVEN,
        known: Known = NOTHING_KNOWN,
        offers: Offers | None = None,
    ) -> TestPlan:
        from matching.genetic_tests.orders import with_orders
        from matching.genetic_tests.plan import plan_tests

        if not len(scored.query.present):
            return NO_TESTS
        plan = plan_tests(
            self.knowledge,
            self.belief(scored),
            self.lesions,
            limit,
            known=known,
            sex=patient.sex,
            offers=offers,
            age_days=patient.age_days,
        )
        return with_orders(plan, self.knowledge, self.lesions, self.contradictions.onsets, patient.sex)


def _shared(feature: PhenotypicFeature, shares: Mapping[str, float]) -> PhenotypicFeature:
    share = shares.get(feature.type)
    return feature if share is None else replace(feature, weight=feature.weight * share)


def patient_of(case: Case, note: Note) -> Patient:
    """Sex, and the age on the day of the note: that of the assessment, taken to be the day of the latest note."""
    from nlp.reading import Patient

    latest = max((n.date for n in case.notes if n.date is not None), default=None)
    since = (latest - note.date).days if latest is not None and note.date is not None else 0
    age = case.age_days
    return Patient(case.sex, max(0, age - since) if age is not None else None)


def in_order(notes: Iterable[Note]) -> list[Note]:
    """Notes from the earliest to the latest: undated ones first, then by date, else as they were given."""
    return sorted(notes, key=lambda note: (note.date is not None, note.date or date.min))


def _notices(ranking: Ranking, abstentions: Iterable[Abstention]) -> tuple[Notice, ...]:
    told = [Notice(NoticeKind.READER_ABSTAINED) for _ in dict.fromkeys(abstentions)]
    if ranking.too_few_findings:
        told.append(Notice(NoticeKind.TOO_FEW_FINDINGS, count=ranking.findings))
    if ranking.confidence is not None and not ranking.stands_out:
        told.append(Notice(NoticeKind.NONE_STANDS_OUT))
    return tuple(told)
