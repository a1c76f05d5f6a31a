"""What the service keeps cases with: the database, the vault that seals what could name a patient, and the blobs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.store.database import Database

if TYPE_CHECKING:
    from service.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Keeping:
    """Opened once a process. `blobs` is the folder of sealed photos."""

    database: Database
    vault: Vault
    blobs: Path
