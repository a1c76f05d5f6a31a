"""Many strings in one array of bytes: one by one, several at once, all."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ontology.arrays import StringPool


@given(st.data(), st.lists(st.text(max_size=5), max_size=6))
def test_several_at_once_are_those_read_one_by_one_in_the_order_asked_for(data, strings):
    pool = StringPool.of(strings)
    asked = data.draw(st.lists(st.integers(0, len(strings) - 1), max_size=8)) if strings else []
    assert pool.several(np.array(asked, np.int64)) == [pool[at] for at in asked] == [strings[at] for at in asked]
    assert list(pool) == strings
