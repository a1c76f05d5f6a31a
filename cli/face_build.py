"""`phenomap face build`: make the default face model at set-up, or say that it is made."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from cli.options import Commands


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `face-build`, which cli.main also calls where `face build` is written."""
    told = "fetch, convert and verify the face model (`face build`, too)"
    command = commands.add_parser("face-build", prog="phenomap face build", help=told)
    command.add_argument("--models", type=Path, metavar="DIR", help="where face models lie ($PHENOMAP_MODELS, models)")
    command.add_argument(
        "--source", type=Path, metavar="FILE", help="face_recognition_models-0.3.0.tar.gz, for sites with no network"
    )
    command.add_argument("--downloads", type=Path, metavar="DIR", help="where the downloaded archive is kept")
    command.add_argument(
        "--if-installed", action="store_true", help="without the extra `facial`: say so, and call it done"
    )
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Build, with progress on stderr."""
    from facial.models.errors import ModelMissing
    from facial.models.extra import INSTALL, lacking

    absent = lacking()
    if absent:
        missing = ModelMissing(f"Photos are not read: {', '.join(absent)} not installed.", INSTALL)
        if not chosen.if_installed:
            raise missing
        sys.stderr.write(f"{missing}\n")
        return 0
    from facial.models.build import build
    from facial.models.manifest import models_folder

    start = time.monotonic()

    def progress(message: str) -> None:
        sys.stderr.write(f"{time.monotonic() - start:6.1f} s  {message}\n")

    built = build(models_folder(chosen.models), progress, chosen.source, chosen.downloads)
    name = f"{built.manifest.name} {built.manifest.sha256[:8]}"
    print(f"face model {name} is in use" + ("" if built.fresh else " (nothing had changed)"))
    return 0
