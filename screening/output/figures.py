"""The figures of the page: which numbers each draws, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from screening.output import drawn
from screening.output.cohort import UNKNOWN_AGE, Cohort, Paired
from screening.output.drawn import Axes, Bar, Row, Titled
from screening.output.outcome import Outcome
from screening.output.voice import Voice

#: Organ systems in the figure, those with the largest share of the flagged first.
SYSTEMS = 14
#: The curve is drawn to so many times the flagged patients, so that the mark does not stick to its edge.
_CURVE_TIMES, _CURVE_LEAST = 5, 8


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its heading and a sentence on how to read it; `svg` is trusted."""

    title: str
    reading: str
    svg: str


def figures(outcome: Outcome, cohort: Cohort, voice: Voice) -> list[Figure]:
    """All of them, in the order of the page; those without numbers are left out."""
    made = [
        _funnel(outcome, voice),
        _scores(outcome, cohort, voice),
        _yield(outcome, voice),
        _aside(outcome, cohort, voice),
        _paired("ages", _ages(cohort, voice), cohort, voice),
        _paired("systems", _systems(outcome, cohort), cohort, voice),
    ]
    return [each for each in made if each is not None]


def _titled(name: str, voice: Voice, described: Iterable[tuple[str, str]]) -> Titled:
    """The description for those who do not see the figure: what each of its parts is."""
    parts = voice.say("screen.list_mark").join(
        voice.say("screen.described", label=label, value=value) for label, value in described
    )
    return Titled(f"figure-{name}", voice.say(f"screen.figure.{name}"), parts)


def _figure(name: str, voice: Voice, svg: str, **values: object) -> Figure:
    return Figure(voice.say(f"screen.figure.{name}"), voice.say(f"screen.reading.{name}", **values), svg)


def _funnel(outcome: Outcome, voice: Voice) -> Figure:
    patients = max(outcome.patients, 1)
    steps = [(voice.say("screen.funnel.notes"), voice.count(outcome.notes), 1.0)]
    for key, count in (
        ("screen.funnel.patients", outcome.patients),
        ("screen.funnel.ranked", outcome.ranked),
        ("screen.funnel.flagged", outcome.threshold.flagged),
    ):
        share = voice.say("screen.counted", count=voice.count(count), share=voice.percent(count / patients))
        steps.append((voice.say(key), share, count / patients))
    rows = [Row(label, (Bar(length, said, light=at == 0),)) for at, (label, said, length) in enumerate(steps)]
    titled = _titled("funnel", voice, ((label, said) for label, said, _ in steps))
    return _figure("funnel", voice, drawn.bars(titled, rows))


def _scores(outcome: Outcome, cohort: Cohort, voice: Voice) -> Figure | None:
    scores = cohort.scores
    if scores is None:
        return None
    flagged = outcome.threshold.flagged
    mark = outcome.threshold.score if flagged else None
    marked = voice.say("screen.threshold_at", score=f"{mark:.1f}") if mark is not None else ""
    axes = Axes(voice.say("screen.axis.score"), voice.say("screen.axis.patients_log"), mark, marked)
    described = [
        (voice.say("screen.axis.score"), f"{scores.least:.1f}–{scores.most:.1f}"),
        (voice.say("screen.funnel.ranked"), voice.count(sum(scores.counts))),
        (voice.say("screen.funnel.flagged"), voice.count(flagged)),
    ]
    titled = _titled("scores", voice, described)
    return _figure("scores", voice, drawn.histogram(titled, scores.least, scores.most, scores.counts, axes))


def _yield(outcome: Outcome, voice: Voice) -> Figure | None:
    threshold = outcome.threshold
    points: Sequence[tuple[float, float]] = threshold.curve
    if len(points) < 2:
        return None
    if threshold.flagged and len(points) > _CURVE_LEAST:
        last = max(_CURVE_TIMES * threshold.flagged, points[_CURVE_LEAST][0])
        points = [point for point in points if point[0] <= last]
    expected = voice.count(round(threshold.expected, 1))
    marked = voice.say("screen.threshold_finds", flagged=voice.count(threshold.flagged), finds=expected)
    mark = threshold.flagged if threshold.flagged else None
    axes = Axes(voice.say("screen.axis.tested"), voice.say("screen.axis.finds"), mark, marked)
    titled = _titled(
        "yield", voice, [(voice.count(x), voice.count(round(y, 1))) for x, y in points[:: len(points) // 8 or 1]]
    )
    return _figure("yield", voice, drawn.curve(titled, points, axes), share=voice.percent(outcome.rule.share))


def _ages(cohort: Cohort, voice: Voice) -> list[tuple[str, Paired]]:
    groups = ((group, pair) for group, pair in cohort.ages.items() if group != UNKNOWN_AGE or pair.every)
    return [(voice.word(f"screen.ages.{group}"), pair) for group, pair in groups]


def _systems(outcome: Outcome, cohort: Cohort) -> list[tuple[str, Paired]]:
    known = sorted(cohort.systems.items(), key=lambda each: (-each[1].flagged, -each[1].every, each[0]))
    return [(outcome.systems.get(system, system), pair) for system, pair in known[:SYSTEMS]]


def _paired(name: str, rows: Sequence[tuple[str, Paired]], cohort: Cohort, voice: Voice) -> Figure | None:
    """Of the flagged and of all patients, which share is of each kind."""
    shares = [
        (label, _share(pair.flagged, cohort.all.flagged), _share(pair.every, cohort.all.every), pair)
        for label, pair in rows
    ]
    longest = max((max(flagged, every) for _, flagged, every, _ in shares), default=0)
    if not longest:
        return None
    drawn_rows = [
        Row(label, (_bar(flagged, longest, pair.flagged, voice), _bar(every, longest, pair.every, voice, light=True)))
        for label, flagged, every, pair in shares
    ]
    legend = voice.say("screen.legend.flagged"), voice.say("screen.legend.all")
    said = [(label, f"{voice.percent(flagged)} / {voice.percent(every)}") for label, flagged, every, _ in shares]
    return _figure(name, voice, drawn.bars(_titled(name, voice, said), drawn_rows, legend))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _bar(share: float, longest: float, count: int, voice: Voice, light: bool = False) -> Bar:
    return Bar(
        share / longest, voice.say("screen.counted", count=voice.count(count), share=voice.percent(share)), light
    )


def _aside(outcome: Outcome, cohort: Cohort, voice: Voice) -> Figure | None:
    """What was not read, by reason, and patients that were not ranked."""
    counts = [
        *_by_count((voice.word(f"screen.reason.{code}"), count) for code, count in outcome.set_aside.items()),
        *_by_count((voice.word(f"screen.why_not.{code}"), count) for code, count in cohort.why_not.items()),
    ]
    longest = max((count for _, count in counts), default=0)
    if not longest:
        return None
    rows = [Row(label, (Bar(count / longest, voice.count(count)),)) for label, count in counts]
    titled = _titled("aside", voice, ((label, voice.count(count)) for label, count in counts))
    return _figure("aside", voice, drawn.bars(titled, rows))


def _by_count(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(((label, count) for label, count in counts if count), key=lambda each: (-each[1], each[0]))
