"""What a step changes of clinicians' words, and that undoing takes exactly that back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.case import Note
from ontology.features import Assertion, Mention, Statement, TextSpan
from service.actors import Actor
from service.bench.carried import CarriedBench
from service.bench.steps import Step, changes, checked, span_in, step_of
from service.bench.verbs import Verb
from service.cases.mentions import Said
from service.knowing import Knowing
from service.models.bench import MOST_STEPS, CarriedState, StepForm
from service.problems import ProblemError

SCOLIOSIS, SEIZURE, MYOPIA, PECTUS = "HP:0002650", "HP:0001250", "HP:0000545", "HP:0000767"
ACTOR = Actor("ada", frozenset())
WORDS = TextSpan("n1", 0, 9, "Scoliosis")
#: What notes say: two of the four terms.
READ = {
    SCOLIOSIS: [Mention(SCOLIOSIS, Assertion.OBSERVED, WORDS)],
    SEIZURE: [Mention(SEIZURE, Assertion.EXCLUDED, TextSpan("n1", 14, 21, "seizure"))],
}
#: What a verb says of its term; the others say what the page shows, or nothing.
ASSERTED = {
    Verb.NEGATE: Assertion.EXCLUDED,
    Verb.AFFIRM: Assertion.OBSERVED,
    Verb.FAMILY: Assertion.FAMILY,
    Verb.UNCERTAIN: Assertion.UNCERTAIN,
    Verb.HISTORICAL: Assertion.HISTORICAL,
}

terms = st.sampled_from([SCOLIOSIS, SEIZURE, MYOPIA, PECTUS])
spans = st.none() | st.builds(TextSpan, st.just("n1"), st.just(2), st.just(5), st.just("oli"))
steps = st.builds(
    Step,
    st.sampled_from(Verb),
    terms,
    st.sampled_from(Assertion),
    terms,
    st.sampled_from([None, "HP:0003577"]),
    st.sampled_from([None, "HP:0012828"]),
    spans,
)


def read(term):
    return READ.get(term, ())


def after(said, step):
    """The words as they are after a step."""
    merged = {**said, **changes(step, said, read, "ada")}
    return {term: word for term, word in merged.items() if word is not None}


def said_after(sequence):
    said: dict[str, Said] = {}
    for step in sequence:
        said = after(said, step)
    return said


@given(st.lists(steps, max_size=8), steps)
def test_a_step_touches_its_own_terms_alone(before, step):
    said = said_after(before)
    assert set(changes(step, said, read, "ada")) <= {step.term, step.to}


@given(st.lists(steps, max_size=8), steps.filter(lambda step: step.verb is not Verb.CHANGE))
def test_the_same_step_again_changes_nothing(before, step):
    once = after(said_after(before), step)
    assert after(once, step) == once


@given(st.lists(steps, max_size=8), terms, st.sampled_from(sorted(ASSERTED)))
def test_what_a_verb_asserts_is_a_clinicians_word(before, term, verb):
    word = after(said_after(before), Step(verb, term))[term]
    assert word.mention is not None
    assert word.mention.assertion is ASSERTED[verb]
    assert isinstance(word.mention.evidence, Statement)
    assert word.mention.evidence.by == "ada"
    # what was read of the patient would beat a relative's; of all else, the clinician's word beats it
    assert word.struck is (verb is Verb.FAMILY and term in READ)


@given(st.lists(steps, max_size=8), terms)
def test_what_is_rejected_is_said_no_more_and_struck_out_where_it_was_read(before, term):
    word = after(said_after(before), Step(Verb.REJECT, term)).get(term)
    assert word == (Said(term, None, struck=True) if term in READ else None)


@given(st.lists(steps, max_size=8), terms)
def test_restoring_leaves_no_word_of_the_term(before, term):
    assert term not in after(said_after(before), Step(Verb.RESTORE, term))


@given(st.lists(steps, max_size=8), terms, st.sampled_from(sorted(ASSERTED)))
def test_onset_severity_and_words_stay_through_other_verbs(before, term, verb):
    said = after(said_after(before), Step(Verb.QUALIFY, term, onset="HP:0003577", severity="HP:0012828", span=WORDS))
    mention = after(said, Step(verb, term))[term].mention
    assert (mention.onset, mention.severity, mention.evidence.span) == ("HP:0003577", "HP:0012828", WORDS)


def test_another_term_takes_the_words_that_the_first_was_read_from():
    made = changes(Step(Verb.CHANGE, SCOLIOSIS, Assertion.UNCERTAIN, to=PECTUS), {}, read, "ada")
    meant = Mention(PECTUS, Assertion.UNCERTAIN, Statement("ada", WORDS))
    assert made == {SCOLIOSIS: Said(SCOLIOSIS, None, struck=True), PECTUS: Said(PECTUS, meant)}


def test_a_relatives_finding_keeps_the_words_it_was_read_from():
    assert changes(Step(Verb.FAMILY, SCOLIOSIS), {}, read, "ada")[SCOLIOSIS].mention.evidence.span == WORDS


@pytest.fixture(scope="module")
def bench(assessor):
    return CarriedBench(ACTOR, Knowing.open(assessor), CarriedState())


def done(bench, step):
    said = bench.sheet().said
    return bench.said(step.verb, step.term, changes(step, said, read, ACTOR.id))


def seen(bench):
    """What is on the bench, whatever its order."""
    sheet = bench.sheet()
    return dict(sheet.said), sheet.case.dismissed, set(sheet.case.stated), sheet.done


@given(sequence=st.lists(steps, max_size=12))
def test_undoing_after_any_steps_gives_every_sheet_before(bench, sequence):
    benches = [bench]
    for step in sequence:
        benches.append(done(benches[-1], step))
    now = benches[-1]
    for earlier, later in reversed([*pairwise(benches)]):
        assert seen(now) == seen(later)
        now = now.undone()
        assert seen(now) == seen(earlier)
    with pytest.raises(ProblemError):
        now.undone()


@given(sequence=st.lists(steps, max_size=6))
def test_what_travels_in_the_page_is_the_whole_bench(bench, sequence):
    for step in sequence:
        bench = done(bench, step)
    again = CarriedBench.of(ACTOR, bench.knowing, bench.carries)
    assert seen(again) == seen(bench)
    assert again.carries == bench.carries


def test_more_steps_than_are_kept_forget_the_first(bench):
    for turn in range(MOST_STEPS + 1):
        bench = done(bench, Step((Verb.NEGATE, Verb.AFFIRM)[turn % 2], SCOLIOSIS))
    for _ in range(MOST_STEPS):
        bench = bench.undone()
    assert bench.sheet().done is None
    assert bench.sheet().said[SCOLIOSIS].mention.assertion is Assertion.EXCLUDED  # the first step, which stays


def test_ids_become_current_ones(small_knowledge):
    step = checked(Step(Verb.CHANGE, SCOLIOSIS, to="HP:9000003"), small_knowledge.terms)
    assert (step.term, step.to) == (SCOLIOSIS, SEIZURE)
    assert checked(Step(Verb.ADD, "HP:9000001"), small_knowledge.terms).term == SEIZURE  # an obsolete one


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        (Step(Verb.ADD, "HP:0000006"), {"features[0].id"}),  # a mode of inheritance
        (Step(Verb.ADD, "HP:7777777"), {"features[0].id"}),
        (Step(Verb.QUALIFY, SCOLIOSIS, onset="HP:0012828"), {"features[0].onset"}),  # a severity
        (Step(Verb.QUALIFY, SCOLIOSIS, severity="HP:0003577"), {"features[0].severity"}),  # an onset
        (Step(Verb.CHANGE, SCOLIOSIS), {"to"}),
        (Step(Verb.CHANGE, SEIZURE, to="HP:9000003"), {"to"}),  # an alternative id of the same
        (Step(Verb.CHANGE, "HP:7777777", to="HP:0000006"), {"features[0].id", "features[1].id"}),
    ],
)
def test_every_fault_of_a_step_is_told(small_knowledge, step, fields):
    with pytest.raises(ProblemError) as refused:
        checked(step, small_knowledge.terms)
    assert {fault.field for fault in refused.value.faults} == fields


NOTES = (Note("n1", "😀 Scoliosis."),)


def test_words_are_counted_in_characters():
    assert span_in(NOTES, "n1", 2, 11) == TextSpan("n1", 2, 11, "Scoliosis")
    form = StepForm(verb=Verb.ADD, term=SCOLIOSIS, note="n1", start=2, end=11)
    assert step_of(form, NOTES).span == TextSpan("n1", 2, 11, "Scoliosis")


@pytest.mark.parametrize(("note", "start", "end"), [("n1", 2, 13), ("n1", 5, 5), ("n1", 6, 2), ("n2", 0, 1)])
def test_words_that_are_not_there_are_refused(note, start, end):
    with pytest.raises(ProblemError):
        span_in(NOTES, note, start, end)
