"""What says that diseases have a feature, looked up by disease and term: rows, words, and rows of their kin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce

import numpy as np

from matching.frequency import spans, superterms
from matching.lm.model import LanguageModel
from matching.lm.told import Voice
from ontology.annotations import Aspect
from ontology.arrays import Bools, Bytes, Ints, Longs
from ontology.knowledge import Knowledge


class Say(IntEnum):
    """Who says that a disease has a feature; what `sources` of Statements then holds. Kin come last."""

    ROW = 0  # an annotation row of the disease: its number
    NAME = 1  # a name of the disease: nothing
    ENTRY_NAME = 2  # a name of an Orphanet entry: its index in Descriptions
    DEFINITION = 3  # the definition of an Orphanet entry: its index in Descriptions
    KIN = 4  # an annotation row of a related disease: its number


#: Who speaks in Told, by Voice; a doubtful definition is shown as the words it is.
_SAID_BY = {
    Voice.NAME: Say.NAME,
    Voice.ENTRY_NAME: Say.ENTRY_NAME,
    Voice.DEFINITION: Say.DEFINITION,
    Voice.DOUBTFUL_DEFINITION: Say.DEFINITION,
}
_SAY_OF_VOICE = np.array([_SAID_BY[voice] for voice in Voice], np.int8)
_SAY_OF_VOICE.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Statements:
    """What says that some diseases have a feature: of one disease rows, then words, then kin.

    owners   int64 (statements,)  index into the diseases asked for
    says     int8  (statements,)  Say
    sources  int64 (statements,)  row or entry, -1 for a name
    terms    int32 (statements,)  phenotype term
    """

    owners: Longs
    says: Bytes
    sources: Longs
    terms: Ints

    def take(self, which: Longs) -> Statements:
        """Those at the indices `which`."""
        return Statements(self.owners[which], self.says[which], self.sources[which], self.terms[which])

    def followed_by(self, others: Statements) -> Statements:
        """These, and then `others`."""
        return Statements(
            np.concatenate([self.owners, others.owners]),
            np.concatenate([self.says, others.says]),
            np.concatenate([self.sources, others.sources]),
            np.concatenate([self.terms, others.terms]),
        )

    @classmethod
    def together(cls, parts: Sequence[Statements]) -> Statements:
        """All of them, by disease; of one disease in the order of `parts`."""
        whole = reduce(Statements.followed_by, parts)
        return whole.take(np.argsort(whole.owners, kind="stable"))


@dataclass(frozen=True, slots=True)
class Index:
    """Statements by disease and term; those of the pair with the key k, owner * terms + term, are `places[k]`."""

    statements: Statements
    places: Mapping[int, slice]

    @classmethod
    def of(cls, statements: Statements, keys: Longs) -> Index:
        """`keys` int64 (statements,), equal ones together."""
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        cuts = [*starts.tolist(), len(keys)]
        return cls(statements, dict(zip(keys[starts].tolist(), map(slice, cuts, cuts[1:]), strict=False)))


def index_at(itself: Statements, kin: Statements, asked: Bools, width: int) -> Index:
    """What speaks of each asked term itself: of kin only where nothing is said of the disease itself."""
    own = itself.take(np.flatnonzero(asked[itself.terms]))
    kin = kin.take(np.flatnonzero(asked[kin.terms]))
    own_keys, kin_keys = own.owners * width + own.terms, kin.owners * width + kin.terms
    order = np.argsort(own_keys, kind="stable")
    own, own_keys = own.take(order), own_keys[order]
    left = np.flatnonzero(~_among(kin_keys, own_keys))
    left = left[np.argsort(kin_keys[left], kind="stable")]
    return Index.of(own.followed_by(kin.take(left)), np.concatenate([own_keys, kin_keys[left]]))


def index_below(knowledge: Knowledge, itself: Statements, kin: Statements, asked: Bools) -> Index:
    """What speaks of each asked term or anything below it: of kin only where nothing is said of the disease itself.

    Kin say a thing many times over, so that what they can speak of is found first, and their statements after.
    """
    width, ancestors = len(knowledge.terms), knowledge.terms.ancestors
    above, of = superterms(ancestors, itself.terms)
    wanted = np.flatnonzero(asked[above])
    keys = itself.owners[of[wanted]] * width + above[wanted]
    order = np.argsort(keys, kind="stable")
    own, own_keys = itself.take(of[wanted[order]]), keys[order]

    pairs = kin.owners * width + kin.terms
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    starts = np.flatnonzero(np.diff(pairs, prepend=-1))
    above, of = superterms(ancestors, (pairs[starts] % width).astype(np.int32))
    keys = pairs[starts[of]] // width * width + above
    left = np.flatnonzero(asked[above] & ~_among(keys, own_keys))
    at, which = spans(np.append(starts, len(pairs)), of[left])
    at, keys = order[at], keys[left[which]]
    order = np.lexsort((at, keys))
    return Index.of(own.followed_by(kin.take(at[order])), np.concatenate([own_keys, keys[order]]))


def _among(keys: Longs, of: Longs) -> Bools:
    """Which of `keys` are among `of`; bool (keys,)."""
    there = np.zeros(max(int(keys.max(initial=0)), int(of.max(initial=0))) + 1, np.bool_)
    there[of] = True
    among: Bools = there[keys]
    return among


def of_rows(knowledge: Knowledge, diseases: Ints) -> tuple[Statements, Longs, Longs]:
    """What annotation rows say; then the rows that say that a feature was not seen, and whose they are."""
    numbers, owners = spans(knowledge.annotations.pointers, diseases)
    seen, unseen = _seen(knowledge, numbers)
    terms = knowledge.annotations.terms[numbers[seen]]
    return Statements(owners[seen], _all(Say.ROW, seen), numbers[seen], terms), numbers[unseen], owners[unseen]


def of_words(model: LanguageModel, diseases: Ints) -> Statements:
    """What names and definitions say."""
    at, owners = spans(model.told.terms.pointers, diseases)
    said_by = _SAY_OF_VOICE[model.told.voices[at]]
    return Statements(owners, said_by, model.told.entries[at].astype(np.int64), model.told.terms.values[at])


def of_kin(knowledge: Knowledge, model: LanguageModel, diseases: Ints) -> Statements:
    """Rows of related diseases that speak of what kin let expect of these."""
    annotations, width = knowledge.annotations, len(knowledge.terms)
    pairs, height = [], len(knowledge.diseases)
    for kind in model.families.kinds():
        at, owners = spans(kind.pointers, diseases)
        pairs.append(owners * height + kind.values[at])
    owners, kin = np.divmod(np.unique(np.concatenate(pairs)), height)
    numbers, at = spans(annotations.pointers, kin)
    owners = owners[at]
    seen, _ = _seen(knowledge, numbers)
    at, expecting = spans(model.expected.pointers, diseases)
    expected = expecting * width + model.expected.values[at]  # ascending
    keys = owners * width + annotations.terms[numbers]
    kept = seen & _among(keys, expected)
    return Statements(owners[kept], _all(Say.KIN, kept), numbers[kept], annotations.terms[numbers[kept]])


def _all(say: Say, kept: Bools) -> Bytes:
    return np.full(int(np.count_nonzero(kept)), say, np.int8)


def _seen(knowledge: Knowledge, numbers: Longs) -> tuple[Bools, Bools]:
    """Which of these rows say that a phenotypic abnormality was seen, and which that it was not; bool (rows,)."""
    annotations = knowledge.annotations
    terms = annotations.terms[numbers]
    phenotype = (annotations.aspects[numbers] == Aspect.PHENOTYPE) & knowledge.terms.is_phenotype[terms]
    unseen = annotations.excluded[numbers] | (annotations.frequency[numbers] == 0)
    return phenotype & ~unseen, phenotype & unseen
