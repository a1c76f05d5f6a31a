"""What a reader copies works: commands of the README parse, examples in docstrings run, links lead somewhere."""

import doctest
import importlib
import pkgutil
import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from benchmarks.evaluate import LANGUAGE_MODELS
from cli.main import parsed
from matching.lm.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = (
    "README.md",
    "README.zh.md",
    "docs/architecture.md",
    "docs/keeping.md",
    "docs/belief.md",
    "docs/ranking.md",
    "docs/english_notes.md",
    "docs/chinese_notes.md",
    "docs/genetic_tests.md",
    "docs/printing.md",
    "docs/faces.md",
    "docs/faces_explanations.md",
    "docs/faces_gallery.md",
    "docs/faces_measures.md",
    "docs/faces_norms.md",
    "docs/faces_models.md",
    "docs/faces_photos.md",
    "docs/ehr.md",
    "docs/fhir.md",
    "docs/cds_hooks.md",
    "docs/smart.md",
    "docs/phenopackets.md",
    "docs/shift.md",
    "docs/screening.md",
)
ROOMS = ("ontology", "nlp", "matching", "service", "screening", "facial", "cli")


def commands_of(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.startswith("    phenomap ")]


@pytest.mark.parametrize("command", commands_of("README.md") + commands_of("docs/keeping.md"))
def test_each_command_of_the_pages_is_one(command):
    parsed(shlex.split(command, comments=True)[1:])


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_to_a_file(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_of_the_pages_exist(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for target in re.findall(r"`make ([a-z]+)`|^    make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8"), re.M):
        assert set(filter(None, target)) <= targets


def test_benchmark_commands_of_the_pages_are_modules():
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES)
    for module in re.findall(r"python -m (benchmarks(?:\.\w+)+)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file()


def test_constants_and_rankers_of_the_ranking_page_exist():
    text = (ROOT / "docs/ranking.md").read_text(encoding="utf-8")
    assert set(re.findall(r"--set ([a-z_]+)=", text)) <= {field.name for field in fields(Settings)}
    assert {f"lm{tail}" for tail in re.findall(r"`lm(-[a-z-]+)?`", text)} <= set(LANGUAGE_MODELS)


def test_examples_in_docstrings_run():
    run = 0
    for room in ROOMS:
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, room + "."):
            result = doctest.testmod(importlib.import_module(found.name))
            assert result.failed == 0, found.name
            run += result.attempted
    assert run > 0


def test_nothing_shadows_a_package():
    assert list((ROOT / "tests").rglob("__init__.py")) == []
