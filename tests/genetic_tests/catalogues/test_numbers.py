"""Shares, prices and times as catalogues write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.genetic_tests.catalogues.numbers import currency_of, days, price, share


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [("0.95", "", 0.95), ("95%", "", 0.95), ("９５％", "", 0.95), ("95", "%", 0.95), ("1", "", 1.0), ("无", "", None)],
)
def test_a_share(cell, unit, value):
    assert share(cell, unit) == pytest.approx(value)


@pytest.mark.parametrize("cell", ["95", "-0.1", "1.01", "101%", "high", ">95%", "nan", "1e-1"])
def test_no_share(cell):
    if cell == "nan":  # says nothing
        assert share(cell) is None
        return
    with pytest.raises(ValueError, match="is no"):
        share(cell)


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("1,200", "", (1200, "")),
        ("￥1200.50", "", (1200.5, "CNY")),
        ("1200元/次", "", (1200, "CNY")),
        ("1200", "元", (1200, "CNY")),
        ("US$ 300", "", (300, "USD")),
        ("£250", "", (250, "GBP")),
        ("面议", "", (None, "")),
    ],
)
def test_a_price(cell, unit, value):
    assert price(cell, unit) == value


@pytest.mark.parametrize("cell", ["1.200,50", "-5", "a lot", "12,00", "99999999999"])
def test_no_price(cell):
    with pytest.raises(ValueError, match="is no"):
        price(cell)


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [
        ("14", "", 14),
        ("14 days", "", 14),
        ("7-10天", "", 10),  # of a range, its end
        ("10个工作日", "", 14),  # 10 * 7 / 5
        ("2", "周", 14),
        ("4-6 weeks", "", 42),
        ("48小时", "", 2),
        ("1个月", "", 30),
        ("", "", None),
    ],
)
def test_days(cell, unit, value):
    assert days(cell, unit) == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize("cell", ["soon", "-3", "10000", "inf"])
def test_no_days(cell):
    with pytest.raises(ValueError, match="is no"):
        days(cell)


def test_currencies():
    assert [currency_of(word) for word in ("人民币", "RMB", "gbp", "chf", "")] == ["CNY", "CNY", "GBP", "CHF", ""]


@given(st.text(max_size=20))
def test_any_text_is_a_number_in_its_bounds_nothing_or_a_fault(text):
    for read, most in ((share, 1), (lambda cell: price(cell)[0], 1e9), (days, 1000)):
        try:
            value = read(text)
        except ValueError:
            continue
        assert value is None or 0 <= value <= most
