"""The sums that tell a person's number from any other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.deidentify.checks import is_card, is_old_resident_id, is_resident_id, is_resident_id_like, resident_check
from service.deidentify.fold import fold


def test_the_check_character_of_an_identity_number():
    # 1*7+1*9+0*10+1*5+0*8+5*4+1*2+9*1+4*6+9*3+1*7+2*9+3*10+1*5+0*8+0*4+2*2 = 167; 167 mod 11 = 2, which is written X
    assert resident_check("11010519491231002") == "X"
    assert is_resident_id("11010519491231002x")
    assert not is_resident_id("110105194912310021")
    assert is_resident_id_like("110105194912310021")  # a day of birth, all the same
    assert not is_resident_id_like("110105194913310025")  # there is no thirteenth month


def test_the_old_form_holds_a_day_of_birth():
    assert is_old_resident_id("110105491231002")
    assert not is_old_resident_id("110105491331002")
    assert not is_old_resident_id("990105491231002")  # no such region


@given(st.text("0123456789", min_size=12, max_size=18))
def test_one_check_digit_of_ten_makes_a_card(digits: str):
    assert sum(is_card(digits + last) for last in "0123456789") == 1


@given(st.text(max_size=80))
def test_folding_keeps_every_place(text: str):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
