"""Versions are written whole or not at all, opened in milliseconds, and put in use one at a time."""

import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.genetic_tests.catalogue import Catalogue, CatalogueTest
from matching.genetic_tests.catalogues import kept, shelf
from matching.genetic_tests.catalogues.columns import Format
from matching.genetic_tests.catalogues.faults import (
    CatalogueDamaged,
    CatalogueRefused,
    CatalogueUnknown,
    RowNote,
)
from matching.genetic_tests.catalogues.opening import generic_catalogue, merged, open_catalogue
from matching.genetic_tests.catalogues.reading import Lost, Reading

TESTS = (
    CatalogueTest("A", "a", "gene_panel", ("FMR1", "HTT"), "", ("NOPE",), 0.9, 100.0, 14.0, "血"),
    CatalogueTest("B", "b", "exome"),
)


LOST = (Lost(2, "A", "NOPE", "unknown"),)


def reading(tests=TESTS, *, currency="CNY", faults=(), rows=None, lost=LOST):
    rows = len(tests) + len(faults) if rows is None else rows
    notes = tuple(faults)
    return Reading(Format.OWN, "utf-8-sig", rows, tuple(tests), currency, (), notes, len(notes), (), 0, tuple(lost))


@pytest.fixture
def put(tmp_path):
    """Keep a reading of a source with `content`."""

    def put(name, content="x", read=None, **options):
        source = tmp_path / f"{name}.csv"
        source.write_text(content, encoding="utf-8")
        options = {"release": "r", "gene_names": "", "options": {}} | options
        return shelf.keep(tmp_path, name, source, read or reading(), **options)

    return put


def test_what_was_kept_is_opened_again(tmp_path, put):
    shelved, fresh = put("检验科")
    assert (fresh, shelved.in_use, shelved.kept.counts["tests"]) == (True, True, 2)
    catalogue = open_catalogue(tmp_path)
    assert (catalogue.name, catalogue.version, catalogue.currency) == ("检验科", shelved.kept.version, "CNY")
    assert tuple(catalogue.tests) == TESTS
    assert kept.read_lost(shelved.folder) == LOST


def test_one_test_is_made_without_the_others(tmp_path, put):
    put("lab")
    tests = open_catalogue(tmp_path).tests
    assert (tests[1], tests[-2], len(tests)) == (TESTS[1], TESTS[0], 2)
    with pytest.raises(IndexError):
        tests[2]


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
number = st.none() | st.floats(0, 1e6)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(
            CatalogueTest,
            words,
            words,
            st.sampled_from(("exome", "mlpa", "gene_panel")),
            st.lists(words, max_size=4).map(tuple),
            words,
            st.lists(words, max_size=2).map(tuple),
            number,
            number,
            number,
            words,
        ),
        max_size=6,
    )
)
def test_arrays_give_back_any_tests(tmp_path_factory, tests):
    folder = tmp_path_factory.mktemp("kept")
    kept.write_tests(folder, tests, ())
    read = kept.KeptTests.read(folder)
    assert [read[at] for at in range(len(read))] == tests  # one by one
    assert list(read) == tests  # all at once


def test_the_same_source_is_kept_once_and_another_is_a_version(tmp_path, put):
    first, _ = put("lab", "one")
    again, fresh = put("lab", "one")
    assert (again.kept.version, fresh) == (first.kept.version, False)
    second, fresh = put("lab", "two", reading(TESTS[:1]))
    assert fresh
    assert len(open_catalogue(tmp_path).tests) == 1
    shelf.use(tmp_path, "lab", first.kept.version)
    assert open_catalogue(tmp_path).version == first.kept.version
    assert {each.kept.version: each.in_use for each in shelf.shelved(tmp_path)} == {
        first.kept.version: True,
        second.kept.version: False,
    }


@pytest.mark.parametrize("changed", [{"release": "s"}, {"gene_names": "h"}, {"options": {"amber": True}}])
def test_what_a_version_depends_on_makes_another(put, changed):
    assert put("lab")[0].kept.version != put("lab", **changed)[0].kept.version


def test_none_in_use_opens_none(tmp_path, put):
    assert open_catalogue(tmp_path) is None
    put("lab")
    shelf.put_away(tmp_path, "lab")
    assert open_catalogue(tmp_path) is None
    assert [each.in_use for each in shelf.shelved(tmp_path)] == [False]
    assert shelf.named(tmp_path, ["lab"])[0].name == "lab"  # still to look panels up in
    with pytest.raises(CatalogueUnknown):
        shelf.put_away(tmp_path, "lab")
    with pytest.raises(CatalogueUnknown):
        shelf.use(tmp_path, "lab", "2020-01-01-00000000")
    with pytest.raises(CatalogueUnknown):
        shelf.named(tmp_path, ["other"])


def test_several_in_use_share_codes_by_their_names_and_prices_by_one_currency(tmp_path, put):
    put("east")
    put(
        "west",
        read=reading(
            (CatalogueTest("A", "other", "exome", price=5.0), CatalogueTest("C", "c", "mlpa")), currency="USD", lost=()
        ),
    )
    catalogue = open_catalogue(tmp_path)
    assert catalogue.name == "east + west"
    assert [test.code for test in catalogue.tests] == ["east:A", "B", "west:A", "C"]
    assert (catalogue.currency, catalogue.tests[0].price, catalogue.tests[2].price) == ("CNY", 100.0, None)
    assert len(catalogue.tests) == len(list(catalogue.tests)) == 4


def test_one_catalogue_stays_itself():
    catalogue = Catalogue("one", "1", TESTS)
    assert merged([catalogue]) is catalogue


def test_faulty_rows_are_left_out_only_where_asked_and_few(tmp_path, put):
    put("lab", "old")
    before = open_catalogue(tmp_path).version
    faulty = reading(faults=[RowNote(4, "its code is empty.")], rows=10)
    with pytest.raises(CatalogueRefused, match=r"1 of 10, the first 4: its code is empty\. Nothing") as refused:
        put("lab", "new", faulty)
    assert refused.value.rows == (RowNote(4, "its code is empty."),)
    assert open_catalogue(tmp_path).version == before
    shelved, _ = put("lab", "new", faulty, skip_faulty=True)
    assert shelved.kept.left_out == ((4, "its code is empty."),)
    many = reading(faults=[RowNote(4, "x"), RowNote(5, "y")], rows=10)
    with pytest.raises(CatalogueRefused, match="More than a tenth"):
        put("lab", "newer", many, skip_faulty=True)
    assert open_catalogue(tmp_path).version == shelved.kept.version


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "-x", "x" * 61, "a b", "gene.tsv"])
def test_names_that_are_no_folder_are_refused(put, name):
    with pytest.raises(CatalogueRefused, match="cannot name a catalogue"):
        shelf.check_name(name)


def test_an_import_that_fails_midway_leaves_nothing_and_the_old_in_use(tmp_path, put, monkeypatch):
    put("lab", "old")
    before = open_catalogue(tmp_path).version

    def fail(*given):
        raise OSError("disk full")

    monkeypatch.setattr(shelf, "write_tests", fail)
    with pytest.raises(OSError, match="disk full"):
        put("lab", "new")
    with pytest.raises(OSError, match="disk full"):
        put("other", "new")
    assert open_catalogue(tmp_path).version == before
    assert sorted(path.name for path in (tmp_path / "catalogues").iterdir()) == ["lab"]
    assert sorted(path.name for path in (tmp_path / "catalogues" / "lab").iterdir()) == sorted([before, "CURRENT"])


def test_what_a_killed_import_left_is_swept(tmp_path, put):
    put("lab", "old")
    left = tmp_path / "catalogues" / "lab" / ".importing-999999999"
    left.mkdir()
    alive = tmp_path / "catalogues" / "lab" / f".importing-{os.getppid()}"
    alive.mkdir()
    put("lab", "new")
    assert (left.exists(), alive.exists()) == (False, True)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "numbers.npy").write_bytes(b""),
        lambda folder: (folder / "code_utf8.npy").unlink(),
        lambda folder: (folder / "manifest.json").write_text("{", encoding="utf-8"),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: np.save(folder / "modality_of.npy", np.array([1, 1], np.int32)),
    ],
)
def test_damage_is_noticed_and_mended_by_importing_again(tmp_path, put, damage):
    shelved, _ = put("lab", "one")
    damage(shelved.folder)
    with pytest.raises(CatalogueDamaged, match="Import the catalogue again"):
        open_catalogue(tmp_path)
    mended, fresh = put("lab", "one")
    assert fresh
    assert mended.kept.version == shelved.kept.version
    assert tuple(open_catalogue(tmp_path).tests) == TESTS


def test_a_damaged_version_does_not_hide_the_others(tmp_path, put):
    first, _ = put("lab", "one")
    second, _ = put("lab", "two")
    (second.folder / "manifest.json").unlink()
    assert shelf.damaged(tmp_path) == (second.folder,)
    assert shelf.use(tmp_path, "lab", first.kept.version).in_use
    assert open_catalogue(tmp_path).version == first.kept.version


def test_another_schema_is_refused(tmp_path, put):
    shelved, _ = put("lab")
    path = shelved.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"schema": 99}), encoding="utf-8")
    with pytest.raises(CatalogueDamaged, match="schema 99"):
        open_catalogue(tmp_path)


def test_a_pointer_that_names_no_version_is_refused(tmp_path, put):
    put("lab")
    (tmp_path / "catalogues" / "lab" / "CURRENT").write_text("../../elsewhere\n", encoding="utf-8")
    with pytest.raises(CatalogueDamaged, match="names no version"):
        open_catalogue(tmp_path)


def test_five_thousand_tests_open_in_twenty_milliseconds(cpu_seconds, tmp_path, put):
    genes = [f"GENE{i}" for i in range(5_000)]
    tests = [CatalogueTest(f"P{i}", f"Panel {i}", "gene_panel", tuple(genes[i % 4_500 :][:500])) for i in range(5_000)]
    put("large", read=reading(tests, lost=()))
    catalogue = open_catalogue(tmp_path)
    assert len(catalogue.tests) == 5_000
    assert catalogue.tests[4_999].genes == tests[4_999].genes
    assert cpu_seconds(lambda: open_catalogue(tmp_path)) < 0.02


def test_the_generic_catalogue_names_no_laboratory():
    assert all(test.code == f"generic:{test.modality}" for test in generic_catalogue().tests)
