"""A ranking in words: each reason with its statements, what to look for, what to ask next, and the genes implied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from matching.look_for import FREQUENT
from matching.report import (
    Bearing,
    CircumstanceAddend,
    Contribution,
    Described,
    Frequency,
    GeneDisease,
    ImpliedGene,
    LikenessAddend,
    Match,
    NextFeature,
    PriorAddend,
    RankedDisease,
    Ranking,
    UnmentionedFeature,
)
from ontology.knowledge import Knowledge
from service.adding_up import hundredths
from service.models import explanations as e
from service.models.unchecked import unchecked
from service.naming import Naming
from service.phrases import Phrases
from service.statements import Statements
from service.wording import Wording

#: Statements shown behind one contribution; a superterm met high up in the graph may have hundreds below it.
MOST_ROWS = 12
#: Statements in one answer. An ordinary one (30 findings, 50 diseases) has fewer; 500 findings against 100 diseases
#: would hold half a million, 80 MB of JSON and 20 s of work, measured on the release of 2026-06.
MOST_ROWS_IN_ANSWER = 20_000
#: Statements behind one feature to look for, and references of one mode of inheritance.
MOST_ROWS_TO_LOOK_FOR = 3
MOST_REFERENCES = 5

#: What an answer has hundreds of, of values that are typed here.
_Contribution = unchecked(e.ContributionAnswer)
_Described = unchecked(e.DescribedAnswer)
_LookFor = unchecked(e.LookForAnswer)
_Bearing = unchecked(e.BearingAnswer)
_GeneDisease = unchecked(e.GeneDiseaseAnswer)
_Inheritance = unchecked(e.InheritanceAnswer)


@dataclass(frozen=True, slots=True)
class RankingTranslator:
    """Puts the reasons of one ranking into answers, in one language."""

    knowledge: Knowledge
    wording: Wording
    naming: Naming
    phrases: Phrases

    @classmethod
    def of(cls, knowledge: Knowledge, wording: Wording) -> RankingTranslator:
        """In the language of `wording`; to be kept, for what it keeps."""
        return cls(knowledge, wording, wording.naming, Phrases.made(knowledge, wording))

    def diseases(self, ranking: Ranking) -> list[e.DiseaseAnswer]:
        """Every disease with its reasons, the statements of all of them bounded together."""
        contributions = sum(len(disease.contributions) for disease in ranking.diseases)
        rows = max(1, min(MOST_ROWS, MOST_ROWS_IN_ANSWER // max(contributions, 1)))
        statements = self._statements(ranking.diseases, rows)
        return [self._disease(disease, rows, statements) for disease in ranking.diseases]

    def disease(self, disease: RankedDisease) -> e.DiseaseAnswer:
        """A disease at its rank, with its reasons."""
        return self._disease(disease, MOST_ROWS, self._statements([disease], MOST_ROWS))

    def _statements(self, diseases: Sequence[RankedDisease], most: int) -> Statements:
        """All that the diseases show: at most so many statements behind each reason."""
        asked = [(part.rows, most) for disease in diseases for part in disease.contributions]
        asked += [(feature.rows, MOST_ROWS_TO_LOOK_FOR) for disease in diseases for feature in disease.look_for]
        asked += [(part.rows, MOST_ROWS_TO_LOOK_FOR) for disease in diseases for part in disease.circumstances]
        return Statements.of(self.knowledge, self.phrases, self.naming, asked)

    def _disease(self, disease: RankedDisease, most: int, statements: Statements) -> e.DiseaseAnswer:
        shown, total = hundredths(disease.addends, disease.score)
        parts = list(zip(disease.contributions, shown, strict=False))
        taken = zip(disease.circumstances, shown[len(parts) :], strict=False)
        after = shown[len(parts) + len(disease.circumstances) :]
        return e.DiseaseAnswer(
            id=disease.id,
            also=list(disease.also),
            name=self.naming.disease(disease.id, disease.name),
            name_en=self.naming.disease_en(disease.id, disease.name),
            score=disease.score,
            shown=total / 100,
            rank=disease.rank,
            tied_with=disease.tied_with,
            probability=disease.probability,
            confidence=self.wording.confidence(disease.probability),
            borrowed=disease.borrowed,
            from_kin=round(disease.from_kin, 4),
            from_kin_words=self.wording.from_kin(disease.from_kin),
            contributions=[self._contribution(part, worth / 100, most, statements) for part, worth in parts],
            unexplained=list(disease.unexplained),
            contradictions=[self._contradiction(part) for part in disease.contradictions],
            look_for=[self._look_for(feature, statements) for feature in disease.look_for],
            look_for_more=disease.look_for_more,
            circumstances=[self._circumstance(part, worth / 100, statements) for part, worth in taken],
            likeness=None if disease.likeness is None else self._likeness(disease.likeness, after[0]),
            prior=None if disease.prior is None else _prior(disease.prior, shown[-1]),
        )

    def next_feature(self, feature: NextFeature) -> e.NextFeatureAnswer:
        """A question, and what the answer would tell."""
        label = self.wording.label(feature.term)
        definition = self.knowledge.terms.definitions[self.knowledge.terms.position(feature.term)]
        return e.NextFeatureAnswer(
            id=feature.term,
            label=label,
            label_en=self.naming.label_en(feature.term),
            question=self.wording.question(feature.term, feature.bedside),
            definition=definition or None,
            nats=feature.nats,
            bits=feature.nats / log(2),
            present=feature.present,
            bedside=feature.bedside,
            speaks_for=[self._bearing(each) for each in feature.speaks_for],
            speaks_against=[self._bearing(each) for each in feature.speaks_against],
        )

    def gene(self, gene: ImpliedGene) -> e.ImpliedGeneAnswer:
        """A gene with its likeliest diseases."""
        return e.ImpliedGeneAnswer(
            symbol=gene.symbol,
            ncbi_id=gene.ncbi_id,
            belief=gene.belief,
            rank=gene.rank,
            tied_with=gene.tied_with,
            diseases=[self._of_disease(each) for each in gene.diseases],
            diseases_more=gene.diseases_more,
        )

    def _contribution(
        self, part: Contribution, shown: float, most: int, statements: Statements
    ) -> e.ContributionAnswer:
        kin = [statements.related(id) for id in part.kin]
        feature = self.phrases.of(part.feature)
        through = self.phrases.of(part.through) if part.through else None
        frequency = self._seen(part.frequency) if part.frequency else None
        return _Contribution(
            feature=part.feature,
            label=feature.label,
            label_en=feature.label_en,
            match=part.match,
            through=part.through,
            through_label=through.label if through else None,
            through_label_en=through.label_en if through else None,
            nats=part.nats,
            shown=shown,
            by_name=part.by_name,
            described=[self._described(entry) for entry in part.described],
            kin=kin,
            kin_more=part.kin_more,
            frequency=frequency,
            words=self._met(part, kin, frequency),
            rows_total=len(part.rows),
            rows=statements.answers((part.rows, most), of_kin=bool(part.kin)),
        )

    def _met(self, part: Contribution, kin: Sequence[e.RelatedAnswer], seen: e.FrequencyAnswer | None) -> str:
        often = None if seen is None or seen.share is None else seen.words
        plain = part.rows or part.match is not Match.EXCLUDED_MEETS_PRESENT
        if plain and not (kin or part.by_name or part.described):
            return self.phrases.met(part.match, part.through, often)
        return self.wording.match(part, [each.name for each in kin], often)

    def _contradiction(self, part: Contribution) -> e.ContradictionAnswer:
        through = part.through or part.feature
        return e.ContradictionAnswer(
            feature=part.feature,
            label=self.wording.label(part.feature),
            label_en=self.naming.label_en(part.feature),
            match=part.match,
            through=through,
            through_label=self.wording.label(through),
            through_label_en=self.naming.label_en(through),
            frequent=bool(part.frequency and (part.frequency.share or 0) >= FREQUENT),
            nats=part.nats,
            words=self.wording.match(part),
        )

    def _circumstance(self, part: CircumstanceAddend, shown: float, statements: Statements) -> e.CircumstanceAnswer:
        return e.CircumstanceAnswer(
            kind=part.kind,
            nats=part.nats,
            shown=shown,
            words=self.wording.circumstance(part),
            terms=list(part.terms),
            entries=list(part.entries),
            rows=statements.answers((part.rows, MOST_ROWS_TO_LOOK_FOR)),
        )

    def _likeness(self, given: LikenessAddend, shown: int) -> e.LikenessAnswer:
        return e.LikenessAnswer(
            nats=given.nats,
            shown=shown / 100,
            words=self.wording.likeness(given),
            rank=given.rank,
            cases=given.cases,
            photos=given.photos,
            evaluated=given.evaluated,
        )

    def _look_for(self, feature: UnmentionedFeature, statements: Statements) -> e.LookForAnswer:
        term = self.phrases.of(feature.term)
        return _LookFor(
            id=term.id,
            label=term.label,
            label_en=term.label_en,
            information=feature.content,
            frequency=self._seen(feature.frequency),
            rows=statements.answers((feature.rows, MOST_ROWS_TO_LOOK_FOR)),
        )

    def _seen(self, given: Frequency) -> e.FrequencyAnswer:
        return self.phrases.frequency(given.share, given.affected, given.examined)

    def _of_disease(self, given: GeneDisease) -> e.GeneDiseaseAnswer:
        return _GeneDisease(
            disease=given.disease,
            name=self.naming.disease(given.disease, given.name),
            name_en=self.naming.disease_en(given.disease, given.name),
            belief=given.belief,
            association=given.association,
            source=given.source,
            dated=given.dated,
            inheritance=self._inheritance(given.inheritance),
            inheritance_of="disease",
        )

    def _inheritance(self, rows: Sequence[int]) -> list[e.InheritanceAnswer]:
        """Each mode once, with who says so."""
        said: dict[int, dict[str, None]] = {}
        annotations = self.knowledge.annotations
        for row in rows:
            if not annotations.excluded[row]:
                cited = (annotations.reference_ids[int(each)] for each in annotations.references[row])
                said.setdefault(int(annotations.terms[row]), {}).update(dict.fromkeys(cited))
        modes = ((self.phrases.at(term), list(references)) for term, references in said.items())
        return [
            _Inheritance(id=mode.id, label=mode.label, label_en=mode.label_en, references=references[:MOST_REFERENCES])
            for mode, references in modes
        ]

    def _described(self, given: Described) -> e.DescribedAnswer:
        return _Described(
            id=given.id,
            name=self.naming.disease(given.id, given.name),
            name_en=self.naming.disease_en(given.id, given.name),
            in_definition=given.in_definition,
            relation=given.relation.name.lower(),
        )

    def _bearing(self, given: Bearing) -> e.BearingAnswer:
        return _Bearing(
            disease=given.disease,
            name=self.naming.disease(given.disease, given.name),
            name_en=self.naming.disease_en(given.disease, given.name),
            frequency=given.frequency,
            belief=given.belief,
            if_present=given.if_present,
            if_absent=given.if_absent,
        )


def _prior(given: PriorAddend, shown: int) -> e.PriorAnswer:
    return e.PriorAnswer(nats=given.nats, shown=shown / 100, people=given.people, stated=given.stated or None)
