"""From the values of matching to the JSON of the service; words are put to them here, and nothing is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from types import MappingProxyType

from matching.genetic_tests.proposal import TestPlan
from matching.rankers import DEFAULT
from matching.report import (
    Notice,
    NoticeKind,
    PhenotypicFeature,
    RankedDisease,
    Ranking,
    Report,
)
from nlp.readers import NoteReaders
from nlp.reading import Reading
from ontology.annotations import Aspect
from ontology.features import Abstention, Mention, TextSpan
from ontology.knowledge import Knowledge
from service.catalogues import DICTIONARIES
from service.definitions import descriptions
from service.models import answers as a
from service.models import explanations as e
from service.naming import Naming
from service.statements import in_words
from service.translate_mentions import MentionTranslator
from service.translate_ranking import RankingTranslator
from service.translate_tests import PlanTranslator
from service.wording import Wording


@dataclass(frozen=True, slots=True)
class Translator:
    """Puts values of one release into answers, in one language.

    `rankings` do so for rankings, in each language; `symbols` are the genes that the release knows.
    """

    knowledge: Knowledge
    wording: Wording
    rankings: Mapping[str, RankingTranslator]
    symbols: frozenset[str]

    @classmethod
    def of(cls, knowledge: Knowledge, language: str = "en") -> Translator:
        """Answers about `knowledge` in `language`."""
        wording = Wording.of(knowledge, language)
        rankings = {known: RankingTranslator.of(knowledge, wording.into(known)) for known in DICTIONARIES}
        return cls(knowledge, wording, MappingProxyType(rankings), frozenset(knowledge.genes.symbols))

    def speaking(self, language: str) -> Translator:
        """Itself in another language, one of DICTIONARIES."""
        return self if language == self.wording.language else replace(self, wording=self.wording.into(language))

    def disease(self, disease: RankedDisease) -> e.DiseaseAnswer:
        """A disease at its rank, with its reasons."""
        return self._rankings.disease(disease)

    @property
    def naming(self) -> Naming:
        """Names of terms and diseases in the language of the answers."""
        return self.wording.naming

    @property
    def _rankings(self) -> RankingTranslator:
        return self.rankings[self.wording.language]

    @property
    def _mentions(self) -> MentionTranslator:
        return MentionTranslator(self.wording)

    @property
    def _tests(self) -> PlanTranslator:
        return PlanTranslator.of(self.wording, self.symbols)

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
            features=[self._mentions.in_note(each, each.evidence) for each in reading.mentions if _is_span(each)],
            abstention=self.abstention(reading.abstention),
            notices=self.notices(()) or None,
            knowledge=self.release(),
        )

    def ranking(self, ranking: Ranking, notices: Sequence[Notice], id: str | None) -> a.RankAnswer:
        """A ranking, with what is to be told beside it."""
        told = (*notices, Notice(NoticeKind.TOO_FEW_FINDINGS)) if ranking.too_few_findings else notices
        told = told if ranking.ranker == DEFAULT else (*told, Notice(NoticeKind.NO_PROBABILITY))
        told = told if ranking.stands_out or ranking.confidence is None else (*told, Notice(NoticeKind.NONE_STANDS_OUT))
        return a.RankAnswer(
            id=id,
            language=self.wording.language,
            diseases=self._rankings.diseases(ranking),
            considered=ranking.considered,
            findings=ranking.findings,
            next_features=[self._rankings.next_feature(each) for each in ranking.next_features],
            genes=[self._rankings.gene(each) for each in ranking.genes],
            ranker=ranking.ranker,
            confidence=ranking.confidence,
            stands_out=ranking.stands_out,
            notices=self.notices(told),
            knowledge=self.release(),
        )

    def suggestions(self, plan: TestPlan, notices: Sequence[Notice], id: str | None) -> a.SuggestAnswer:
        """Tests, with what is to be told beside them."""
        return a.SuggestAnswer(
            id=id,
            **dict(self._tests.plan(plan)),
            notices=self.notices(notices),
            knowledge=self.release(),
        )

    def report(self, report: Report) -> a.ReportAnswer:
        """The whole report, a draft."""
        return a.ReportAnswer(
            case=report.case,
            language=self.wording.language,
            features=[self._feature(feature) for feature in report.features],
            diseases=self._rankings.diseases(report.ranking),
            considered=report.ranking.considered,
            findings=report.ranking.findings,
            next_features=[self._rankings.next_feature(each) for each in report.ranking.next_features],
            genes=[self._rankings.gene(each) for each in report.ranking.genes],
            confidence=report.ranking.confidence,
            stands_out=report.ranking.stands_out,
            **dict(self._tests.plan(report.tests)),
            abstentions=[answer for given in report.abstentions if (answer := self.abstention(given))],
            notices=self.notices(report.notices),
            dismissed=[self._feature(feature) for feature in report.dismissed],
            knowledge=self.release(),
            software=f"Phenomap {_version()}, {report.ranking.ranker}",
        )

    def mention(self, given: Mention) -> a.SourcedMentionAnswer:
        """One source saying one thing."""
        return self._mentions.sourced(given)

    def abstention(self, given: Abstention | None) -> a.AbstentionAnswer | None:
        """An abstention in words; None where there is none."""
        if given is None:
            return None
        reason, mend = self.wording.abstention(given)
        return a.AbstentionAnswer(reader=given.reader, reason=reason, mend=mend)

    def notices(self, notices: Iterable[Notice]) -> list[a.NoticeAnswer]:
        """Notices in words; what an abstention says already is not said twice."""
        told = [*notices]
        if self.wording.language != "en":
            told.append(Notice(NoticeKind.NAMES_IN_ENGLISH))
        if self.naming.unchecked:
            told.append(Notice(NoticeKind.NAMES_UNCHECKED))
        return [
            a.NoticeAnswer(kind=notice.kind, terms=list(notice.terms), words=self.wording.notice(notice))
            for notice in told
            if notice.kind is not NoticeKind.READER_ABSTAINED
        ]

    def disease_record(self, position: int, readers: NoteReaders) -> a.DiseaseRecordAnswer:
        """All that the release holds of one disease; `readers` find the features in its definition."""
        diseases = self.knowledge.diseases
        rows = self.knowledge.annotations.rows_of(position)
        aspects = self.knowledge.annotations.aspects[rows.start : rows.stop].tolist()
        of: dict[Aspect, list[e.AnnotationAnswer]] = {aspect: [] for aspect in Aspect}
        for aspect, told in zip(aspects, in_words(self.knowledge, self._rankings.phrases, rows), strict=True):
            of[Aspect(aspect)].append(told)
        pairs = zip(diseases.ids(position), diseases.names(position), strict=True)
        return a.DiseaseRecordAnswer(
            id=diseases.id(position),
            name=self.naming.disease(diseases.id(position), diseases.name(position)),
            name_en=self.naming.disease_en(diseases.id(position), diseases.name(position)),
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
            descriptions=descriptions(self.knowledge, self.naming, readers, position),
            notices=self.notices(()) or None,
            knowledge=self.release(),
        )

    def _feature(self, feature: PhenotypicFeature) -> a.FeatureAnswer:
        return a.FeatureAnswer(
            id=feature.type,
            label=self.naming.label(feature.type),
            label_en=self.naming.label_en(feature.type),
            assertion=feature.assertion,
            excluded=feature.excluded,
            weight=feature.weight,
            mentions=[self.mention(given) for given in feature.mentions],
            conflicts=[self.mention(given) for given in feature.conflicts],
            implied_by=list(feature.implied_by),
            onset=feature.onset,
            severity=feature.severity,
            replaces=feature.replaces,
        )


@lru_cache(maxsize=1)
def _version() -> str:
    return version("phenomap")


def _is_span(given: Mention) -> bool:
    return isinstance(given.evidence, TextSpan)
