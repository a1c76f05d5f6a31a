"""`phenomap`: one command, one line of words for every fault, exit 0 only when the work was done.

Subcommands import what they need when they run, so that `phenomap --help` answers at once.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import NoReturn

from cli import (
    assess,
    assets,
    audit,
    backup,
    case,
    face,
    face_build,
    face_reference,
    gallery,
    keys,
    knowledge,
    lines,
    screen,
    serve,
    tests,
    user,
)
from ontology.errors import InputError, PhenomapError

#: `face` is followed by photos; these words after it are commands of their own.
TWO_WORDS: dict[tuple[str, ...], str] = {("face", "build"): "face-build", ("face", "reference"): "face-reference"}
#: What the shell expects of a program that was interrupted (128 + SIGINT).
INTERRUPTED = 130


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        self.exit(2, f"phenomap: {message}. See `{self.prog} --help`.\n")


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = OneLineParser(
        prog="phenomap",
        description="Notes to HPO terms to ranked rare diseases to genetic tests, with every reason shown. "
        "Research software, not a medical device: a clinician decides.",
    )
    top.add_argument("--version", action="version", version=f"phenomap {version('phenomap')}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=OneLineParser)
    for room in (
        assess,
        lines,
        screen,
        face,
        face_build,
        face_reference,
        knowledge,
        tests,
        assets,
        serve,
        user,
        case,
        gallery,
        audit,
        keys,
        backup,
    ):
        room.add_commands(commands)
    return top


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """A command line, taken apart; exits with 2 where it is none."""
    words = list(arguments)
    if command := TWO_WORDS.get(tuple(words[:2])):
        words[:2] = [command]
    return parser().parse_args(words)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 where the work was done, 1 where not, 2 for a wrong command line."""
    chosen = parsed(sys.argv[1:] if arguments is None else arguments)
    try:
        code: int = chosen.run(chosen)
    except InputError as error:
        return _say(f"{error.field}: {error}")
    except PhenomapError as error:
        return _say(str(error))
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        _say("interrupted; nothing was left half done.")
        return INTERRUPTED
    except OSError as error:
        name = error.filename if isinstance(error.filename, str) else "a file"
        return _say(f"{name}: {error.strerror or type(error).__name__}. Check the path, its permissions and the disk.")
    return code


def _say(words: str) -> int:
    sys.stderr.write("phenomap: " + " ".join(words.split()) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
