"""A report on paper holds everything that was shown, as page and as PDF, in the language in which it was shown."""

from __future__ import annotations

import re

import pytest

LANGUAGES = ("en", "zh")
REASON = "Lens and fingers fit; 主动脉待测量。"


def told(shown):
    """Every word of a shown report that belongs on paper."""
    for feature in shown["features"]:
        yield from (feature["label"], feature["id"])
        yield from (mention["evidence"]["text"] for mention in feature["mentions"])
    for disease in shown["diseases"]:
        yield from (disease["name"], disease["id"], *disease["also"], disease["confidence"])
        yield from (part["words"] for part in disease["contributions"] if part["match"] != "none")
        yield from (part["words"] for part in disease["circumstances"])
        yield from (part["label"] for part in (*disease["contributions"], *disease["look_for"]))
        yield from (feature["frequency"]["words"] for feature in disease["look_for"])
        yield from (
            reference for part in disease["contributions"] for row in part["rows"] for reference in row["references"]
        )
    for test in shown["tests"]:
        yield from (test["code"], test["name"], test["reason"], test["if_negative"], *test["genes"])
        yield from (*test["cannot_see"], *test["samples"], *test["consent"], *test["relatives"])
        yield from (source["citation"] for source in test["sources"])
    yield from (notice["words"] for notice in shown["notices"])
    yield from (f"{each['name']}, {each['version']}. {each['licence']}" for each in shown["knowledge"]["sources"])
    yield from (shown["knowledge"]["release"], shown["software"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_holds_every_finding_disease_reason_and_test(clinician, assess, text_of, squeezed, language):
    made = assess(clinician, language)
    made.sign(reason=REASON)
    text = text_of(made.pdf(language=language))
    expected = [squeezed(words) for words in told(made.shown)]
    assert len(expected) > 150
    assert [words for words in expected if words not in text] == []
    assert squeezed(REASON) in text
    assert all(words in text for words in ("WeiZhang", "H-778899", made.case, made.report))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_holds_the_same(clinician, assess, read, squeezed, language):
    made = assess(clinician, language)
    made.sign(reason=REASON)
    text, _ = read(made.page(language=language))
    assert [words for words in map(squeezed, told(made.shown)) if words not in text] == []
    assert squeezed(REASON) in text


def test_sections_stand_in_their_order(clinician, assess, text_of, read, squeezed):
    made = assess(clinician)
    made.sign()
    titles = (
        "Phenotype report",
        "Patient",
        "Please note",
        "Findings",
        "Diseases that resemble these findings",
        "Suggested tests, in order",
        "Sign-off",
        "State of this report",
        "Literature",
        "Sources and licences",
    )
    for text in (text_of(made.pdf()), read(made.page())[0]):
        at = 0
        for title in map(squeezed, titles):
            at = text.index(title, at)


def test_findings_stand_by_assertion_with_their_quotation(clinician, assess, read):
    text, _ = read(assess(clinician).page())
    observed, absent, uncertain, relatives = (
        text.index(title) for title in ("Observed(2)", "Absent(1)", "Uncertain(1)", "Ofrelatives(1)")
    )
    assert observed < text.index("ArachnodactylyHP:0001166arachnodactyly") < absent
    assert absent < text.index("SeizureHP:0001250seizures") < uncertain < relatives
    assert relatives < text.index("MyopiaHP:0000545myopia")


def test_ties_are_printed_as_ties(clinician, assess, text_of):
    made = assess(clinician)
    tied = [disease for disease in made.shown["diseases"] if disease["tied_with"]]
    assert tied, "the hand-made release has level diseases"
    for disease in tied:
        best = int(disease["rank"] - disease["tied_with"] / 2)
        last = best + disease["tied_with"]
        assert f"{best}–{last}{disease['name']}".replace(" ", "") in text_of(made.pdf())


def test_the_reasons_of_a_disease_sum_to_its_total(kept, small_knowledge, voice):
    """Exactly, for what is shown is rounded so that it does: the printed score can be checked by hand."""
    from datetime import UTC, datetime

    from service.printing.report import report_of

    made = report_of(voice(), small_knowledge, kept, datetime.now(UTC))
    assert any(disease.matched for disease in made.diseases)
    for disease in made.diseases:
        parts = [reason.nats for group in (disease.matched, disease.related, disease.against) for reason in group]
        parts += re.findall(r"\(([+−][0-9.]+)\)$", disease.unexplained)
        cents = sum(round(100 * float(part.replace("−", "-"))) for part in parts)
        assert cents == round(100 * float(disease.total.replace("−", "-"))), disease.name


def test_every_cited_number_is_in_the_literature_list_and_the_other_way_round(kept, small_knowledge, voice):
    from datetime import UTC, datetime

    from service.printing.report import report_of

    made = report_of(voice(), small_knowledge, kept, datetime.now(UTC))
    cited = set()
    for disease in made.diseases:
        for reason in (*disease.matched, *disease.related, *disease.against, *disease.missing):
            for run in re.findall(r"[0-9]+(?:–[0-9]+)?", reason.references):
                first, _, last = run.partition("–")
                cited |= set(range(int(first), int(last or first) + 1))
    assert cited == set(range(1, len(made.literature) + 1))
    assert len({each.text for each in made.literature}) == len(made.literature)


def test_the_sheets_own_words_are_in_the_language_asked_for_and_what_was_shown_stays(clinician, assess, text_of):
    made = assess(clinician, "zh")
    for given in ({"language": "en"}, {}):
        text = text_of(made.pdf(**given))
        assert "Phenotypereport" in text
        assert "printedastheywereshown,inChinese" in text
        assert "晶状体异位" in text
    clinician.headers["Accept-Language"] = "zh-CN"
    assert "表型分析报告" in text_of(made.pdf())
    assert "Phenotypereport" in text_of(made.pdf(language="en")), "the query goes before the header"


def test_a_first_impression_is_printed_where_there_is_one(clinician, assess, text_of):
    made = assess(clinician)
    assert "Firstimpression" not in text_of(made.pdf())
    answer = clinician.post(f"/cases/{made.case}/impression", data={"text": "Marfan, or homocystinuria?"})
    assert answer.is_success, answer.text
    assert "Marfan,orhomocystinuria?clinician," in text_of(made.pdf())
    later = assess(clinician)
    assert clinician.post(f"/cases/{later.case}/impression", data={}).is_success
    assert "passedoverwritingafirstimpression" in text_of(later.pdf())
