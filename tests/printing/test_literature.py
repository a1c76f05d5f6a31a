"""References are numbered where they are first cited."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.printing.literature import Literature


def test_numbers_follow_the_first_citation_and_runs_are_joined():
    literature = Literature()
    assert literature.cite(["PMID:9", "PMID:1"]) == "[1, 2]"
    assert literature.cite(["PMID:5", "PMID:1", "PMID:6", "PMID:7"]) == "[2–5]"
    assert literature.cite(["PMID:9", "PMID:7", "PMID:6"]) == "[1, 4, 5]"
    assert literature.cite([]) == ""
    assert list(literature.references) == ["PMID:9", "PMID:1", "PMID:5", "PMID:6", "PMID:7"]


@given(st.lists(st.lists(st.sampled_from([f"PMID:{n}" for n in range(12)]), max_size=8), max_size=8))
def test_every_reference_keeps_its_number(cited):
    literature = Literature()
    for references in cited:
        literature.cite(references)
    for at, reference in enumerate(literature.references, 1):
        assert literature.cite([reference]) == f"[{at}]"
    assert sorted(literature.references) == sorted({each for references in cited for each in references})
