from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.genetic_tests import family as f
from matching.genetic_tests.family import in_family
from matching.genetic_tests.inheritance import Mode, Modes
from matching.genetic_tests.known import NO_FAMILY, FamilyHistory, Known
from matching.genetic_tests.lesions import LesionTable
from matching.genetic_tests.plan import plan_tests
from matching.genetic_tests.proposal import FamilyKind
from ontology.features import PatientSex

MODES = Modes(
    np.array(
        [Mode.RECESSIVE, Mode.DOMINANT, Mode.X_RECESSIVE, Mode.MITOCHONDRIAL, 0, Mode.RECESSIVE | Mode.DOMINANT], "i1"
    )
)
EVEN = np.full(6, 1 / 6)
FACTS = (
    "consanguineous",
    "affected_parent",
    "affected_siblings",
    "affected_children",
    "affected_maternal_males",
    "affected_maternal_line",
)


def moved(sex=PatientSex.UNKNOWN, **told):
    return in_family(EVEN, MODES, FamilyHistory(**told), sex)


@pytest.mark.parametrize(
    ("told", "factors", "kind"),
    [
        (
            {"consanguineous": True},
            [3, 1, 1, 1, 1, 2],
            FamilyKind.RECESSIVE_LIKELIER,
        ),  # of two modes the mean, (3 + 1)/2
        ({"affected_siblings": True}, [3, 1, 1, 1, 1, 2], FamilyKind.RECESSIVE_LIKELIER),
        ({"affected_parent": True}, [1, 5, 1, 1, 1, 3], FamilyKind.DOMINANT_LIKELIER),
        ({"affected_children": True}, [1, 5, 1, 1, 1, 3], FamilyKind.DOMINANT_LIKELIER),
        ({"affected_maternal_males": True}, [1, 1, 5, 1, 1, 1], FamilyKind.X_LINKED_LIKELIER),
        ({"affected_maternal_line": True}, [1, 1, 1, 5, 1, 1], FamilyKind.MITOCHONDRIAL_LIKELIER),
    ],
)
def test_each_fact_raises_its_mode(told, factors, kind):
    belief, (effect,) = moved(**told)
    assert belief == pytest.approx(np.array(factors) / sum(factors))
    assert effect.kind is kind
    assert effect.share > effect.before


def test_related_parents_with_affected_siblings_stay_within_the_bound():
    # 3 · 3 = 9, held to 5; of both modes (9 + 1) / 2 = 5
    belief, (effect,) = moved(consanguineous=True, affected_siblings=True)
    assert belief == pytest.approx(np.array([5, 1, 1, 1, 1, 5]) / 14)
    assert (effect.before, effect.share) == (pytest.approx(2 / 6), pytest.approx(10 / 14))


def test_siblings_of_an_affected_parent_do_not_speak_for_a_recessive_disease():
    _, effects = moved(affected_siblings=True, affected_parent=True)
    assert [effect.kind for effect in effects] == [FamilyKind.DOMINANT_LIKELIER]


def test_a_girl_lowers_what_is_x_linked_recessive_alone():
    belief, (effect,) = moved(PatientSex.FEMALE)
    assert belief == pytest.approx(np.array([1, 1, 0.2, 1, 1, 1]) / 5.2)
    assert effect.kind is FamilyKind.X_LINKED_LESS
    assert effect.share < effect.before


@pytest.mark.parametrize("sex", [PatientSex.MALE, PatientSex.UNKNOWN])
@pytest.mark.parametrize("answer", [None, False])
def test_what_is_denied_or_not_asked_changes_nothing(sex, answer):
    belief, effects = in_family(EVEN, MODES, FamilyHistory(**dict.fromkeys(FACTS, answer)), sex)
    assert belief is EVEN
    assert effects == ()


def test_modes_come_from_annotations(small_knowledge):
    modes = Modes.of(small_knowledge)
    stated = {id: Mode(int(modes.bits[small_knowledge.diseases.position(id)])) for id in ("OMIM:900001", "OMIM:900002")}
    assert stated == {"OMIM:900001": Mode.DOMINANT, "OMIM:900002": Mode.RECESSIVE}
    assert modes.bits[small_knowledge.diseases.position("OMIM:300624")] == Mode.X_LINKED


def test_family_moves_the_plan_and_is_shown(small_knowledge):
    table = LesionTable.open(small_knowledge)
    belief = np.zeros(len(small_knowledge.diseases))
    belief[small_knowledge.diseases.position("OMIM:900001")] = 0.55  # dominant, LIMB1
    belief[small_knowledge.diseases.position("OMIM:900002")] = 0.45  # recessive, FITA
    alone = plan_tests(small_knowledge, belief, table)
    known = Known(family=FamilyHistory(consanguineous=True))
    related = plan_tests(small_knowledge, belief, table, known=known)
    assert alone.tests[0].genes == ("LIMB1", "FITA")
    assert related.tests[0].genes == ("FITA", "LIMB1")  # .45 · 3 against .55
    (effect,) = related.family
    assert effect.before == pytest.approx(0.45)
    assert effect.share == pytest.approx(1.35 / 1.9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    answers=st.tuples(*(st.sampled_from([None, True, False]) for _ in FACTS)),
    sex=st.sampled_from(PatientSex),
    weights=st.lists(st.floats(0.001, 1), min_size=6, max_size=6),
)
def test_no_disease_moves_beyond_the_bound(answers, sex, weights):
    before = np.array(weights) / sum(weights)
    belief, effects = in_family(before, MODES, FamilyHistory(**dict(zip(FACTS, answers, strict=True))), sex)
    assert belief.sum() == pytest.approx(1)
    ratios = (belief / before) / (belief[4] / before[4])  # against the disease of which no mode is stated
    assert ((ratios >= 1 / f.FAMILY_BOUND - 1e-9) & (ratios <= f.FAMILY_BOUND + 1e-9)).all()
    assert len({effect.kind for effect in effects}) == len(effects)


def test_no_family_is_the_default():
    assert f.facts(NO_FAMILY, PatientSex.UNKNOWN) == ()


@pytest.mark.real
def test_most_diseases_of_the_real_release_have_a_mode(real_knowledge):
    modes = Modes.of(real_knowledge)
    assert (modes.bits != 0).mean() > 0.7
    huntington = Mode(int(modes.bits[real_knowledge.diseases.position("OMIM:143100")]))
    duchenne = Mode(int(modes.bits[real_knowledge.diseases.position("OMIM:310200")]))
    assert (huntington, duchenne) == (Mode.DOMINANT, Mode.X_RECESSIVE)
