"""What the family and the sex say about how a disease is inherited, taken into the belief.

Each fact multiplies the belief in diseases inherited in one way by a factor; the facts of one disease multiply, within
FAMILY_BOUND either way. A disease of which several modes are stated takes the mean of their factors, one of which none
is stated keeps its belief. Then the belief sums to 1 again. What nobody asked, or what is denied, changes nothing.

The factors are likelihood ratios, rounded:

    consanguineous parents, recessive       3   in 8 of 13 patients with related parents the cause found by exome was
        homozygous (Powis et al. 2016, J Hum Genet 61:173, its abstract), against 181 of 527 diagnoses among all comers
        (Yang et al. 2014, JAMA 312:1870, PMC4326249): (8/5) / (181/346) = 3.1
    affected siblings, healthy parents, recessive   3   a quarter of siblings of a recessive case are affected (Mendel);
        of a dominant one half where a parent carries it, and hardly any where it is new, as 83 % of dominant alleles
        found by exome were (Yang et al. 2013, NEJM 369:1502, its abstract): .25 / (.17 / 2 + .83 * .01) = 2.7
    affected parent, dominant               5   17 % of dominant causes are inherited (the same), a recessive disease in
        parent and child takes a carrier for the other parent, one in a hundred: 17, held to the bound
    affected child, dominant                5   a half against that hundredth, held to the bound
    males through the mother's line, X-linked       5   60 % of X-linked alleles are inherited (the same), and half of
        the brothers then have it; other modes leave a hundredth: 30, held to the bound
    the mother's line, mitochondrial        5   all children of a carrier inherit it: held to the bound
    a girl, and X-linked recessive alone    .2  none of 2,344 girls and women of the open published cases has such a
        disease, 1.4 % of boys and men do: at most .09; the ranking takes a nat of score already, about .6 of belief
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.genetic_tests.inheritance import Mode, Modes
from matching.genetic_tests.known import FamilyHistory
from matching.genetic_tests.proposal import FamilyEffect, FamilyKind
from ontology.features import PatientSex

#: A history is often taken in haste, and a relative's condition may be another one: no disease gains or loses more. A
#: choice on the safe side.
FAMILY_BOUND = 5.0
CONSANGUINITY = 3.0
AFFECTED_SIBLINGS = 3.0
AFFECTED_PARENT = 5.0
AFFECTED_CHILD = 5.0
MATERNAL_MALES = 5.0
MATERNAL_LINE = 5.0
GIRL = 0.2

_ANY_X = Mode.X_RECESSIVE | Mode.X_LINKED
_OF_KIND = {
    FamilyKind.RECESSIVE_LIKELIER: Mode.RECESSIVE,
    FamilyKind.DOMINANT_LIKELIER: Mode.DOMINANT,
    FamilyKind.X_LINKED_LIKELIER: _ANY_X,
    FamilyKind.MITOCHONDRIAL_LIKELIER: Mode.MITOCHONDRIAL,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the family: it multiplies the belief in diseases inherited so by `factor`."""

    kind: FamilyKind
    factor: float


def facts(family: FamilyHistory, sex: PatientSex) -> tuple[Fact, ...]:
    """What is told of the family and the sex, as factors."""
    found = []
    if family.consanguineous:
        found.append(Fact(FamilyKind.RECESSIVE_LIKELIER, CONSANGUINITY))
    if family.affected_siblings and not family.affected_parent:
        found.append(Fact(FamilyKind.RECESSIVE_LIKELIER, AFFECTED_SIBLINGS))
    if family.affected_parent:
        found.append(Fact(FamilyKind.DOMINANT_LIKELIER, AFFECTED_PARENT))
    if family.affected_children:
        found.append(Fact(FamilyKind.DOMINANT_LIKELIER, AFFECTED_CHILD))
    if family.affected_maternal_males:
        found.append(Fact(FamilyKind.X_LINKED_LIKELIER, MATERNAL_MALES))
    if family.affected_maternal_line:
        found.append(Fact(FamilyKind.MITOCHONDRIAL_LIKELIER, MATERNAL_LINE))
    if sex is PatientSex.FEMALE:
        found.append(Fact(FamilyKind.X_LINKED_LESS, GIRL))
    return tuple(found)


def in_family(
    belief: NDArray[np.float64], modes: Modes, family: FamilyHistory, sex: PatientSex
) -> tuple[NDArray[np.float64], tuple[FamilyEffect, ...]]:
    """The belief after what is told of the family, float64 (diseases,), and one effect of each kind.

    `belief` sums to 1, and comes back where nothing is told.
    """
    told = facts(family, sex)
    if not told:
        return belief, ()
    moved = belief * _factors(modes, told)
    moved /= moved.sum()
    kinds = dict.fromkeys(fact.kind for fact in told)
    concerned = {kind: _concerned(modes, kind) for kind in kinds}
    effects = tuple(
        FamilyEffect(kind, float(moved[of].sum()), float(belief[of].sum())) for kind, of in concerned.items()
    )
    return moved, effects


def _factors(modes: Modes, told: tuple[Fact, ...]) -> NDArray[np.float64]:
    """Factor of each disease: float64 (diseases,), from 1 / FAMILY_BOUND to FAMILY_BOUND."""
    width = len(modes.bits)
    total, stated = np.zeros(width), np.zeros(width)
    for mode in Mode:
        if not mode:
            continue
        of_mode = 1.0
        for fact in told:
            if mode & _OF_KIND.get(fact.kind, Mode.NOT_STATED):
                of_mode *= fact.factor
        having = modes.having(mode)
        total[having] += of_mode
        stated[having] += 1
    factors = np.divide(total, stated, out=np.ones(width), where=stated > 0)
    for fact in told:
        if fact.kind is FamilyKind.X_LINKED_LESS:
            factors[modes.only(Mode.X_RECESSIVE)] *= fact.factor
    return np.clip(factors, 1 / FAMILY_BOUND, FAMILY_BOUND)


def _concerned(modes: Modes, kind: FamilyKind) -> NDArray[np.bool_]:
    return modes.only(Mode.X_RECESSIVE) if kind is FamilyKind.X_LINKED_LESS else modes.having(_OF_KIND[kind])
