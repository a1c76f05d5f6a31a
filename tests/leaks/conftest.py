"""A hospital whose northern department keeps a case full of marked words."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from benchmarks.hospital import hospital as opened
from matching.assess import Assessor
from service.cases.rules import CaseRules


@pytest.fixture(scope="session")
def assessor(small_knowledge):
    return Assessor.open(small_knowledge)


@pytest.fixture
def hospital_with(tmp_path, assessor):
    with ExitStack() as stack:

        def make(**rules):
            return stack.enter_context(opened(tmp_path, assessor, CaseRules(**rules)))

        yield make
