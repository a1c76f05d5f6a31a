"""What a face adds is told in words beside the other reasons, so that what is shown and printed still adds up."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cli.report_page import ReportPage
from facial.reading import Face, Likeness, PhotoReading
from matching.assess import Assessor
from matching.case import Case
from matching.prevalence import Prior
from ontology.features import Assertion, Mention, PatientSex, Statement
from service.printing.diseases import diseases_of
from service.printing.literature import Literature
from service.printing.voice import Voice
from service.translate import Translator
from service.wording import Wording

WORDS = {
    "en": "The face is like those of 7 cases in the hospital's gallery (number 2 of its diseases; found to help on "
    "2026-11-23).",
    "zh": "面容与本院图库中 7 例相似（在图库各病中排第 2；2026-11-23 评估认为有帮助）。",
}
AGAINST = {"en": "The face is not like those of 7 cases", "zh": "面容与本院图库中 7 例不相似"}


@pytest.fixture(scope="module")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


@pytest.fixture
def report(assessor):
    """A report with an age, a prior, and a face that speaks for OMIM:900001 (against it: `nats` below 0)."""

    def made(nats=1.234):
        stated = tuple(Mention(id, Assertion.OBSERVED, Statement("li")) for id in ("HP:0007359", "HP:0001166"))
        told = Likeness("OMIM:900001", 2, nats, 7, True, None, "2026-11-23")
        seen = PhotoReading(Face((0, 0, 9, 9), (), "m", np.zeros(2, np.float32)), likenesses=(told,))
        case = Case("c", (), (), stated, PatientSex.FEMALE, 40)
        return assessor.assess(case, prior=Prior.PREVALENCE, seen=[seen])

    return made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_answer_says_whose_cases_and_adds_up(report, small_knowledge, language):
    answer = Translator.of(small_knowledge, language).report(report())
    found = {disease.id: disease for disease in answer.diseases}
    assert found["OMIM:900001"].likeness.words == WORDS[language]
    assert found["OMIM:900001"].circumstances
    for disease in answer.diseases:
        parts = [part.shown for part in (*disease.contributions, *disease.circumstances, disease.prior)]
        parts += [] if disease.likeness is None else [disease.likeness.shown]
        assert sum(parts) == pytest.approx(disease.shown)
    assert [disease.id for disease in answer.diseases if disease.likeness] == ["OMIM:900001"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_speaks_against_is_said_so(report, small_knowledge, language):
    answer = Translator.of(small_knowledge, language).report(report(-0.8))
    (told,) = (disease.likeness for disease in answer.diseases if disease.likeness)
    assert told.words.startswith(AGAINST[language])
    assert told.shown == pytest.approx(-0.8, abs=0.011)


def test_the_printed_lines_add_up(report, assessor):
    out = "\n".join(ReportPage(assessor.knowledge, Wording.of(assessor.knowledge, "en")).lines(report(), ()))
    disease = next(part for part in re.split(r"\n  +[0-9.–]+  (?=\S)", out) if WORDS["en"] in part)
    total = re.search(r"Sum of contributions: ([+-][0-9.]+) nats", disease)[1]
    parts = re.findall(r"^ {8}([+-][0-9]+\.[0-9]{2})  ", disease, re.MULTILINE)
    assert sum(round(100 * float(part)) for part in parts) == round(100 * float(total))


@pytest.mark.parametrize(("nats", "place"), [(1.2, "matched"), (-0.8, "against")])
def test_on_paper_it_stands_with_what_speaks_as_it_does(report, small_knowledge, nats, place):
    translator = Translator.of(small_knowledge, "en")
    shown = translator.report(report(nats))
    (disease,) = (d for d in diseases_of(Voice(translator.wording), shown, Literature()) if "OMIM:900001" in d.ids)
    told = {part: [reason.label for reason in getattr(disease, part)] for part in ("matched", "against")}
    assert "Likeness of the face" in told.pop(place)
    assert "Likeness of the face" not in next(iter(told.values()))
