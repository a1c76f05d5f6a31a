"""What the benchmark of heat maps counts."""

from __future__ import annotations

import numpy as np

from benchmarks.faces_pointing import CHANGES, Found, means, region, told
from facial.measures.definitions import DEFINITIONS


def test_every_term_that_a_measure_is_called_from_is_changed_once():
    called = [term for each in DEFINITIONS for term in (each.high, each.low) if term]

    assert sorted(change.term for change in CHANGES) == sorted(called)


def test_a_term_is_read_in_its_own_direction():
    """Narrow nose is the small value of the nose's width, and is made by narrowing."""
    narrow = next(change for change in CHANGES if change.name == "narrow nose")

    assert narrow.measure == ("nasw_fw", -1)
    assert narrow.strength < 0


def test_the_changed_region_spans_where_landmarks_were_and_where_they_went():
    """One landmark moves from (50, 60) to (70, 60): with 8 pixels of room, columns 42 to 78 and rows 52 to 68."""
    before, after = np.array([[50.0, 60.0]]), np.array([[70.0, 60.0]])

    found = region(((0,),), (before, after))

    rows, columns = np.nonzero(found)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (42, 78, 52, 68)
    assert found.sum() == 37 * 17


def test_changes_count_alike_however_many_faces_each_has():
    """Two of three noses and no chin were pointed at: 2/3 and 0, in the mean 1/3, and not 2/4."""
    hit, miss = (Found("wide nose", points, 0.1, 2.0, 0.5, 1.0, 0.2) for points in (True, False))
    chin = Found("short chin", False, 0.2, 0.1, 0.3, 0.4, 0.2)

    by_name = means([hit, hit, miss, chin])
    lines = told(by_name, "term")

    assert by_name["wide nose"]["points"] == 2 / 3
    assert lines[3].split()[3] == "0.33"
    assert lines[-1].endswith("1 of 2 changes")
