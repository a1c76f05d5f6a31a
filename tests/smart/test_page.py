"""What an integrator copies from docs/smart.md works: its blocks are run in order, in one shell, on a real server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ehr.test_page import blocks, free_port

PAGE = Path(__file__).parents[2] / "docs" / "smart.md"


def test_every_command_of_the_page_runs(tmp_path, small_root):
    missing = [each for each in ("bash", "curl", "jq") if shutil.which(each) is None]
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"not installed: {missing}")
        pytest.skip(f"not installed: {missing}")
    text = PAGE.read_text(encoding="utf-8").replace("8057", str(free_port()))
    told = [f"echo block {number} >&2\n{block}" for number, block in enumerate(blocks(text), 1)]
    assert len(told) == 3
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PHENOMAP_KNOWLEDGE": str(small_root),
    }
    script = "set -euo pipefail\ntrap 'kill $(jobs -p)' EXIT\n" + "\n".join(told)
    run = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, timeout=90, check=False
    )
    assert run.returncode == 0, f"{run.stdout.decode()[-2000:]}\n{run.stderr.decode()[-2000:]}"
    log = (tmp_path / "server.log").read_text(encoding="utf-8") + run.stderr.decode()
    assert not re.search(r"client_assertion|pht_|eyJ", log)  # no secret reaches a log


def test_links_of_the_page_lead_to_files():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / target).exists(), target
