"""Two validators of FHIR resources that are not ours: the npm package `fhir`, run by node, and `fhir.resources`.

npm's checks elements, cardinalities, types of references and codes of required value sets against FHIR 4.0.1;
`fhir.resources` checks types and patterns of values against R4B (4.3.0), which has the same resources.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ORACLE = Path(__file__).parent.parent / "tests" / "fhir" / "oracle"
_AT_ONCE = 2000


def npm_is_here() -> bool:
    """Whether node and the package are installed: `npm ci` in tests/fhir/oracle, or in FHIR_ORACLE."""
    return shutil.which("node") is not None and (_folder() / "node_modules" / "fhir").is_dir()


def npm_faults(resources: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """What npm's validator finds wrong with each resource; raises RuntimeError where it cannot be run."""
    found: list[list[str]] = []
    for start in range(0, len(resources), _AT_ONCE):
        part = resources[start : start + _AT_ONCE]
        lines = "".join(json.dumps(each) + "\n" for each in part)  # in ASCII, so that no reader splits a line elsewhere
        command = ["node", str(ORACLE / "validate.js")]
        environment = {**os.environ, "NODE_PATH": str(_folder() / "node_modules")}
        run = subprocess.run(command, input=lines, capture_output=True, text=True, env=environment, check=False)
        if run.returncode != 0:
            raise RuntimeError(f"the validator ended with {run.returncode}: {run.stderr[-2000:]}")
        found += [json.loads(line) for line in run.stdout.splitlines()]
    if len(found) != len(resources):
        raise RuntimeError("the validator did not answer for every resource")
    return found


def pydantic_faults(resources: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    """What `fhir.resources` (R4B) finds wrong with each resource."""
    return [_faults_of(each) for each in resources]


def by_type(resources: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many there are of each type."""
    return dict(sorted(Counter(each["resourceType"] for each in resources).items()))


def _faults_of(resource: Mapping[str, Any]) -> list[str]:
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
    return []


def _folder() -> Path:
    return Path(os.environ.get("FHIR_ORACLE", ORACLE))
