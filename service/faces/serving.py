"""Faces as a server reads them: in one process beside it, which is started with the first photo or at once."""

from __future__ import annotations

import json
import sys
from threading import Thread

from ontology.knowledge import Knowledge
from service.faces.opening import FaceFiles, FaceState, state_of
from service.faces.process import FaceProcess, FacesMissing
from service.faces.reading import Faces
from service.faces.seam import FaceBounds
from service.gallery.using import GalleryInUse
from service.keeping import Keeping
from service.settings import FaceSettings

_MB = 1_000_000


def open_faces(settings: FaceSettings, keeping: Keeping | None, knowledge: Knowledge) -> Faces:
    """By the policy in `settings`; where the extra or the models are missing, photos are declined."""
    files = FaceFiles.of(settings)
    state = FaceState.OFF if settings.use == "off" else state_of(files)
    if state is not FaceState.READY:
        return Faces(settings, state, keeping=keeping)
    process = FaceProcess(_command(files, settings), FaceBounds(settings.memory_mb * _MB, settings.seconds))
    if settings.open_at_start:
        Thread(target=_opened, args=(process,), name="faces", daemon=True).start()
    gallery = GalleryInUse(keeping, knowledge) if keeping else None
    return Faces(settings, state, process, keeping, gallery)


def _command(files: FaceFiles, settings: FaceSettings) -> list[str]:
    told = {
        "models": str(files.models) if files.models else None,
        "reference": str(files.reference) if files.reference else None,
        "irv1": [str(files.irv1.path), files.irv1.sha256] if files.irv1 else None,
        "memory": settings.memory_mb * _MB,
    }
    return [sys.executable, "-I", "-m", "service.faces.child", json.dumps(told)]


def _opened(process: FaceProcess) -> None:
    try:
        process.open()
    except FacesMissing:  # the first photo says so, and the log
        return
