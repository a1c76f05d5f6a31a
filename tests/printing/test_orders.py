"""The order sheet: the tests that were chosen, what is to be known of each, and lines to fill in and to sign."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader


def test_it_holds_what_a_laboratory_and_the_family_must_know(clinician, assess, text_of, squeezed):
    made = assess(clinician)
    text = text_of(made.pdf("order"))
    for test in made.shown["tests"]:
        for words in (test["code"], test["name"], test["if_negative"], *test["genes"], *test["samples"]):
            assert squeezed(words) in text
        for words in (*test["cannot_see"], *test["consent"], *test["relatives"]):
            assert squeezed(words) in text
    for words in ("Orderingclinician", "Patientorguardian", "Sampletakenby", "Dateofbirth", "WeiZhang", "H-778899"):
        assert words in text
    assert "Arachnodactyly(HP:0001166)" in text
    assert "Draft:notsignedbyaclinician" in text


def test_it_is_one_page(clinician, assess):
    made = assess(clinician)
    for language in ("en", "zh"):
        assert len(PdfReader(BytesIO(made.pdf("order", language=language))).pages) == 1


def test_what_is_to_be_talked_about_is_there_once(clinician, assess, text_of, squeezed):
    made = assess(clinician)
    points = [point for test in made.shown["tests"] for point in test["consent"]]
    shared = next(point for point in points if points.count(point) > 1)
    assert text_of(made.pdf("order")).count(squeezed(shared)) == 1


@pytest.mark.parametrize("chosen", [0, 1])
def test_only_the_tests_chosen_are_ordered(clinician, assess, text_of, read, chosen):
    made = assess(clinician)
    code, other = (made.shown["tests"][at]["code"] for at in (chosen, 1 - chosen))
    text = text_of(made.pdf("order", tests=code))
    assert code in text
    assert other not in text
    html = made.page("order", tests=[code])
    ticked = [attrs["value"] for tag, attrs in read(html)[1] if tag == "input" and "checked" in attrs]
    assert ticked == [code]
    assert f"order.pdf?language=en&amp;tests={code.replace(':', '%3A')}" in html


def test_several_codes_are_taken(clinician, assess, text_of):
    made = assess(clinician)
    codes = [test["code"] for test in made.shown["tests"]]
    assert all(code in text_of(made.pdf("order", tests=codes)) for code in codes)


@pytest.mark.parametrize("name", ["order", "order.pdf"])
def test_a_test_that_the_report_does_not_suggest_is_refused(clinician, assess, name):
    made = assess(clinician)
    answer = clinician.get(f"{made.path}/{name}", params={"tests": "zebra"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "tests"
    assert "zebra" not in answer.text


def test_what_was_signed_for_goes_before_the_first_of_the_ranking(clinician, assess, text_of, squeezed):
    made = assess(clinician)
    first = made.shown["diseases"][0]
    assert squeezed(f"First of the ranking{first['name']} ({first['id']})") in text_of(made.pdf("order"))
    made.sign(decision="other", disease="OMIM:900004")
    text = text_of(made.pdf("order"))
    assert "(OMIM:900004)" in text
    assert "Firstoftheranking" not in text
