"""The page's libraries come as they were pinned, or not at all."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from service.vendor.fetch import AssetsError, Package, TakenFile, fetch, missing, packages, registry_of

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


def test_a_registry_is_asked_for_the_tarball_below_the_name(tmp_path: Path) -> None:
    served = tmp_path / "registry" / "@made" / "small" / "-"
    served.mkdir(parents=True)
    (served / "small-1.0.0.tgz").write_bytes(tarball())
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path / "registry")
    handler.log_message = lambda *given: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        registry = f"http://127.0.0.1:{server.server_port}/"
        wanted = (package((served / "small-1.0.0.tgz").read_bytes()),)
        assert fetch(wanted, tmp_path / "vendor", registry=registry) == ["small.min.js"]
        with pytest.raises(AssetsError, match="could not be fetched"):
            fetch((replace(wanted[0], version="2.0.0"),), tmp_path / "other", registry=registry)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("content", "pinned", "said"),
    [
        (tarball()[:-10], tarball(), "not what was pinned"),  # cut off
        (tarball(content=b"other"), tarball(), "not what was pinned"),
        (tarball(content=b"other"), tarball(content=b"other"), "does not hold"),  # the file is another
        (tarball("package/elsewhere.js"), tarball("package/elsewhere.js"), "does not hold"),
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
    with pytest.raises(AssetsError, match=r"small-1\.0\.0\.tgz"):
        fetch((package(tarball()),), tmp_path / "vendor", source=tmp_path)
    with pytest.raises(AssetsError, match="https"):
        fetch((package(tarball()),), tmp_path / "vendor", registry="http://mirror.example/")


def test_the_registry_is_the_one_that_npm_is_set_to(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text("fund=false\nregistry = https://mirror.example/npm/\n", encoding="utf-8")
    assert registry_of({}, tmp_path) == "https://mirror.example/npm/"
    assert registry_of({"npm_config_registry": "https://other.example/"}, tmp_path) == "https://other.example/"


def test_set_up_has_fetched_them_and_all_scripts_together_are_small() -> None:
    assert missing(packages()) == []
    scripts = [*STATIC.glob("*.js"), *(STATIC / "vendor").glob("*.js")]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in scripts) <= MOST_GZIPPED
