"""From the values of matching to the JSON of the service; words are put to them here, and nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.rankers import DEFAULT
from matching.report import (
    Contribution,
    Notice,
    NoticeKind,
    PhenotypicFeature,
    RankedDisease,
    Ranking,
    Report,
    TestPlan,
    TestSuggestion,
)
from nlp.reading import Reading
from ontology.annotations import Aspect, DiseaseAnnotation, Sex
from ontology.features import Abstention, Evidence, ImageRegion, Mention, TextSpan
from ontology.knowledge import Knowledge
from service.models import answers as a
from service.wording import Wording

#: Statements shown behind one contribution; a superterm met high up in the graph may have hundreds below it.
MOST_ROWS = 12
#: Statements in one answer. An ordinary one (30 findings, 50 diseases) has fewer; 500 findings against 100 diseases
#: would hold half a million, 80 MB of JSON and 20 s of work, measured on the release of 2026-06.
MOST_ROWS_IN_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Translator:
    """Puts values of one release into answers, in one language."""

    knowledge: Knowledge
    wording: Wording

    @classmethod
    def of(cls, knowledge: Knowledge, language: str = "en") -> Translator:
        """Answers about `knowledge` in `language`."""
        return cls(knowledge, Wording.of(knowledge.terms, language))

    def release(self) -> a.KnowledgeAnswer:
        """The release that answers are made with."""
        manifest = self.knowledge.manifest
        return a.KnowledgeAnswer(
            release=manifest.release,
            fingerprint=manifest.fingerprint,
            sources=[
                a.ReleaseAnswer(name=source.name, version=source.version, licence=source.licence)
                for source in manifest.sources
            ],
        )

    def reading(self, reading: Reading, id: str | None) -> a.ExtractAnswer:
        """What was found in one note."""
        return a.ExtractAnswer(
            id=id,
            language=reading.language,
            features=[self._span(mention, mention.evidence) for mention in reading.mentions if _is_span(mention)],
            abstention=abstention(reading.abstention),
            knowledge=self.release(),
        )

    def ranking(self, ranking: Ranking, notices: Sequence[Notice], id: str | None) -> a.RankAnswer:
        """A ranking, with what is to be told beside it."""
        told = (*notices, Notice(NoticeKind.TOO_FEW_FINDINGS)) if ranking.too_few_findings else notices
        told = told if ranking.ranker == DEFAULT else (*told, Notice(NoticeKind.NO_PROBABILITY))
        return a.RankAnswer(
            id=id,
            diseases=self._diseases(ranking),
            considered=ranking.considered,
            findings=ranking.findings,
            ranker=ranking.ranker,
            notices=self.notices(told),
            knowledge=self.release(),
        )

    def suggestions(self, plan: TestPlan, notices: Sequence[Notice], id: str | None) -> a.SuggestAnswer:
        """Tests, with what is to be told beside them."""
        return a.SuggestAnswer(
            id=id,
            tests=[_test(test) for test in plan.tests],
            panel=a.PanelAnswer(genes=list(plan.panel.genes), mass=plan.panel.mass),
            without_gene=plan.without_gene,
            notices=self.notices(notices),
            knowledge=self.release(),
        )

    def report(self, report: Report) -> a.ReportAnswer:
        """The whole report, a draft."""
        return a.ReportAnswer(
            case=report.case,
            features=[_feature(feature) for feature in report.features],
            diseases=self._diseases(report.ranking),
            considered=report.ranking.considered,
            findings=report.ranking.findings,
            tests=[_test(test) for test in report.tests.tests],
            panel=a.PanelAnswer(genes=list(report.tests.panel.genes), mass=report.tests.panel.mass),
            without_gene=report.tests.without_gene,
            abstentions=[answer for given in report.abstentions if (answer := abstention(given))],
            notices=self.notices(report.notices),
            knowledge=self.release(),
        )

    def notices(self, notices: Iterable[Notice]) -> list[a.NoticeAnswer]:
        """Notices in words; what an abstention says already is not said twice."""
        return [
            a.NoticeAnswer(kind=notice.kind, terms=list(notice.terms), words=self.wording.notice(notice))
            for notice in notices
            if notice.kind is not NoticeKind.READER_ABSTAINED
        ]

    def disease(self, disease: RankedDisease, rows: int = MOST_ROWS) -> a.DiseaseAnswer:
        """A disease at its rank, with its reasons and at most `rows` statements behind each."""
        return a.DiseaseAnswer(
            id=disease.id,
            also=list(disease.also),
            name=disease.name,
            score=disease.score,
            rank=disease.rank,
            tied_with=disease.tied_with,
            probability=disease.probability,
            confidence=self.wording.confidence(disease.probability),
            borrowed=disease.borrowed,
            contributions=[self._contribution(part, rows) for part in disease.contributions],
            unexplained=list(disease.unexplained),
        )

    def disease_record(self, position: int) -> a.DiseaseRecordAnswer:
        """All that the release holds of one disease."""
        diseases = self.knowledge.diseases
        rows = self.knowledge.annotations.of_disease(position)
        of = {aspect: [self.annotation(row) for row in rows if row.aspect is aspect] for aspect in Aspect}
        pairs = zip(diseases.ids(position), diseases.names(position), strict=True)
        return a.DiseaseRecordAnswer(
            id=diseases.id(position),
            name=diseases.name(position),
            records=[a.RecordAnswer(id=id, name=name) for id, name in pairs],
            annotations=of[Aspect.PHENOTYPE],
            inheritance=of[Aspect.INHERITANCE],
            course=of[Aspect.COURSE],
            genes=[
                a.GeneAnswer(
                    symbol=link.symbol,
                    ncbi_id=link.ncbi_id,
                    association=link.association,
                    source=link.source,
                    dated=link.dated,
                )
                for link in self.knowledge.genes.links(position)
            ],
            knowledge=self.release(),
        )

    def annotation(self, row: DiseaseAnnotation) -> a.AnnotationAnswer:
        """One published statement."""
        terms = self.knowledge.terms
        affected, examined = row.of or (None, None)
        return a.AnnotationAnswer(
            id=terms.id(row.term),
            label=terms.label(row.term),
            excluded=row.excluded,
            frequency=None if row.frequency is None else round(row.frequency, 4),
            affected=affected,
            examined=examined,
            onset=None if row.onset is None else terms.label(row.onset),
            sex=None if row.sex is Sex.ANY else row.sex.name.lower(),
            evidence=row.evidence.name,
            references=list(row.references),
            record=self.knowledge.diseases.record_ids[row.record],
            relation=row.relation.name.lower(),
        )

    def _diseases(self, ranking: Ranking) -> list[a.DiseaseAnswer]:
        contributions = sum(len(disease.contributions) for disease in ranking.diseases)
        rows = max(1, min(MOST_ROWS, MOST_ROWS_IN_ANSWER // max(contributions, 1)))
        return [self.disease(disease, rows) for disease in ranking.diseases]

    def _contribution(self, part: Contribution, most: int) -> a.ContributionAnswer:
        return a.ContributionAnswer(
            feature=part.feature,
            label=self.wording.label(part.feature),
            match=part.match,
            through=part.through,
            through_label=self.wording.label(part.through) if part.through else None,
            nats=part.nats,
            by_name=part.by_name,
            words=self.wording.match(part),
            rows_total=len(part.rows),
            rows=[self.annotation(self.knowledge.annotations.row(row)) for row in self._telling(part.rows)[:most]],
        )

    def _telling(self, rows: Sequence[int]) -> list[int]:
        """Row numbers, the disease's own before lent ones, then the more frequent."""
        if len(rows) < 2:
            return list(rows)
        numbers = np.asarray(rows, np.int64)
        frequency = np.nan_to_num(self.knowledge.annotations.frequency[numbers])
        order = np.lexsort((numbers, -frequency, self.knowledge.annotations.relations[numbers]))
        told: list[int] = numbers[order].tolist()
        return told

    def _span(self, mention: Mention, span: Evidence) -> a.MentionAnswer:
        assert isinstance(span, TextSpan)
        return a.MentionAnswer(
            id=mention.type,
            label=self.wording.label(mention.type),
            assertion=mention.assertion,
            start=span.start,
            end=span.end,
            text=span.text,
            section=span.section,
            onset=mention.onset,
            severity=mention.severity,
            reading=mention.reading,
        )


def abstention(given: Abstention | None) -> a.AbstentionAnswer | None:
    """An abstention as it is."""
    if given is None:
        return None
    return a.AbstentionAnswer(reader=given.reader, reason=given.reason, mend=given.mend)


def mention(given: Mention) -> a.SourcedMentionAnswer:
    """One source saying one thing."""
    return a.SourcedMentionAnswer(assertion=given.assertion, evidence=_evidence(given.evidence), reading=given.reading)


def _is_span(given: Mention) -> bool:
    return isinstance(given.evidence, TextSpan)


def _evidence(given: Evidence) -> a.EvidenceAnswer:
    if isinstance(given, TextSpan):
        return a.EvidenceAnswer(
            note=given.note, start=given.start, end=given.end, text=given.text, section=given.section
        )
    if isinstance(given, ImageRegion):
        return a.EvidenceAnswer(photo=given.photo, box=given.box)
    return a.EvidenceAnswer(by=given.by)


def _feature(feature: PhenotypicFeature) -> a.FeatureAnswer:
    return a.FeatureAnswer(
        id=feature.type,
        label=feature.label,
        assertion=feature.assertion,
        excluded=feature.excluded,
        weight=feature.weight,
        mentions=[mention(given) for given in feature.mentions],
        conflicts=[mention(given) for given in feature.conflicts],
        implied_by=list(feature.implied_by),
        onset=feature.onset,
        severity=feature.severity,
        replaces=feature.replaces,
    )


def _test(test: TestSuggestion) -> a.TestAnswer:
    return a.TestAnswer(
        code=test.code,
        name=test.name,
        modality=test.modality,
        genes=list(test.genes),
        covers=[
            a.CoveredAnswer(
                disease=covered.disease, name=covered.name, posterior=covered.posterior, genes=list(covered.genes)
            )
            for covered in test.covers
        ],
        covers_more=test.covers_more,
        cannot_see=list(test.cannot_see),
        cost=test.cost,
        reason=test.reason,
        sources=[a.SourceAnswer(citation=source.citation, verified=source.verified) for source in test.sources],
    )
