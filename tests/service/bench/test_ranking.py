"""The ranking on the bench: ranks and moves, bars, evidence, two diseases side by side, questions, genes.

The hand-made release (tests/small_release): Long-limb syndrome OMIM:900001 joined with ORPHA:900101 has arachnodactyly
in 9 of 10 (PMID:9000011), ectopia lentis in 6 of 10, aortic root aneurysm in 8 of 10 (PMID:9000012), scoliosis
frequently; Level syndromes 1 and 2 have the same two features of the same frequency.
"""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from matching.report import Match
from service.app import create_app
from service.bench.reasons import Scale, pubmed
from service.bench.standing import Move, Standing
from service.models.bench import MOST_ASIDE

NOTE = "Boy with arachnodactyly and ectopia lentis; scoliosis. No seizures. His mother has myopia."
LIMB, FIT_1, FIT_2, LEVELS = "OMIM:900001", "OMIM:900002", "OMIM:900003", ("OMIM:900005", "OMIM:900006")


def diseases(page):
    return {row.attributes["data-id"]: row for row in page.parts.one(id="ranking").all("li", class_="disease")}


def hidden(page, name):
    return [each.attributes["value"] for each in page.parts.all("input", type="hidden", name=name)]


def hundredths(text):
    """The nats that `text` begins with, in hundredths."""
    return round(100 * float(text.replace("−", "-").split()[0]))


def opened(page, id, **fields):
    return diseases(page.send("look", open=id, **fields))[id]


def test_a_disease_is_told_with_every_id_of_its_joined_records(reading):
    first = next(iter(diseases(reading(NOTE)).values()))
    assert first.one(class_="rank").text == "1"
    assert first.one(class_="name").text == "Long-limb syndrome"
    assert first.one(class_="ids").text == "OMIM:900001 · ORPHA:900101"


def test_ties_are_told_as_ties(reading):
    rows = diseases(reading("Ventricular septal defect and macrocephaly."))
    ranks = {rows[id].one(class_="rank").text for id in LEVELS}
    assert len(ranks) == 1
    (rank,) = ranks
    start, end = map(int, rank.split("–"))
    assert end - start == 1
    assert "tied with 1 more" in rows[LEVELS[0]].one(class_="remark").text


def test_shares_below_one_percent_and_above_ninety_nine_are_words(reading):
    told = [row.one("strong").text for row in diseases(reading(NOTE)).values()]
    assert all(re.fullmatch(r"([1-9][0-9]?) %|above 99 %|below 1 %", each) for each in told), told
    assert "below 1 %" in told
    assert {row.one(class_="belief").text.split()[-1] for row in diseases(reading(NOTE)).values()} <= {
        "strong",
        "moderate",
        "weak",
        "faint",
    }


def test_a_kind_of_bar_has_a_pattern_and_a_word_and_each_bar_is_told(reading):
    page = reading(NOTE)
    ranking = page.parts.one(id="ranking")
    patterns = {each.attributes["id"] for each in ranking.all("pattern")}
    drawn = {re.search(r"#([\w-]+)", each.attributes["fill"])[1] for each in ranking.all("rect", fill=True)}
    assert drawn <= patterns
    assert len(ranking.one(class_="bars-legend").all("li")) == len(patterns) == 6
    first, last = diseases(page)[LIMB], diseases(page)[FIT_2]
    assert "speaks for: Arachnodactyly, +0.80 nats" in first.one("p", class_="unseen").text
    assert "speaks against: Arachnodactyly, −3.00 nats" in last.one("p", class_="unseen").text
    assert len(first.all("title")) == first.one("p", class_="unseen").text.count("speaks")


def test_evidence_is_there_once_it_is_opened_and_gone_when_it_is_closed(reading):
    page = reading(NOTE)
    assert page.parts.all(class_="evidence") == []
    row = opened(page, LIMB)
    assert row.one("button", class_="disease-head").attributes["aria-expanded"] == "true"
    assert hidden(page, "open") == [LIMB]
    assert row.one("button", class_="disease-head").attributes["name"] == "close"
    page.step("negate", "HP:0002650", open=LIMB)
    assert diseases(page)[LIMB].all(class_="evidence")
    page.send("look", open=LIMB, close=LIMB)
    assert page.parts.all(class_="evidence") == []


def test_what_is_open_stays_open_while_it_is_not_listed(reading):
    page = reading(NOTE).send("look", open=["OMIM:1", LIMB])
    assert sorted(hidden(page, "open")) == ["OMIM:1", LIMB]


def test_a_reason_opens_its_statements_with_frequency_relation_and_citations(reading):
    evidence = opened(reading(NOTE), LIMB).one(class_="evidence")
    reason = evidence.one("details", id="met-OMIM-900001-HP-0001166")
    assert "speaks for: Arachnodactyly, +0.80 nats" in reason.one("summary").text
    assert "Annotated with exactly this. Frequency: 9 of 10 patients (90 %)." in reason.one("summary").text
    own, joined = reason.one(class_="statements").all("li")
    assert own.text.startswith("9 of 10 patients (90 %) · PMID:9000011")
    assert own.text.endswith("evidence PCS")
    assert joined.text == "very frequent (80–99 % of patients) · ORPHA:900101 · evidence TAS"
    link = own.one("a")
    assert link.attributes["href"] == "https://pubmed.ncbi.nlm.nih.gov/9000011/"
    assert link.attributes["target"] == "_blank"
    assert "noreferrer" in link.attributes["rel"]
    assert own.one("button", class_="copy").attributes["data-copies"] == "PMID:9000011"
    assert pubmed("ORPHA:900101") is None


def test_a_statement_of_another_entry_says_which(reading):
    page = reading("Hypotonia, congenital heart defect.")
    lent = opened(page, FIT_1).one(class_="kind-exact").one(class_="statements")
    assert lent.text == "frequent (30–79 % of patients) · evidence TAS · through the matching entry ORPHA:900102"
    lent = opened(page, "OMIM:900004").one(class_="kind-exact").one(class_="statements")
    assert lent.text.endswith("evidence TAS · lent by the broader entry ORPHA:900104")


def test_what_is_shown_sums_to_the_sum_that_is_shown(reading):
    for id in diseases(page := reading(NOTE)):
        evidence = opened(page, id).one(class_="evidence")
        worths = [hundredths(each.text) for each in evidence.all(class_="nats")]
        assert sum(worths) == hundredths(evidence.one(class_="sum").text)


def test_what_contradicts_comes_first_and_what_is_missing_is_named(reading):
    page = reading("Boy with arachnodactyly and ectopia lentis. No scoliosis.")
    row = opened(page, LIMB)
    assert "1 finding contradicts it" in row.one(class_="remark").text
    evidence = row.one(class_="evidence")
    assert evidence.all("h3")[0].text == "Against it: findings that contradict it"
    against = evidence.one(class_="kind-contradicting")
    assert "Absent in the patient; Scoliosis is annotated. Frequency: frequent (30–79 % of patients)." in against.text
    missing = evidence.one(class_="look-for").text
    assert "Aortic root aneurysm · 8 of 10 patients (80 %) · PMID:9000012" in missing
    assert "Scoliosis" not in missing


def test_near_findings_and_those_it_has_nothing_like_are_told_apart(reading):
    # Fit syndrome 1 has seizures, of which focal-onset seizures are a kind, and nothing of the spine
    evidence = opened(reading("Focal-onset seizure and scoliosis."), FIT_1).one(class_="evidence")
    assert [each.text for each in evidence.all("h3")][:2] == [
        "Stated in broader or narrower terms",
        "Findings that it does not explain",
    ]
    assert "Focal-onset seizure Annotated with the broader Seizure." in evidence.one(class_="kind-near").text
    assert evidence.one(class_="kind-missing").one(class_="label").text == "Scoliosis"


def test_a_finding_with_a_related_feature_alone_is_told_apart(reading):
    # Wide-eyed heart syndrome has hypertelorism in 7 of 8, and nothing else of the eye
    related = opened(reading("Myopia."), "OMIM:900004").one(class_="evidence").one(class_="kind-related")
    assert "both are kinds of Abnormality of the eye. Most frequent of these: 7 of 8 patients" in related.text


def test_the_notes_own_words_stand_beside_a_reason_where_they_differ(reading):
    evidence = opened(reading("Long slender fingers and scoliosis."), LIMB).one(class_="evidence")
    assert [each.text for each in evidence.all("q")] == ["Long slender fingers"]


def test_what_only_related_diseases_show_is_told_apart_and_says_whose_it_is(reading):
    row = opened(reading("A boy with microcephaly."), FIT_1)
    assert "all evidence for it is from related diseases" in row.one(class_="remark").text
    (kin,) = row.one(class_="kind-of_kin").all("li", class_="reason")
    assert "Not stated of this disease itself; seen in related diseases: Fit syndrome 2." in kin.text
    assert {each.text for each in kin.all(class_="whose")} == {"Fit syndrome 2"}
    assert row.all(class_="definition") == []


def test_age_and_sex_against_a_disease_are_said_and_counted(reading):
    page = reading("Arachnodactyly and focal-onset seizures.")
    assert opened(page, FIT_2).all(class_="circumstances") == []
    page.send("about", open=FIT_2, sex="female", years="", months="1")
    said = diseases(page)[FIT_2].one(class_="circumstances").all("li")
    assert "the patient is 30 days old" in said[0].text
    assert "the patient is female" in said[1].text
    assert said[1].one(class_="nats").text == "−1.00 nats"


def test_a_move_is_told_until_the_order_changes_again(reading):
    # of the two findings only Long-limb syndrome has the one, and only the fit syndromes the other
    page = reading("Seizures and scoliosis.")
    assert page.parts.all(class_="moved") == []
    page.step("negate", "HP:0002650", stood=hidden(page, "stood"))
    row = diseases(page)[LIMB]
    assert row.one(class_="moved").one(class_="unseen").text.startswith("down ")
    assert page.parts.all(class_="rose")
    page.send("look", open=LIMB, stood=hidden(page, "stood"))
    assert diseases(page)[LIMB].one(class_="moved").one(class_="unseen").text.startswith("down ")
    page.send("undo", stood=hidden(page, "stood"))
    assert diseases(page)[LIMB].one(class_="moved").one(class_="unseen").text.startswith("up ")


class Listed:
    def __init__(self, id, rank):
        self.id, self.rank = id, rank


def test_standing_tells_ranks_that_rose_fell_and_entered():
    now = Standing([Listed("OMIM:1", 1), Listed("OMIM:2", 2.5), Listed("OMIM:3", 2.5)], ["OMIM:1=3", "OMIM:2=1"])
    assert [now.move(f"OMIM:{n}") for n in (1, 2, 3)] == [Move(2), Move(-2), Move(entered=True)]
    assert [now.sent(f"OMIM:{n}") for n in (1, 2, 3)] == ["OMIM:1=1=3", "OMIM:2=2.5=1", "OMIM:3=2.5=-"]


def test_a_ranking_shown_first_has_moved_nowhere():
    now = Standing([Listed("OMIM:1", 1)], [])
    assert now.move("OMIM:1") is None
    assert now.sent("OMIM:1") == "OMIM:1=1"


def test_one_nat_is_as_wide_in_every_row():
    class Part:
        kin, match = (), Match.EXACT

        def __init__(self, nats):
            self.nats = nats

    class Ranked:
        def __init__(self, *nats):
            self.contributions = [Part(each) for each in nats]

    rows = [Ranked(3.0, 1.0, -1.0), Ranked(2.0)]  # the longest are 4 nats to the right and 1 to the left
    scale = Scale.of(rows)
    assert scale.middle == 20
    assert [(bar.start, bar.width) for bar in scale.bars(rows[0])] == [(20, 60), (80, 20), (0, 20)]
    assert [(bar.start, bar.width) for bar in scale.bars(rows[1])] == [(20, 40)]


def test_two_diseases_lie_side_by_side_with_what_differs_most_first(reading):
    page = reading(NOTE).send("look", compare=[LIMB, FIT_2])
    table = page.parts.one(id="compare").one("table")
    assert [each.one(class_="name").text for each in table.one("thead").all("th")[1:]] == [
        "Long-limb syndrome",
        "Fit syndrome 2",
    ]
    rows = table.one("tbody").all("tr")
    worth = [
        [hundredths(cell.all(class_="nats")[0].text) if cell.all(class_="nats") else 0 for cell in row.all("td")]
        for row in rows
    ]
    apart = [abs(one - other) for one, other in worth]
    assert apart == sorted(apart, reverse=True)
    assert rows[0].one("th").text == "Arachnodactyly"  # +0.80 and −3.00
    assert "PMID:9000011" in rows[0].all("td")[0].text
    seizure = next(row for row in rows if row.one("th").text == "Seizure")
    assert "takes no part in its score" in seizure.all("td")[0].text  # nothing is said of it in Long-limb syndrome
    assert "Absent in the patient; Seizure is annotated." in seizure.all("td")[1].text
    boxes = {each.attributes["value"]: each for each in page.parts.all("input", type="checkbox", name="compare")}
    assert [id for id, box in boxes.items() if box.has("checked", True)] == [LIMB, FIT_2]
    assert all(box.has("disabled", True) for id, box in boxes.items() if id not in (LIMB, FIT_2))


def test_one_ticked_asks_for_a_second_and_the_comparison_can_be_ended(reading):
    page = reading(NOTE).send("look", compare=LIMB)
    assert "Tick a second disease to compare it with Long-limb syndrome." in page.parts.one(id="compare").text
    page.send("look", compare=[LIMB, FIT_2], alone="true")
    assert page.parts.all(id="compare") == []
    page.send("look", compare=[LIMB, "OMIM:1"])
    assert "OMIM:1 is no longer among those listed." in page.parts.one(id="compare").text


def questions(page):
    return [each.attributes["data-id"] for each in page.parts.one(id="questions").all("li", class_="question")]


def test_a_question_is_answered_in_place_and_asked_no_more(reading):
    page = reading("Hypotonia.")
    asked = questions(page)
    question = page.parts.one(id=f"question-{asked[0].replace(':', '-')}")
    assert re.search(r"[0-9.]+ bits expected · .* chance of a yes", question.text)
    assert "If present, more likely:" in question.text
    sent = {each.attributes["name"]: each.attributes["value"] for each in question.all("input")}
    absent = question.one("button", class_="absent")
    page.send("step", **sent, **{absent.attributes["name"]: absent.attributes["value"]})
    assert page.assertions()[asked[0]] == "excluded"
    assert asked[0] not in questions(page)
    page.send("undo")
    assert questions(page) == asked


def test_what_is_not_known_is_put_aside_and_another_question_takes_its_place(reading):
    page = reading("Hypotonia.")
    first = questions(page)
    signed = page.parts.all("input", name="shown")
    page.send("look", aside=first[0])
    assert questions(page)[:2] == first[1:]  # the others stay, in their order
    assert hidden(page, "aside") == [first[0]]
    assert first[0] not in page.assertions()  # nothing is said of it
    assert [each.attributes for each in page.parts.all("input", name="shown")] == [each.attributes for each in signed]
    page.send("look", aside=first[0], again=first[0])
    assert questions(page) == first


def test_more_is_put_aside_than_the_forms_carry(reading):
    page = reading("Hypotonia.")
    many = [f"HP:{n:07}" for n in range(2001, 2001 + MOST_ASIDE + 1)]
    page.send("look", status=422, aside=many)


def test_genes_are_listed_with_inheritance_and_source(reading):
    genes = reading(NOTE).parts.one(id="genes")
    first = genes.all("li", class_="gene")[0]
    assert first.one(class_="symbol").text == "LIMB1"
    assert "Autosomal dominant inheritance" in first.text
    assert "MENDELIAN, genes_to_disease.txt" in genes.text


def test_an_empty_bench_says_what_will_be_there(client):
    text = client.get("/").text
    assert "The ranking appears here once there is a finding." in text
    assert re.search(r'<section id="questions"[^>]* hidden', text)
    assert re.search(r'<section id="genes"[^>]* hidden', text)


def test_a_look_at_the_ranking_is_answered_with_the_ranking_alone(client, reading):
    page = reading(NOTE)
    headers = {"HX-Request": "true", "HX-Target": "section#ranking"}
    answer = client.post("/bench/look", data={**page.carried, "open": LIMB}, headers=headers)
    assert re.findall(r'<hx-partial hx-target="([^"]+)"', answer.text) == ["#ranking", "#state"]


@pytest.mark.parametrize("fields", [{"stood": "OMIM:1=x"}, {"open": "<b>"}, {"compare": [LIMB, FIT_1, FIT_2]}])
def test_what_no_page_sends_is_refused_without_repeating_it(reading, client, fields):
    page = reading(NOTE)
    answer = client.post("/bench/look", data={**page.carried, **fields}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "<b>" not in answer.text


def test_chinese_names_have_the_english_one_beside(reading):
    page = reading("蜘蛛指，晶状体脱位，脊柱侧弯。", "zh")
    evidence = opened(page, LIMB).one(class_="evidence")
    assert "10 例中 9 例（90 %）" in evidence.text
    assert "支持：" in evidence.text
    assert evidence.all(class_="label", title="Arachnodactyly")
    fragile = diseases(reading("智力障碍，巨头畸形，全面发育迟缓。", "zh"))["OMIM:300624"].one(class_="name")
    assert fragile.one(class_="english", lang="en").text == "Fragile X syndrome"


def test_markup_in_what_was_written_is_text(assessor):
    client = TestClient(create_app(assessor), base_url="http://127.0.0.1")
    answer = client.post("/bench/note", data={"text": "<i>Long slender fingers</i>."}, headers={"HX-Request": "true"})
    assert "<i>Long" not in answer.text
