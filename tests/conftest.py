"""Two releases for every test: one of forty terms made by hand, and the real one where it has been built."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from benchmarks.fhir_oracles import npm_faults, npm_is_here, pydantic_faults
from benchmarks.hospital import Hospital
from benchmarks.hospital import hospital as hospital_in
from benchmarks.pace import CPU, HASHING
from cli.companions import companions
from matching.assess import Assessor
from ontology.compile.build import build
from ontology.errors import KnowledgeMissing
from ontology.knowledge import Knowledge, root_folder
from service.cases.rules import CaseRules

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser

# the first example of a test may open what the others share, and a machine may be busy; what is to be fast is timed
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SMALL_RELEASE = Path(__file__).parent / "small_release"


@pytest.fixture(scope="session")
def cpu_seconds() -> Callable[[Callable[[], object]], float]:
    """CPU seconds of the reference machine that an action takes, its ended children's with it (see benchmarks.pace)."""
    return CPU.seconds


@pytest.fixture(scope="session")
def hashing_seconds() -> Callable[[Callable[[], object]], float]:
    """CPU seconds of the reference machine for what is nearly all sums, on all threads together."""
    return HASHING.seconds


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
def assessor(small_knowledge: Knowledge) -> Assessor:
    """Over the hand-made release."""
    return Assessor.open(small_knowledge)


@pytest.fixture
def hospital_with(tmp_path: Path, assessor: Assessor) -> Iterator[Callable[..., Hospital]]:
    """Opens a hospital with rules of its own."""
    with ExitStack() as stack:

        def make(**rules: object) -> Hospital:
            folder = tmp_path / f"hospital{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(hospital_in(folder, assessor, CaseRules.model_validate(rules)))

        yield make


@pytest.fixture
def hospital(hospital_with: Callable[..., Hospital]) -> Hospital:
    """One with the rules of a fresh site."""
    return hospital_with()


@pytest.fixture
def clinician(hospital: Hospital) -> TestClient:
    """The clinician of its northern department, signed in."""
    return hospital.client("clinician north")


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


@pytest.fixture(scope="session")
def launched() -> Callable[..., AbstractContextManager[Browser]]:
    """Opens a real Chromium; skipped by name where there is none, unless PHENOMAP_REQUIRE_BROWSER asks for it."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("PHENOMAP_REQUIRE_BROWSER") == "1":
            pytest.fail("PHENOMAP_REQUIRE_BROWSER is set and there is no Chromium")
        pytest.skip("there is no Chromium on this machine")

    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)  # the first note opens what reads notes, and other work may be beside

    @contextmanager
    def launch(*arguments: str) -> Iterator[Browser]:
        with sync_playwright() as playwright:
            opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_ARGUMENTS, *arguments])
            yield opened
            opened.close()

    return launch


@pytest.fixture(scope="module")
def browser(launched: Callable[..., AbstractContextManager[Browser]]) -> Iterator[Browser]:
    """A real Chromium for the tests of one file."""
    with launched() as opened:
        yield opened


@pytest.fixture(scope="session")
def on_loopback() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Serves an application on a free port of loopback while its context lasts; the value is its address."""
    from benchmarks.page import on_loopback as serving

    return serving


@pytest.fixture(scope="session")
def routes_of() -> Callable[[FastAPI], list[Any]]:
    """Every route of an application, those of included routers too, however the framework keeps them."""

    def walk(app: FastAPI) -> list[Any]:
        waiting, found = list(app.routes), []
        while waiting:
            route = waiting.pop()
            inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
            if inner:
                waiting += inner
            elif hasattr(route, "path"):  # an included router may have no route
                found.append(route)
        return found

    return walk


@pytest.fixture(scope="session")
def npm():
    """npm's validator; skipped by name where it is not installed, unless PHENOMAP_REQUIRE_ORACLE asks for it."""
    if not npm_is_here():
        if os.environ.get("PHENOMAP_REQUIRE_ORACLE") == "1":
            pytest.fail("PHENOMAP_REQUIRE_ORACLE is set and npm's validator is not installed")
        pytest.skip("npm's FHIR validator is not installed: run `npm ci` in tests/fhir/oracle")
    return npm_faults


@pytest.fixture(scope="session")
def valid(npm):
    """Asserts that both oracles find nothing wrong."""

    def checked(resources):
        for faults in (npm(resources), pydantic_faults(resources)):
            found = [(one["resourceType"], fault) for one, fault in zip(resources, faults, strict=True) if fault]
            assert found == []

    return checked
