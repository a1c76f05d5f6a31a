"""The demonstration's gallery: made-up faces, told as such and never weighed (see benchmarks/synthetic_gallery.py)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection

from service.audit.trail import Action, record
from service.gallery.exchange import read_file
from service.gallery.rows import put, rows
from service.keeping import Keeping

_FILE = Path(__file__).with_name("synthetic.json")
#: By this name all of them are removed: `phenomap gallery remove --origin synthetic`.
ORIGIN = "synthetic"


def keep_synthetic_gallery(keeping: Keeping, by: str) -> int:
    """Enrol the made-up faces where nobody is enrolled; how many. `by` is the account that the trail names."""
    given = read_file(_FILE.read_bytes())

    def work(connection: Connection) -> int:
        if rows(connection):
            return 0
        for face in given:
            put(connection, keeping.vault, replace(face, origin=ORIGIN, synthetic=True), by)
        record(connection, by, Action.IMPORT, "gallery", ORIGIN, detail={"faces": len(given), "synthetic": True})
        return len(given)

    return keeping.database.write(work)
