"""The process that a document is read in: what it may not do, and that nothing of it is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from service.catalogues import DICTIONARIES
from service.documents.document import Bounds, Kind, Notice, NoticeKind, Refusal
from service.documents.reading import DocumentRefused, read
from service.documents.telling import refused, told

FORBIDDEN = {
    "a file": "open('{path}', 'w')",
    "a file appended to": "open('{path}', 'ab')",
    "a temporary file": "import tempfile; tempfile.mkstemp()",
    "a folder": "import os; os.mkdir('{path}')",
    "a file taken away": "import os; os.remove('{here}')",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "a connection": "import socket; socket.socket().connect(('127.0.0.1', 9))",
    "another process": "import os; os.fork()",
}
CONFINED = "import sys; from service.documents.child import _confine; from service.documents.document import Bounds\n"


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_process_may_not(name, tmp_path):
    here = tmp_path / "here"
    here.touch()
    action = FORBIDDEN[name].format(path=tmp_path / "new", here=here)
    code = f"{CONFINED}_confine(Bounds())\ntry:\n    {action}\nexcept OSError:\n    sys.exit(7)\n"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7
    assert [each.name for each in tmp_path.iterdir()] == ["here"]


def test_the_process_has_limits_of_its_own():
    code = f"{CONFINED}import resource\n_confine(Bounds(seconds=9, memory=500_000_000))\n"
    code += "print([resource.getrlimit(getattr(resource, 'RLIMIT_' + n))[0] for n in ('AS', 'CPU', 'FSIZE', 'CORE')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert json.loads(told) == [500_000_000, 10, 0, 0]


def test_the_process_does_not_see_the_environment(monkeypatch):
    monkeypatch.setenv("PHENOMAP_KEYS", "secret")
    seen = {}
    real = subprocess.Popen

    def noted(command, **more):
        seen.update(more["env"])
        return real(command, **more)

    monkeypatch.setattr(subprocess, "Popen", noted)
    assert read(b"Seizures.").text == "Seizures."
    assert set(seen) <= {"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT"}


@pytest.mark.parametrize(
    "code", ["import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "print('no JSON')", "import sys; sys.exit(3)"]
)
def test_a_process_that_breaks_is_a_refusal(monkeypatch, code):
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **more: real([sys.executable, "-c", code], **more))
    with pytest.raises(DocumentRefused) as caught:
        read(b"Seizures.")
    assert caught.value.why is Refusal.FAILED


def test_what_goes_wrong_within_is_told_by_a_word_alone():
    code = (
        "import sys; from service.documents import child, dispatch\n"
        "def broken(*given): raise RuntimeError('Zebulon')\n"
        "dispatch.document_of = broken\nchild.main()"
    )
    command = [sys.executable, "-c", code, json.dumps(asdict(Bounds()))]
    done = subprocess.run(command, input=b"Zebulon", capture_output=True, check=True)
    assert json.loads(done.stdout) == {"refused": "failed", "named": ""}
    assert done.stderr == b""


def test_nothing_is_written_to_disk_and_no_process_is_left(tmp_path, monkeypatch, pdf, shown):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = children()
    assert read(pdf(shown((60, 700, "Seizures.")))).text == "Seizures."
    assert list(tmp_path.iterdir()) == []
    assert children() == before


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_a_refusal_says_what_and_what_to_do():
    with pytest.raises(DocumentRefused) as caught:
        read(b"")
    assert (caught.value.what, caught.value.mend) == ("The document is empty.", "Choose the file again.")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_refusal_and_notice_has_words(language):
    words = DICTIONARIES[language]
    for why in Refusal:
        assert all(refused(why, "xlsx", words))
        assert ("xlsx" in refused(why, "xlsx", words)[0]) == (why is Refusal.OTHER_OFFICE)
    for kind in NoticeKind:
        sentence = told(Notice(kind, 41, "2–3"), words)
        assert ("41" in sentence) != ("2–3" in sentence)


def test_the_words_name_the_bounds_that_hold():
    bounds, english, chinese = Bounds(), DICTIONARIES["en"], DICTIONARIES["zh"]
    for key, number in (("too_many_pages", bounds.pages), ("too_long", bounds.characters)):
        assert f"{number:,}" in english[f"document.refused.{key}"]
        assert f"{number}" in chinese[f"document.refused.{key}"]
    assert bounds.content == 13_000_000
    assert all("13 MB" in words["document.refused.too_large"] for words in (english, chinese))


def test_kinds_are_those_of_the_answer():
    assert [kind.value for kind in Kind] == ["text", "docx", "pdf", "html", "rtf"]
