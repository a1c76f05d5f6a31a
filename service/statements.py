"""Annotation rows in words: those of a whole answer are read together, and each is put into words once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import isnan

import numpy as np

from matching.frequency import spans
from ontology.annotations import EvidenceCode, Relation, Sex
from ontology.arrays import Longs
from ontology.knowledge import Knowledge
from service.models import explanations as e
from service.models.unchecked import unchecked
from service.naming import Naming
from service.phrases import Phrases

#: Statements behind one feature, and how many of them to show at most.
Asked = tuple[tuple[int, ...], int]


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one answer. `shown` are the rows shown of those asked for; `of_row` their words, by row."""

    shown: dict[Asked, list[int]]
    of_row: dict[int, e.AnnotationAnswer]
    related: Callable[[str], e.RelatedAnswer]

    @classmethod
    def of(cls, knowledge: Knowledge, phrases: Phrases, naming: Naming, asked: Iterable[Asked]) -> Statements:
        """Read all that an answer asks for; the disease's own rows go before lent ones, then the more frequent."""
        wanted = list(dict.fromkeys(asked))
        shown = dict(zip(wanted, _most_telling(knowledge, wanted), strict=True))
        rows = list(dict.fromkeys(row for each in shown.values() for row in each))
        answers = dict(zip(rows, in_words(knowledge, phrases, rows), strict=True))

        @cache
        def related(id: str) -> e.RelatedAnswer:
            position = knowledge.diseases.position(id)
            main, name = knowledge.diseases.id(position), knowledge.diseases.name(position)
            return e.RelatedAnswer(id=main, name=naming.disease(id, name), name_en=naming.disease_en(id, name))

        return cls(shown, answers, related)

    def answers(self, asked: Asked, of_kin: bool = False) -> list[e.AnnotationAnswer]:
        """What was asked for, in words; where the rows are a related disease's, with the name of that."""
        found = [self.of_row[row] for row in self.shown[asked]]
        if not of_kin:
            return found
        return [each.model_copy(update={"related": self.related(each.record)}) for each in found]


def in_words(knowledge: Knowledge, phrases: Phrases, rows: Sequence[int]) -> Iterator[e.AnnotationAnswer]:
    """Each of `rows`, row numbers in Annotations, in words and in the order given."""
    of = knowledge.annotations
    numbers = np.asarray(rows, np.int64)
    record_id = cache(knowledge.diseases.record_ids.__getitem__)
    columns = (
        of.terms,
        of.excluded,
        of.frequency,
        of.affected,
        of.examined,
        of.onsets,
        of.sexes,
        of.evidence,
        of.records,
        of.relations,
    )
    values = zip(*(column[numbers].tolist() for column in columns), _references(knowledge, numbers), strict=True)
    for at, excluded, share, n, m, onset, sex, evidence, record, relation, references in values:
        term = phrases.at(at)
        counted = (None, None) if m < 0 else (n, m)
        frequency = phrases.frequency(None if isnan(share) else share, *counted)
        yield _Annotation(
            id=term.id,
            label=term.label,
            label_en=term.label_en,
            excluded=excluded,
            frequency=frequency.share,
            affected=frequency.affected,
            examined=frequency.examined,
            frequency_words=frequency.words,
            onset=None if onset < 0 else phrases.at(onset).label,
            sex=_SEX[sex],
            evidence=_EVIDENCE[evidence],
            references=references,
            record=record_id(record),
            relation=_RELATION[relation],
        )


_Annotation = unchecked(e.AnnotationAnswer)
_SEX = tuple(None if sex is Sex.ANY else sex.name.lower() for sex in Sex)
_EVIDENCE = tuple(code.name for code in EvidenceCode)
_RELATION = tuple(relation.name.lower() for relation in Relation)


def _references(knowledge: Knowledge, numbers: Longs) -> Iterator[list[str]]:
    """The references of each row."""
    references = knowledge.annotations.references
    at, _ = spans(references.pointers, numbers)
    cited = knowledge.annotations.reference_ids.several(references.values[at])
    stops = np.cumsum(references.pointers[numbers + 1] - references.pointers[numbers]).tolist()
    yield from (cited[start:stop] for start, stop in pairwise([0, *stops]))


def _most_telling(knowledge: Knowledge, asked: Sequence[Asked]) -> Iterator[list[int]]:
    """Of each set of rows those to show: the disease's own before lent ones, then the more frequent."""
    sizes = np.array([len(rows) for rows, _ in asked], np.int64)
    numbers = np.array([row for rows, _ in asked for row in rows], np.int64)
    group = np.repeat(np.arange(len(asked)), sizes)
    frequency = np.nan_to_num(knowledge.annotations.frequency[numbers])
    order = np.lexsort((numbers, -frequency, knowledge.annotations.relations[numbers], group))
    ordered = numbers[order].tolist()
    for (_, most), stop, size in zip(asked, np.cumsum(sizes).tolist(), sizes.tolist(), strict=True):
        start = stop - size
        yield ordered[start : min(stop, start + most)]
