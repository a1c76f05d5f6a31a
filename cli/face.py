"""`phenomap face PHOTO...`: what a photo shows, or why it was not read."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cli.options import Commands


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add `face`."""
    command = commands.add_parser("face", help="describe face photos (this release declines, and says so)")
    command.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    command.add_argument("--json", action="store_true", help="one JSON object a photo")
    command.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Describe each photo; 1 where any was not read."""
    from facial.describe import describe
    from service.wording import declined as why

    declined = 0
    for number, path in enumerate(chosen.photos, 1):
        # numbered, not named: a file's name may be a patient's
        reading = describe(f"photo {number}", path.read_bytes())
        answer: dict[str, object] = {"photo": number, "features": [m.type for m in reading.mentions]}
        if reading.abstention:
            declined += 1
            reason, mend = why(reading.abstention)
            answer["abstention"] = {"reason": reason, "mend": mend}
        if chosen.json:
            print(json.dumps(answer, ensure_ascii=False))
        elif reading.abstention:
            print(f"photo {number}: {' '.join(why(reading.abstention))}")
        else:
            print(f"photo {number}: {', '.join(m.type for m in reading.mentions) or 'nothing remarkable found'}")
    return 1 if declined else 0
