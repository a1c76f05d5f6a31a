"""The writing thread: what is acknowledged is on disk, what fails is not, and nobody waits for ever."""

import os
import sqlite3
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, select, text

from service.store import locked, tables
from service.store.database import open_database
from service.store.errors import StoreBusy, StoreClosed, StoreError, StoreFull
from service.store.group_commit import GroupCommit, _Change
from service.store.migrate import migrate


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a folder ?#%" / "phenomap.db"


@pytest.fixture
def database(path):
    path.parent.mkdir()
    database = open_database(f"sqlite:///{path}".replace("%", "%25").replace("?", "%3F"))
    migrate(database)
    yield database
    database.close()


def add(name):
    return lambda c: c.execute(tables.department.insert().values(id=name, name=name)).rowcount


def on_disk(path):
    """What another process sees."""
    with sqlite3.connect(path) as other:
        return sorted(name for (name,) in other.execute("SELECT name FROM department"))


class Held:
    """Keeps the writer inside one change, so that others gather behind it."""

    def __init__(self, database):
        self.entered, self.release = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=outcome, args=(lambda: database.write(self.work),))

    def work(self, connection):
        self.entered.set()
        assert self.release.wait(20)

    def __enter__(self):
        self.thread.start()
        assert self.entered.wait(20)
        return self

    def __exit__(self, *_):
        self.release.set()
        self.thread.join()


def outcome(call):
    try:
        return call()
    except BaseException as error:
        return error


def together(database, *works):
    """The outcomes of changes that share one commit: all are in line before the writer goes on."""
    with ThreadPoolExecutor(len(works)) as pool:
        with Held(database):
            futures = []
            for work in works:
                waiting = database._writer._line.qsize()
                futures.append(pool.submit(outcome, lambda work=work: database.write(work)))
                while database._writer._line.qsize() == waiting:
                    time.sleep(0.001)
        return [future.result() for future in futures]


def test_the_writing_connection_syncs_each_commit(database):
    def settings(connection):
        return {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("synchronous", "journal_mode", "foreign_keys", "secure_delete", "query_only")
        }

    expected = {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1, "query_only": 0}
    assert database.write(settings) == expected
    assert database.read(settings) == expected | {"query_only": 1}


def test_what_is_acknowledged_is_seen_by_another_process(database, path):
    database.write(add("a"))
    assert on_disk(path) == ["a"]


def test_the_files_are_this_users_alone(database, path):
    database.write(add("a"))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_nothing_is_acknowledged_before_the_commit(database):
    commits, acknowledged_before = [], []
    done = []

    @event.listens_for(database.engine, "commit")
    def commit(connection):
        acknowledged_before.append(len(done))
        commits.append(1)

    results = together(database, *(add(str(number)) for number in range(20)))
    done.extend(results)
    assert results == [1] * 20
    assert len(commits) == 1  # all twenty, and the one they waited behind
    assert acknowledged_before == [0]


def test_one_failing_change_of_many_is_undone_alone(database, path):
    class Refused(Exception):
        pass

    def refused(connection):
        add("x")(connection)
        raise Refused

    first, second, third, fourth = together(database, add("a"), refused, add("a"), add("b"))
    assert (first, fourth) == (1, 1)
    assert isinstance(second, Refused)
    assert "UNIQUE" in str(third)
    assert on_disk(path) == ["a", "b"]


def test_a_commit_that_fails_fails_every_change_in_it(database, path):
    def fails(connection):
        raise sqlite3.OperationalError("disk I/O error")

    event.listen(database.engine, "commit", fails)
    results = together(database, add("a"), add("b"), add("c"))
    event.remove(database.engine, "commit", fails)
    assert [type(result) for result in results] == [StoreError] * 3
    assert len(set(map(id, results))) == 3  # each caller raises its own
    assert on_disk(path) == []
    database.write(add("d"))
    assert on_disk(path) == ["d"]


def test_a_constraint_that_is_checked_at_the_commit_fails_it(database, path):
    def broken(connection):
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        connection.execute(tables.membership.insert().values(account="no", department="no", role="r"))

    results = together(database, add("a"), broken)
    assert all(isinstance(result, StoreError) for result in results)
    assert on_disk(path) == []
    database.write(add("b"))
    assert on_disk(path) == ["b"]


def test_a_full_disk_keeps_nothing_and_is_got_over(database, path):
    # SQLite reports the bound on pages just as it reports a full disk
    database.write(add("a"))
    pages = database.write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
    database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 3}").scalar())
    large = lambda c: c.execute(tables.department.insert().values(id="large", name="x" * 200_000))  # noqa: E731
    small, full, other = together(database, add("b"), large, add("c"))
    assert isinstance(full, StoreFull)
    assert (small, other) == (1, 1)
    assert on_disk(path) == ["a", "b", "c"]
    database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000").scalar())
    database.write(large)
    assert len(on_disk(path)) == 4


@pytest.mark.parametrize("swallow", [False, True])
@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_change_cannot_end_the_transaction_it_shares(database, path, end, swallow):
    def ends(connection):
        add("x")(connection)
        try:
            getattr(connection, end)()
        except RuntimeError:
            if not swallow:
                raise
        add("y")(connection)

    first, second, third = together(database, add("a"), ends, add("b"))
    assert (first, third) == (1, 1)
    assert isinstance(second, Exception)
    assert on_disk(path) == ["a", "b"]


def test_a_change_that_loses_the_whole_transaction_leaves_the_others_written(database, path):
    database.write(
        lambda c: c.execute(
            text(
                "CREATE TRIGGER lost BEFORE INSERT ON department WHEN NEW.name = 'bad' "
                "BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END"
            )
        )
    )
    first, second, third = together(database, add("a"), add("bad"), add("b"))
    assert (first, third) == (1, 1)
    assert "all of it" in str(second)
    assert on_disk(path) == ["a", "b"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_change_that_stops_the_program_does_not_stop_the_writer(database, path, stop):
    def stops(connection):
        add("x")(connection)
        raise stop

    first, second, third = together(database, add("a"), stops, add("b"))
    assert (first, third) == (1, 1)
    assert isinstance(second, stop)
    assert on_disk(path) == ["a", "b"]


def test_a_write_inside_a_write_is_refused_where_it_would_wait_for_itself(database):
    with pytest.raises(RuntimeError, match="a write inside a write"):
        database.write(lambda c: database.write(add("a")))


def test_another_process_that_holds_the_file_is_waited_for(database, path, monkeypatch):
    monkeypatch.setattr(locked, "PATIENCE", 20.0)
    database.write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout=1").scalar())  # SQLite itself gives up at once
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(database.write, add("a"))
        time.sleep(0.3)
        assert not waiting.done()
        other.execute("COMMIT")
        assert waiting.result(10) == 1
    other.close()
    assert on_disk(path) == ["a"]


def test_and_refused_where_it_holds_on(database, path, monkeypatch):
    monkeypatch.setattr("service.store.group_commit.until_unlocked", lambda begin: locked.until_unlocked(begin, 0.1))
    database.write(lambda c: c.exec_driver_sql("PRAGMA busy_timeout=1").scalar())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy, match="Others hold"):
        database.write(add("a"))
    other.execute("ROLLBACK")
    other.close()
    database.write(add("b"))
    assert on_disk(path) == ["b"]


def test_too_many_that_wait_are_refused_at_once(database):
    writer = GroupCommit(database.engine, most_waiting=3)
    release, entered = threading.Event(), threading.Event()

    def hold(connection):
        entered.set()
        release.wait(20)

    with ThreadPoolExecutor(4) as pool:
        held = pool.submit(writer.write, hold)
        assert entered.wait(20)
        waiting = [pool.submit(writer.write, add(str(number))) for number in range(3)]
        while writer._line.qsize() < 3:
            time.sleep(0.001)
        with pytest.raises(StoreBusy, match="Too many"):
            writer.write(add("refused"))
        release.set()
        assert [f.result(20) for f in (held, *waiting)] == [None, 1, 1, 1]
    writer.close()


def test_closing_writes_what_waits(database, path):
    with ThreadPoolExecutor(11) as pool:
        with Held(database):
            waiting = [pool.submit(database.write, add(str(number))) for number in range(10)]
            while database._writer._line.qsize() < 10:
                time.sleep(0.001)
            closing = pool.submit(database.close)
            while not database._writer._closed:
                time.sleep(0.001)
            with pytest.raises(StoreClosed):
                database.write(add("late"))
        closing.result(20)
        assert [f.result(20) for f in waiting] == [1] * 10
    assert len(on_disk(path)) == 10
    database.close()  # again: nothing


@pytest.mark.parametrize("round", range(5))
def test_of_writes_that_race_with_closing_each_is_written_or_refused(database, path, round):
    def writer(number):
        done = []
        for step in range(1000):
            try:
                database.write(add(f"{number}-{step}"))
            except StoreClosed:
                return done
            done.append(f"{number}-{step}")
        return done

    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(writer, number) for number in range(6)]
        time.sleep(0.02 * round)
        database.close()
        acknowledged = [name for future in writers for name in future.result(20)]  # nobody waits for ever
    assert on_disk(path) == sorted(acknowledged)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_comes_to_grief_leaves_nobody_waiting(database, monkeypatch):
    def breaks(*_):
        raise MemoryError

    with ThreadPoolExecutor(3) as pool:
        with Held(database):
            waiting = [pool.submit(outcome, lambda: database.write(add("a"))) for _ in range(3)]
            while database._writer._line.qsize() < 3:
                time.sleep(0.001)
            monkeypatch.setattr(database._writer, "_commit_with", breaks)
            monkeypatch.setattr("service.store.group_commit.MOST_TOGETHER", 1)
        assert all(isinstance(f.result(20), (StoreClosed, MemoryError)) for f in waiting)
    with pytest.raises(StoreClosed):
        database.write(add("b"))


def test_a_file_that_is_no_database_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "phenomap.db").write_bytes(b"not a database" * 100)
    database = open_database(f"sqlite:///{tmp_path / 'phenomap.db'}")
    for use in (database.read, database.write):
        with pytest.raises(StoreError, match="damaged"):
            use(lambda c: c.execute(select(tables.department)).all())
    database.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind the superuser")
def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="cannot be written"):
        open_database(f"sqlite:///{tmp_path / 'phenomap.db'}")


def test_a_caller_that_is_stopped_while_it_waits_leaves_those_behind_it_told(database, path):
    """Callers of one commit wake each other; the second of four goes away before its turn, as at Ctrl-C."""
    stopped = _Change(add("b"))
    stopped._done = Interrupted()

    def interrupted():
        database._writer._line.put(stopped)
        return stopped.outcome()

    with ThreadPoolExecutor(4) as pool:
        with Held(database):
            futures = []
            for call in (add("a"), None, add("c"), add("d")):
                waiting = database._writer._line.qsize()
                work = interrupted if call is None else lambda call=call: database.write(call)
                futures.append(pool.submit(outcome, work))
                while database._writer._line.qsize() == waiting:
                    time.sleep(0.001)
        results = [future.result(20) for future in futures]
    assert isinstance(results.pop(1), KeyboardInterrupt)
    assert results == [1, 1, 1]
    assert on_disk(path) == ["a", "b", "c", "d"]


class Interrupted:
    """A lock whose wait is interrupted."""

    def acquire(self):
        raise KeyboardInterrupt

    def release(self):
        pass
