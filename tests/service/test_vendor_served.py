"""The page's files: packed where a browser takes it, kept for long only under the hash of their content."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from service.static_files import ASK_AGAIN, FOR_EVER, address, static_files, takes_gzip

STATIC = Path(__file__).parents[2] / "service" / "static"


@pytest.mark.parametrize("name", ["vendor/htmx.min.js", "vendor/alpine-csp.min.js", "bench.js", "bench.css"])
def test_a_file_is_the_same_packed_and_not(client, name):
    content = (STATIC / name).read_bytes()
    packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", content)
    assert ("content-encoding" in plain.headers, plain.content) == (False, content)
    assert int(packed.headers["content-length"]) == len(gzip.compress(content, 9, mtime=0)) < len(content)
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip, deflate, br", True),
        ("GZIP", True),
        ("*", True),
        ("br, gzip;q=0.1", True),
        ("gzip;q=0, br", False),
        ("gzip; q=0.000", False),
        ("*;q=0", False),
        ("br", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it(accepted, taken):
    assert takes_gzip(accepted) is taken


def test_only_the_address_with_the_contents_hash_may_be_kept(client):
    named = address("vendor/htmx.min.js")
    assert re.fullmatch(r"/static/vendor/htmx\.min\.js\?v=[0-9a-f]{16}", named)
    assert client.get(named).headers["cache-control"] == FOR_EVER
    for other in ("", "?v=", "?v=0123456789abcdef"):  # of a page of yesterday: what is here now, and not kept
        answer = client.get("/static/vendor/htmx.min.js" + other)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, ASK_AGAIN)


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
@pytest.mark.parametrize("asked", ["{}", "W/{}", '"other", {}'])
def test_a_file_that_a_browser_has_is_not_sent_again(client, accepted, asked):
    headers = {"Accept-Encoding": accepted}
    tag = client.get("/static/bench.js", headers=headers).headers["etag"]
    again = client.get("/static/bench.js", headers={**headers, "If-None-Match": asked.format(tag)})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    changed = client.get("/static/bench.js", headers={**headers, "If-None-Match": '"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "vendor",
        "vendor/",
        "vendor/htmx.LICENSE.txt",
        "vendor/..%2F..%2Fapp.py",
        "vendor%2F..%2Fbench.py",
        "..%2Fapp.py",
    ],
)
def test_other_paths_are_refused(client, problem, path):
    problem(client.get(f"/static/{path}"), 404)


def test_no_script_that_another_one_imports_has_a_second_address():
    """A module that is asked for under two addresses is run twice."""
    imported = {
        name
        for script in STATIC.glob("*.js")
        for name in re.findall(r"(?:from|import)\s*\(?\s*[\"']\./([\w.]+)[\"']", script.read_text(encoding="utf-8"))
    }
    assert len(imported) > 5
    pages = [path.read_text(encoding="utf-8") for path in (STATIC.parent / "templates").rglob("*.html")]
    hashed = {name for page in pages for name in re.findall(r"static\('([^']+)'\)", page)}
    assert {"vendor/htmx.min.js", "page.css"} <= hashed <= set(static_files())
    assert not imported & hashed
