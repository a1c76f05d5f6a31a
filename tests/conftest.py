"""Two releases for every test: one of forty terms made by hand, and the real one where it has been built."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cli.companions import companions
from ontology.compile.build import build
from ontology.errors import KnowledgeMissing
from ontology.knowledge import Knowledge, root_folder

SMALL_RELEASE = Path(__file__).parent / "small_release"


@pytest.fixture(scope="session")
def small_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Knowledge root with the hand-made release, compiled as the real one is."""
    root = tmp_path_factory.mktemp("small") / "knowledge"
    build(root, companions(), lambda message: None, source=SMALL_RELEASE)
    return root


@pytest.fixture(scope="session")
def small_knowledge(small_root: Path) -> Knowledge:
    """The hand-made release: forty terms, eleven diseases (see small_release/)."""
    return Knowledge.open(small_root)


@pytest.fixture(scope="session")
def real_root() -> Path:
    """Root of the real release; absent only where `make` was not run."""
    root = root_folder() if "PHENOMAP_KNOWLEDGE" in os.environ else Path(__file__).parent.parent / "knowledge"
    try:
        Knowledge.open(root)
    except KnowledgeMissing:
        if os.environ.get("CI"):
            raise
        pytest.skip("no knowledge has been built: run `make`")
    return root


@pytest.fixture(scope="session")
def real_knowledge(real_root: Path) -> Knowledge:
    """The compiled real release."""
    return Knowledge.open(real_root)
