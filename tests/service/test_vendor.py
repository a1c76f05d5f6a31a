"""The page's libraries come as they were pinned, or not at all."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import tarfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cli.main import main
from matching.assess import Assessor
from service.app import create_app
from service.vendor.fetch import AssetsError, Package, TakenFile, fetch, missing, packages, refuse_missing, registry_of

STATIC = Path(__file__).parents[2] / "service" / "static"
CONTENT = b"window.small = 1;\n"
MOST_GZIPPED = 80_000


def tarball(path: str = "package/dist/small.js", content: bytes = CONTENT) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        entry = tarfile.TarInfo(path)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def package(content: bytes) -> Package:
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    file = TakenFile("package/dist/small.js", "small.min.js", hashlib.sha256(CONTENT).hexdigest())
    return Package("@made/small", "1.0.0", "MIT", integrity, (file,))


@contextmanager
def registry(answers: dict[str, bytes], promised: int = 0) -> Iterator[str]:
    """A registry that has `answers` by path; it promises `promised` bytes more than it sends."""

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = answers.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"") + promised))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/npm/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "small-1.0.0.tgz").write_bytes(tarball())
    return folder


def test_a_file_is_taken_from_a_folder_that_was_brought_and_not_taken_again(tmp_path: Path, brought: Path) -> None:
    wanted, target = (package((brought / "small-1.0.0.tgz").read_bytes()),), tmp_path / "vendor"
    assert missing(wanted, target) == ["small.min.js"]
    assert fetch(wanted, target, source=brought) == ["small.min.js"]
    assert (target / "small.min.js").read_bytes() == CONTENT
    assert fetch(wanted, target, source=tmp_path / "nowhere") == []  # there already: nothing is asked for


def test_an_altered_file_is_put_right(tmp_path: Path, brought: Path) -> None:
    wanted, target = (package((brought / "small-1.0.0.tgz").read_bytes()),), tmp_path / "vendor"
    fetch(wanted, target, source=brought)
    (target / "small.min.js").write_bytes(b"altered")
    assert fetch(wanted, target, source=brought) == ["small.min.js"]
    assert (target / "small.min.js").read_bytes() == CONTENT


PATH = "/npm/@made/small/-/small-1.0.0.tgz"


def test_a_registry_is_asked_for_the_tarball_below_the_name(tmp_path: Path) -> None:
    with registry({PATH: tarball()}) as url:
        assert fetch((package(tarball()),), tmp_path / "vendor", registry=url) == ["small.min.js"]
        with pytest.raises(AssetsError, match=r"could not be fetched.*Not Found.*--from FOLDER"):
            fetch((replace(package(tarball()), version="2.0.0"),), tmp_path / "other", registry=url)


@pytest.mark.parametrize(
    ("sent", "promised"),
    [
        (tarball(content=b"other"), 0),
        (tarball()[:-10], 0),
        (tarball()[:-10], 10),  # the connection ends early
        (b"x" * 6_000_000, 0),
        (b"<html>Sign in to the hospital's network</html>", 0),
    ],
    ids=["another", "cut off", "broken off", "too large", "a page"],
)
def test_what_a_registry_sends_is_refused_unless_it_is_what_was_pinned(
    tmp_path: Path, sent: bytes, promised: int
) -> None:
    with (
        registry({PATH: sent}, promised) as url,
        pytest.raises(AssetsError, match=r"not what was pinned|could not be fetched"),
    ):
        fetch((package(tarball()),), tmp_path / "vendor", registry=url)
    assert not (tmp_path / "vendor").exists()


def test_a_registry_that_is_down_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with registry({}) as url:
        pass  # nobody listens there any more
    monkeypatch.setenv("npm_config_registry", url)
    monkeypatch.setattr("service.vendor.fetch.packages", lambda: (package(tarball()),))
    assert main(["assets", "build"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("phenomap: @made/small 1.0.0 could not be fetched from the npm registry (")
    assert told.endswith("bring the tarballs: phenomap assets build --from FOLDER.\n")
    assert told.count("\n") == 1


def test_a_member_that_names_a_path_outside_is_not_unpacked(tmp_path: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for path in ("../../escaped.js", "package/dist/small.js"):
            entry = tarfile.TarInfo(path)
            entry.size = len(CONTENT)
            archive.addfile(entry, io.BytesIO(CONTENT))
    (tmp_path / "small-1.0.0.tgz").write_bytes(made.getvalue())
    target = tmp_path / "deep" / "down" / "vendor"
    fetch((package(made.getvalue()),), target, source=tmp_path)
    assert [path.name for path in tmp_path.rglob("*.js")] == ["small.min.js"]


def test_a_tarball_may_have_the_name_that_npm_pack_gives_it(tmp_path: Path) -> None:
    (tmp_path / "made-small-1.0.0.tgz").write_bytes(tarball())
    assert fetch((package(tarball()),), tmp_path / "vendor", source=tmp_path) == ["small.min.js"]


def test_a_file_that_cannot_be_put_in_place_leaves_no_draft(tmp_path: Path, brought: Path) -> None:
    (tmp_path / "vendor" / "small.min.js").mkdir(parents=True)  # a folder lies where the file should
    with pytest.raises(OSError):
        fetch((package(tarball()),), tmp_path / "vendor", source=brought)
    assert [path.name for path in (tmp_path / "vendor").iterdir()] == ["small.min.js"]


@pytest.mark.parametrize(
    ("content", "pinned", "said"),
    [
        (tarball()[:-10], tarball(), "not what was pinned"),  # cut off
        (tarball(content=b"other"), tarball(), "not what was pinned"),
        (tarball(content=b"other"), tarball(content=b"other"), "does not hold"),  # the file is another
        (tarball("package/elsewhere.js"), tarball("package/elsewhere.js"), "does not hold"),
        (b"no archive", b"no archive", "does not hold"),
        (b"x" * 5_000_001, b"x" * 5_000_001, "not what was pinned"),
    ],
)
def test_what_is_not_as_pinned_is_refused_and_nothing_written(
    tmp_path: Path, brought: Path, content: bytes, pinned: bytes, said: str
) -> None:
    (brought / "small-1.0.0.tgz").write_bytes(content)
    with pytest.raises(AssetsError, match=said):
        fetch((package(pinned),), tmp_path / "vendor", source=brought)
    assert not (tmp_path / "vendor").exists()


def test_a_folder_without_the_tarball_and_a_registry_in_clear_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        AssetsError, match=r"holds no made-small-1\.0\.0\.tgz\. Bring it, as `npm pack @made/small@1\.0\.0`"
    ):
        fetch((package(tarball()),), tmp_path / "vendor", source=tmp_path)
    with pytest.raises(AssetsError, match="https"):
        fetch((package(tarball()),), tmp_path / "vendor", registry="http://mirror.example/")


def test_the_registry_is_the_one_that_npm_is_set_to(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("fund=false\nregistry = https://mirror.example/npm/\n", encoding="utf-8")
    assert registry_of({}, tmp_path) == "https://mirror.example/npm/"
    assert registry_of({"npm_config_registry": "https://other.example/"}, tmp_path) == "https://other.example/"
    assert registry_of({"NPM_CONFIG_REGISTRY": "https://third.example/"}, tmp_path) == "https://third.example/"
    (tmp_path / ".npmrc").write_text('registry="https://quoted.example/"\n', encoding="utf-8")
    assert registry_of({}, tmp_path) == "https://quoted.example/"


def test_the_service_does_not_start_without_them(
    assessor: Assessor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(refuse_missing, "__defaults__", (tmp_path,))
    with pytest.raises(AssetsError, match=r"htmx\.min\.js.*must be fetched first\. Run: phenomap assets build$"):
        create_app(assessor)
    assert main(["serve", "--port", "0"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "phenomap assets build" in told.err
    assert list(tmp_path.iterdir()) == []  # no key, no database


def test_every_licence_of_what_is_served_can_be_read_here() -> None:
    beside = (STATIC.parent / "vendor" / "alpine-csp.LICENSE.txt").read_text(encoding="utf-8")
    assert "Caleb Porzio" in beside
    assert "Evan) You" in beside  # what Alpine's build contains
    assert "Permission to use, copy" in (STATIC / "vendor" / "htmx.LICENSE.txt").read_text(encoding="utf-8")


def test_show_tells_versions_licences_and_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assets", "show"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(each["package"], each["licence"]) for each in told} == {("htmx.org", "0BSD"), ("@alpinejs/csp", "MIT")}
    assert all(each["there"] and each["gzipped"] > 0 for each in told)


def test_set_up_has_fetched_them_and_all_scripts_together_are_small() -> None:
    assert missing(packages()) == []
    scripts = sorted(STATIC.rglob("*.js"))
    assert {"bench.js", "htmx.min.js", "alpine-csp.min.js"} <= {path.name for path in scripts}
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in scripts) <= MOST_GZIPPED


def test_the_list_of_what_others_made_is_complete() -> None:
    root = STATIC.parents[1]
    told = (root / "docs" / "third_party.md").read_text(encoding="utf-8")
    rows = [row.lower() for row in told.splitlines() if row.startswith("|")]
    for each in packages():
        for file in each.files:
            if file.name.endswith(".js"):
                assert [
                    row
                    for row in rows
                    if f"`{file.name}`" in row and f"| {each.version} | {each.licence.lower()}" in row
                ]
        assert f"{each.name}@{each.version}" in told
    for needed in tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]:
        name = re.split(r"[\[<>=]", needed)[0].lower()
        assert [row for row in rows if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", row)], name
