"""Files of a run: readable by their owner alone, whole or not there at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

FOLDER_MODE = 0o700
FILE_MODE = 0o600


def owner_only(path: str, flags: int) -> int:
    """An `opener` for `open`: a new file is readable by its owner alone, whatever the umask."""
    return os.open(path, flags, FILE_MODE)


def private_folder(folder: Path) -> Path:
    """Make `folder` and those above it; a new one is its owner's alone."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=FOLDER_MODE)
    return folder


def remove(folder: Path) -> None:
    """Remove a folder with all in it; what cannot be removed is told of by an OSError."""
    if folder.exists():
        shutil.rmtree(folder)


@contextmanager
def whole_file(target: Path) -> Iterator[IO[bytes]]:
    """Write `target`: it appears whole and on disk when the block ends, and not at all where it fails."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(part, "wb", opener=owner_only) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Put a folder's list of files on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
