"""What an integrator copies from docs/ehr.md works: every block is run, in order, in one shell, on a real server."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.real
PAGE = Path(__file__).parents[2] / "docs" / "ehr.md"
_SECONDS = 120


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def script() -> str:
    """The page's blocks with ports that are free now; each is announced, and the server ends with the shell."""
    text = PAGE.read_text(encoding="utf-8")
    for written in sorted(set(re.findall(r"127\.0\.0\.1:(\d+)", text))):
        text = text.replace(written, str(free_port()))
    told = [f"echo block {number} >&2\n{block}" for number, block in enumerate(blocks(text), 1)]
    return "set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n" + "\n".join(told)


def test_every_command_of_the_page_runs(tmp_path, real_root):
    missing = [each for each in ("bash", "curl", "jq") if shutil.which(each) is None]
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"not installed: {missing}")
        pytest.skip(f"not installed: {missing}")
    assert len(blocks(PAGE.read_text(encoding="utf-8"))) > 5
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PHENOMAP_KNOWLEDGE": str(real_root),
    }
    run = subprocess.run(
        ["bash", "-c", script()], cwd=tmp_path, env=environment, capture_output=True, timeout=_SECONDS, check=False
    )
    assert run.returncode == 0, f"{run.stdout.decode()[-2000:]}\n{run.stderr.decode()[-2000:]}"
