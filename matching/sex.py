"""What speaks against a disease in a patient of this sex: how it is inherited, and features stated of the other sex.

Measured on the open published cases, leave-publication-out: of 2,344 girls and women none has a disease of which
X-linked recessive inheritance alone is stated, of 2,631 boys and men 1.4 % have; among the wrong diseases that stand
first it is 3 % for both. A female can have one all the same, by skewed X inactivation or a chromosome lost, so it costs
one nat, not all. X-linked inheritance without more, and dominant, tell nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.frequency import superterms
from matching.lm.query import Query
from matching.lm.told import Told
from matching.report import Circumstance, CircumstanceAddend
from ontology.annotations import Aspect, Relation, Sex
from ontology.arrays import Bools, Floats, Ints, Longs
from ontology.features import PatientSex
from ontology.knowledge import Knowledge
from ontology.natural_histories import Inheritance
from ontology.terms import Terms, UnknownTerm

#: The patient's sex takes at most this from a disease, for its inheritance or for a feature stated of the other sex;
#: meeting a feature or not differs by more. A choice on the safe side.
SEX_BOUND_NATS = 1.0
#: Modes of inheritance that spare one sex, where nothing else is stated.
_SPARES_FEMALES = {"HP:0001419": Inheritance.X_LINKED_RECESSIVE, "HP:0001450": Inheritance.Y_LINKED}
#: Qualifiers of inheritance by the sex that they spare: male-limited and female-limited expression.
_LIMITED = {PatientSex.FEMALE: "HP:0001475", PatientSex.MALE: "HP:0034344"}
_OTHER_SEX = {PatientSex.FEMALE: Sex.MALE, PatientSex.MALE: Sex.FEMALE}


@dataclass(frozen=True, slots=True)
class Spared:
    """What speaks against diseases in patients of one sex.

    inherited bool  (diseases,)  inherited in a way that spares this sex
    diseases  int32 (pairs,)     diseases with a feature that is stated of the other sex alone
    terms     int32 (pairs,)     the feature
    rows      int64 (pairs,)     an annotation row that states it
    """

    inherited: Bools
    diseases: Ints
    terms: Ints
    rows: Longs

    @classmethod
    def of(cls, knowledge: Knowledge, told: Told, sex: PatientSex, left_out: Bools | None = None) -> Spared:
        """Gather what is stated, but for the annotation rows in `left_out`, bool (rows,)."""
        use = ~knowledge.annotations.excluded
        use = use if left_out is None else use & ~left_out
        rows = _of_other_sex(knowledge, told, _OTHER_SEX[sex], use)
        owners = np.searchsorted(knowledge.annotations.pointers, rows, side="right") - 1
        return cls(_inherited(knowledge, sex, use), owners.astype(np.int32), knowledge.annotations.terms[rows], rows)

    def nats(self, query: Query, terms: Terms) -> Floats:
        """What the sex takes from each disease, float32 (diseases,), -SEX_BOUND_NATS or 0."""
        lost = self.inherited * np.float32(-SEX_BOUND_NATS)
        lost[self.diseases[self.met(query, terms)]] = -SEX_BOUND_NATS
        return lost

    def met(self, query: Query, terms: Terms) -> Longs:
        """Pairs whose feature the patient surely shows, itself or in a more specific form."""
        sure = query.present[query.weights >= 1].tolist()
        shown = {superterm for term in sure for superterm in terms.ancestors[term].tolist()}
        return np.array([at for at, term in enumerate(self.terms.tolist()) if term in shown], np.int64)

    def addend(
        self, knowledge: Knowledge, disease: int, nats: float, query: Query, sex: PatientSex
    ) -> CircumstanceAddend:
        """The contradiction in words: the mode of inheritance, or the features."""
        if not self.inherited[disease]:
            pairs = self.met(query, knowledge.terms)
            rows = self.rows[pairs][self.diseases[pairs] == disease].tolist()
            return _addend(Circumstance.FEATURE, nats, knowledge, rows, (), sex)
        said = knowledge.annotations.rows_of(disease)
        modes = {*_SPARES_FEMALES, *_LIMITED.values()}
        ids, aspects = knowledge.terms, knowledge.annotations.aspects
        rows = [row for row in said if aspects[row] == Aspect.INHERITANCE]
        rows = [row for row in rows if ids.id(int(knowledge.annotations.terms[row])) in modes]
        speak = [entry for entry in _entries(knowledge, disease) if knowledge.histories.modes[entry] > 0]
        entries = tuple(knowledge.descriptions.entry_ids[entry] for entry in speak)
        of_entries = {int(knowledge.histories.modes[entry]) for entry in speak}
        named = [id for id, mode in _SPARES_FEMALES.items() if mode in of_entries and _position(ids, id) < len(ids)]
        return _addend(Circumstance.INHERITANCE, nats, knowledge, rows, entries, sex, named)


def _addend(
    kind: Circumstance,
    nats: float,
    knowledge: Knowledge,
    rows: list[int],
    entries: tuple[str, ...],
    sex: PatientSex,
    named: Sequence[str] = (),
) -> CircumstanceAddend:
    """`named` are terms of what the entries state."""
    terms = dict.fromkeys((*(knowledge.terms.id(int(term)) for term in knowledge.annotations.terms[rows]), *named))
    return CircumstanceAddend(kind, nats, tuple(terms), tuple(rows), entries, sex=sex)


def _inherited(knowledge: Knowledge, sex: PatientSex, use: Bools) -> Bools:
    """Diseases inherited in a way that spares patients of `sex`; bool (diseases,)."""
    annotations = knowledge.annotations
    rows = np.flatnonzero((np.asarray(annotations.aspects) == Aspect.INHERITANCE) & use)
    owners = np.searchsorted(annotations.pointers, rows, side="right") - 1
    limited = np.zeros(len(knowledge.diseases), np.bool_)
    limited[owners[annotations.terms[rows] == _position(knowledge.terms, _LIMITED[sex])]] = True
    if sex is PatientSex.MALE:
        return limited
    mode = np.full(len(knowledge.terms) + 1, Inheritance.AUTOSOMAL, np.int8)  # whatever does not spare females
    for id, spares in _SPARES_FEMALES.items():
        mode[_position(knowledge.terms, id)] = spares
    modes = np.zeros(len(knowledge.diseases), np.int8)
    np.bitwise_or.at(modes, owners, mode[annotations.terms[rows]])
    described = knowledge.descriptions.of_disease
    of_entry = np.repeat(np.arange(len(described)), np.diff(described.pointers))
    same = knowledge.descriptions.relations <= Relation.EXACT
    np.bitwise_or.at(modes, of_entry[same], knowledge.histories.modes[described.values[same]])
    spared: Bools = limited | (modes == Inheritance.X_LINKED_RECESSIVE) | (modes == Inheritance.Y_LINKED)
    return spared


def _of_other_sex(knowledge: Knowledge, told: Told, other: Sex, use: Bools) -> Longs:
    """Rows that state a feature of the `other` sex, where nothing states it, or a form of it, of both."""
    annotations, terms = knowledge.annotations, knowledge.terms
    speaks = (np.asarray(annotations.aspects) == Aspect.PHENOTYPE) & use & ~(annotations.frequency == 0)
    rows = np.flatnonzero(speaks & (annotations.sexes == other))
    owners = np.searchsorted(annotations.pointers, rows, side="right") - 1
    alone = np.zeros(len(rows), np.bool_)
    for disease in np.unique(owners).tolist():
        span = slice(int(annotations.pointers[disease]), int(annotations.pointers[disease + 1]))
        of_both = annotations.terms[span][speaks[span] & (annotations.sexes[span] != other)]
        above, _ = superterms(terms.ancestors, np.concatenate([of_both, told.terms[disease]]))
        held = owners == disease
        alone[held] = ~np.isin(annotations.terms[rows[held]], above)
    return rows[alone]


def _entries(knowledge: Knowledge, disease: int) -> list[int]:
    """Orphanet entries that are the disease."""
    described = knowledge.descriptions.of_disease
    links = slice(int(described.pointers[disease]), int(described.pointers[disease + 1]))
    found: list[int] = described.values[links][knowledge.descriptions.relations[links] <= Relation.EXACT].tolist()
    return found


def _position(terms: Terms, id: str) -> int:
    """Position of a term, the number of terms where this release has none."""
    try:
        return terms.position(id)
    except UnknownTerm:
        return len(terms)
