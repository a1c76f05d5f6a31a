"""Suggested tests for paper: in a report with why, what for and what they cannot see; on an order sheet as an order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from service.models.answers import ReportAnswer
from service.models.plans import BiochemicalAnswer, CoveredAnswer, SourceAnswer, TestAnswer
from service.printing.content import Fact, Test
from service.printing.voice import Voice
from service.problems import Fault, invalid

Suggested = TestAnswer | BiochemicalAnswer


def suggested(shown: ReportAnswer) -> tuple[Suggested, ...]:
    """All tests of a report, in the order to send them."""
    return (*shown.biochemical, *shown.tests)


def chosen(shown: ReportAnswer, codes: Sequence[str]) -> tuple[Suggested, ...]:
    """The tests of a report with one of `codes`, all where there are none; raises a 422 problem for an unknown one."""
    offered = suggested(shown)
    if set(codes) - {test.code for test in offered}:
        raise invalid(
            (Fault(field="tests", what="The report suggests no such test.", mend="Name codes of its tests."),)
        )
    return tuple(test for test in offered if not codes or test.code in codes)


def numbered(tests: Iterable[Suggested]) -> Iterator[tuple[str, Suggested]]:
    """Tests with their numbers; an assay that is ordered in one with another test follows it, as `1b` follows `1`."""
    for at, test in enumerate(tests, 1):
        yield str(at), test
        if isinstance(test, TestAnswer) and test.beside is not None:
            yield f"{at}b", test.beside


def reported(voice: Voice, test: Suggested, number: str) -> Test:
    """A test as a report tells of it."""
    facts = (*_why(voice, test), *_what(voice, test), *_around(voice, test))
    return _test(voice, test, number, (*_orderable(voice, test), *_cost(voice, test)), facts)


def ordered(voice: Voice, test: Suggested, number: str) -> Test:
    """A test as a laboratory is to receive it; what to talk about first stands on the sheet by itself."""
    return _test(voice, test, number, _orderable(voice, test), _what(voice, test))


def consents_of(tests: Iterable[Suggested]) -> tuple[str, ...]:
    """What is to be talked about before any of the tests, each point once."""
    every = (test for _, test in numbered(tests) if isinstance(test, TestAnswer))
    return tuple(dict.fromkeys(point for test in every for point in test.consent))


def _test(voice: Voice, test: Suggested, number: str, remarks: Iterable[str], facts: Iterable[Fact]) -> Test:
    return Test(
        number=number,
        code=test.code,
        name=test.name,
        modality=voice.say(f"modality.{test.modality}" if isinstance(test, TestAnswer) else "biochemical"),
        remarks=tuple(remarks),
        facts=tuple(fact for fact in facts if fact.text),
    )


def _orderable(voice: Voice, test: Suggested) -> Iterator[str]:
    """What the catalogue in use offers for it."""
    if isinstance(test, BiochemicalAnswer):
        return
    if (order := test.ordered_as) is not None:
        yield voice.say("page.ordered_as", code=f"{order.code} {order.name}")
        if order.days is not None:
            yield voice.say("page.days", days=f"{order.days:g}")
        if order.price is not None:
            yield f"{order.price:g} {order.currency or ''}".strip()
        if order.sample:
            yield order.sample
    elif test.offered is False:
        yield voice.say("page.not_offered")


def _cost(voice: Voice, test: Suggested) -> Iterator[str]:
    if isinstance(test, TestAnswer) and test.cost is not None:
        yield voice.say("page.cost", cost=f"{test.cost:.1f}")


def _why(voice: Voice, test: Suggested) -> Iterator[Fact]:
    yield Fact(voice.say("why"), test.reason)
    yield Fact(voice.say("page.looks_for"), voice.list(_covered(voice, test)))


def _covered(voice: Voice, test: Suggested) -> Iterator[str]:
    def told(disease: CoveredAnswer) -> str:
        return f"{disease.name} ({disease.disease}, {voice.percent(disease.posterior)})"

    yield from map(told, test.covers)
    if isinstance(test, TestAnswer) and test.covers_more:
        yield voice.say("page.more_diseases", count=voice.count(test.covers_more))


def _what(voice: Voice, test: Suggested) -> Iterator[Fact]:
    if isinstance(test, TestAnswer):
        count = voice.say("genes_counted", count=len(test.genes)) if len(test.genes) > 1 else ""
        yield Fact(voice.say("page.genes"), ", ".join(test.genes), count)
    yield Fact(voice.say("page.samples"), voice.list(test.samples))
    if isinstance(test, TestAnswer):
        yield Fact(voice.say("page.relatives"), voice.list(test.relatives))
        yield Fact(voice.say("page.cannot_see"), voice.list(test.cannot_see))
        yield Fact(voice.say("page.if_negative"), test.if_negative or "")


def _around(voice: Voice, test: Suggested) -> Iterator[Fact]:
    if isinstance(test, TestAnswer):
        yield Fact(voice.say("page.consent"), voice.sentences(test.consent))
    yield Fact(voice.say("page.sources"), voice.list(_source(voice, each) for each in test.sources))


def _source(voice: Voice, source: SourceAnswer) -> str:
    return source.citation if source.verified else voice.say("source_unverified", citation=source.citation)
