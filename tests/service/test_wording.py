"""Ages in days, probabilities and notices in words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from matching.report import Contribution, Described, Frequency, Match, NoPart, Notice, NoticeKind
from ontology.annotations import Relation
from ontology.features import Unread
from ontology.terms import NoTerm
from service.age import days_of
from service.catalogues import DICTIONARIES
from service.models.inputs import AGE
from service.wording import Wording, preferred


@pytest.mark.parametrize(
    ("age", "days"),
    # 365.2425 days a year, 30.436875 a month: 3 years and 2 months are 1095.7 + 60.9
    [("P3Y2M", 1157), ("P10D", 10), ("P6W", 42), ("P0D", 0), ("P1Y2M3D", 429), (None, None)],
)
def test_an_age_is_counted_in_days(age, days):
    assert age is None or re.fullmatch(AGE, age)
    assert days_of(age) == days


@pytest.mark.parametrize("age", ["P", "P3Y2W", "3Y", "P-1Y", "PT5H", "P1.5Y", "P150Y", "P3Y\n"])
def test_what_is_no_age_is_not_taken(age):
    assert not re.fullmatch(AGE, age)


def test_probabilities_have_words_at_their_bounds(small_knowledge):
    wording = Wording.of(small_knowledge)
    shares = (1.0, 0.5, 0.49, 0.2, 0.19, 0.05, 0.04, 0.0)
    words = ["strong", "strong", "moderate", "moderate", "weak", "weak", "faint", "faint"]
    assert [wording.confidence(share) for share in shares] == words
    assert wording.confidence(None) is None


def test_notices_name_the_terms_and_bear_unknown_ids(small_knowledge):
    wording = Wording.of(small_knowledge)
    one = Notice(NoticeKind.CONTRADICTION, ("HP:0001250",))
    assert wording.notice(one) == "Seizure (HP:0001250) is said to be both present and absent."
    two = Notice(NoticeKind.CONTRADICTION, ("HP:0007359", "HP:0001250"))
    assert wording.notice(two).startswith("Focal-onset seizure (HP:0007359) is present")
    unknown = Notice(NoticeKind.NOT_RANKED, ("HP:7777777",), NoTerm.NOT_IN_RELEASE)
    assert wording.notice(unknown).endswith("HP:7777777 is not in this HPO release.")


@pytest.mark.parametrize(
    ("notice", "english", "chinese"),
    [
        (
            Notice(NoticeKind.NOT_RANKED, ("HP:0001250",), NoPart.POSSIBILITY),
            "Something takes no part in the ranking. Seizure is a possibility, not a finding.",
            "有内容未参与排序：{label}只是一种可能，不是已有的表型。",
        ),
        (
            Notice(NoticeKind.NOT_RANKED, ("HP:0001250",), NoPart.NO_PHENOTYPE),
            "Something takes no part in the ranking. Seizure is no phenotypic abnormality.",
            "有内容未参与排序：{label}不是表型异常。",
        ),
        (
            Notice(NoticeKind.NOT_RANKED, ("HP:7777777", "HP:0001250"), NoTerm.WITHDRAWN),
            "Something takes no part in the ranking. HP:7777777 is obsolete and has no replacement.",
            "有内容未参与排序：HP:7777777 已废止，且没有替代术语。",
        ),
        (
            Notice(NoticeKind.NOT_RANKED, ("seizure",), NoTerm.NOT_AN_ID),
            "Something takes no part in the ranking. This is not an HPO id.",
            "有内容未参与排序：所给编号不是 HPO 编号。",
        ),
        (
            Notice(NoticeKind.TOO_FEW_FINDINGS, count=3),
            "Fewer than six findings: the order of the diseases says little. 3 present findings: from 6 on the ranking "
            "is far surer.",
            "表型不足六项：疾病的排序参考价值很小。现有 3 项；达到 6 项后排序可靠得多。",
        ),
        (
            Notice(NoticeKind.TOO_FEW_FINDINGS),
            "Fewer than six findings: the order of the diseases says little.",
            "表型不足六项：疾病的排序参考价值很小。",
        ),
    ],
)
def test_a_notice_says_why_in_both_languages(small_knowledge, notice, english, chinese):
    wording = Wording.of(small_knowledge)
    assert wording.notice(notice) == english
    zh = wording.into("zh")
    assert zh.notice(notice) == chinese.format(label=zh.label("HP:0001250"))


def test_every_reason_to_tell_has_a_sentence():
    keys = {f"notice.not_ranked.{why}" for why in (*NoTerm, *NoPart)}
    keys |= {f"abstention.{reason}{part}" for reason in Unread for part in ("", ".mend")}
    assert keys <= set(DICTIONARIES["en"])


def test_an_unknown_language_is_answered_in_english(small_knowledge):
    assert Wording.of(small_knowledge, "tlh").words is Wording.of(small_knowledge).words


def test_what_is_said_in_letters_is_said_in_chinese():
    said = {key: re.sub(r"{[^}]*}", "", text) for key, text in DICTIONARIES["zh"].items()}
    latin = {
        key for key, text in said.items() if re.search("[A-Za-z]", text) and not re.search("[\u4e00-\u9fff]", text)
    }
    assert latin == {"page.docs", "page.nats", "modality.mlpa", "fhir.modality.mlpa", "print.moment"}


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB, zh;q=0.5", "en"),
        ("fr, zh;q=0.3", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("ZH-Hant", "zh"),
        ("de", "en"),
        ("*", "en"),
        ("zh;q=x", "en"),
        (";;,,=", "en"),
    ],
)
def test_the_language_is_the_one_best_liked_of_those_spoken(header, language):
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("frequency", "english", "chinese"),
    [
        (Frequency(0.9, 9, 10), "9 of 10 patients (90 %)", "10 例中 9 例（90 %）"),
        (Frequency(0.895), "very frequent (80–99 % of patients)", "非常常见（80–99 % 的患者）"),
        (Frequency(0.5), "50 % of patients", "50 % 的患者"),
        (Frequency(0.004), "below 1 % of patients", "低于 1 % 的患者"),
        (Frequency(None), "frequency not given", "未注明频率"),
        (Frequency(0.0, 0, 10), "0 of 10 patients (0 %)", "10 例中 0 例（0 %）"),
    ],
)
def test_a_frequency_is_told_as_it_was_published(small_knowledge, frequency, english, chinese):
    wording = Wording.of(small_knowledge)
    assert wording.frequency(frequency) == english
    assert wording.into("zh").frequency(frequency) == chinese


def test_a_contribution_is_told_in_both_languages(small_knowledge):
    wording = Wording.of(small_knowledge)
    met = Contribution("HP:0007359", Match.MORE_SPECIFIC, "HP:0001250", (1,), 1.0, True, Frequency(1.0, 5, 5))
    assert wording.match(met) == (
        "Annotated with the broader Seizure. Frequency: 5 of 5 patients (100 %). The disease is named for Seizure."
    )
    seizure = wording.into("zh").label("HP:0001250")
    assert "癫痫" in seizure
    assert wording.into("zh").match(met) == (
        f"该病注释的是更宽泛的{seizure}。频率：5 例中 5 例（100 %）。该病即以{seizure}命名。"
    )
    nothing = Contribution("HP:0007359", Match.NONE, None, (), -1.0)
    assert wording.match(nothing) == "Nothing like it is known of the disease; every such disease loses as much."


ENTRY = Described("ORPHA:1", "Fit syndrome", True)
BROADER = replace(ENTRY, relation=Relation.BROADER)


@pytest.mark.parametrize(
    ("described", "by_name", "english", "chinese"),
    [
        ((ENTRY,), False, "Orphanet's definition speaks of Seizure.", "Orphanet 的定义提到{seizure}。"),
        (
            (BROADER,),
            False,
            "Orphanet's definition of the broader Fit syndrome speaks of Seizure.",
            "Orphanet 更宽泛的条目 Fit syndrome 的定义提到{seizure}。",
        ),
        (
            (replace(ENTRY, in_definition=False),),
            False,
            "Orphanet's name for it speaks of Seizure.",
            "Orphanet 给该病的名称提到{seizure}。",
        ),
        # Of several entries the definition of the nearest is named; an entry's name adds nothing to the disease's own.
        ((BROADER, ENTRY), False, "Orphanet's definition speaks of Seizure.", "Orphanet 的定义提到{seizure}。"),
        (
            (replace(ENTRY, in_definition=False),),
            True,
            "The disease is named for Seizure.",
            "该病即以{seizure}命名。",
        ),
    ],
)
def test_what_words_alone_say_is_told_as_words(small_knowledge, described, by_name, english, chinese):
    wording = Wording.of(small_knowledge)
    met = Contribution("HP:0001250", Match.EXACT, "HP:0001250", (), 1.0, by_name, described=described)
    assert wording.match(met) == english
    zh = wording.into("zh")
    assert zh.match(met) == chinese.format(seizure=zh.label("HP:0001250"))


def test_words_on_something_below_the_term_met_are_told_as_that(small_knowledge):
    wording = Wording.of(small_knowledge)
    general = Contribution("HP:0001250", Match.MORE_GENERAL, "HP:0007359", (), 1.0, described=(ENTRY,))
    assert wording.match(general) == "Orphanet's definition speaks of Seizure or a kind of it."
    absent = Contribution("HP:0001250", Match.EXCLUDED_MEETS_PRESENT, "HP:0007359", (), -0.2, by_name=True)
    assert wording.match(absent) == "Absent in the patient. The disease is named for Seizure or a kind of it."


@pytest.mark.parametrize(
    ("match", "english"),
    [
        (Match.EXACT, "Not stated of this disease itself; seen in related diseases: A; B; and 7 more."),
        (
            Match.MORE_SPECIFIC,
            "Not stated of this disease itself; the broader Seizure is seen in related diseases: A; B; and 7 more.",
        ),
        (
            Match.SHARED_ANCESTOR,
            "Not stated of this disease itself; another kind of Seizure is seen in related diseases: A; B; and 7 more.",
        ),
    ],
)
def test_what_only_kin_show_is_said_to_be_theirs(small_knowledge, match, english):
    met = Contribution("HP:0007359", match, "HP:0001250", (1,), 1.0, kin=("OMIM:1", "OMIM:2"), kin_more=7)
    wording = Wording.of(small_knowledge)
    assert wording.match(met, ("A", "B")) == english
    assert "该病本身无此记载" in wording.into("zh").match(met, ("A", "B"))
    assert "A；B；另有 7 种" in wording.into("zh").match(met, ("A", "B"))


def test_the_share_of_kin_is_told_from_a_tenth_on(small_knowledge):
    wording = Wording.of(small_knowledge)
    assert wording.from_kin(0.09) is None
    assert wording.from_kin(0.5) == "50 % of the evidence for it is from related diseases"
    assert wording.from_kin(1.0) == "all evidence for it is from related diseases"
