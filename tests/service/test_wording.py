"""Ages in days, probabilities and notices in words."""

from __future__ import annotations

import re

import pytest

from matching.report import Notice, NoticeKind
from service.age import days_of
from service.models.inputs import AGE
from service.wording import Wording


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
    wording = Wording.of(small_knowledge.terms)
    shares = (1.0, 0.5, 0.49, 0.2, 0.19, 0.05, 0.04, 0.0)
    words = ["strong", "strong", "moderate", "moderate", "weak", "weak", "faint", "faint"]
    assert [wording.confidence(share) for share in shares] == words
    assert wording.confidence(None) is None


def test_notices_name_the_terms_and_bear_unknown_ids(small_knowledge):
    wording = Wording.of(small_knowledge.terms)
    one = Notice(NoticeKind.CONTRADICTION, ("HP:0001250",), "detail")
    assert wording.notice(one) == "Seizure (HP:0001250) is said to be both present and absent."
    two = Notice(NoticeKind.CONTRADICTION, ("HP:0007359", "HP:0001250"))
    assert wording.notice(two).startswith("Focal-onset seizure (HP:0007359) is present")
    unknown = Notice(NoticeKind.NOT_RANKED, ("HP:7777777",), "HP:7777777 is not in this HPO release.")
    assert wording.notice(unknown).endswith("HP:7777777 is not in this HPO release.")


def test_an_unknown_language_is_answered_in_english(small_knowledge):
    assert Wording.of(small_knowledge.terms, "tlh").words is Wording.of(small_knowledge.terms).words
