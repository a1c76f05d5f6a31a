"""Master keys and where a site keeps them: a file, the environment, or a command that asks a key service.

All three give the same text: keys of 32 bytes in base64, apart by spaces, commas or lines; the first is the current
one, under which new keys are wrapped, and the others still open what was wrapped before a rotation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
import secrets
import shlex
import stat
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ontology.errors import InputError
from service.vault.ciphers import KEY_BYTES
from service.vault.faults import KeyMissing, KeyUnusable

#: A command is asked again after so long, in seconds, or at once where a key is missing.
_HELD = 300.0
_COMMAND_TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A key of 32 bytes; its id may be shown, it may not."""

    key: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """First 16 hexadecimal digits of its sha256."""
        return hashlib.sha256(self.key).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The current key first."""

    all: tuple[MasterKey, ...]

    @property
    def current(self) -> MasterKey:
        """The key for what is wrapped from now on."""
        return self.all[0]


class KeySource(Protocol):
    """Where master keys come from."""

    def load(self, again: bool = False) -> MasterKeys:
        """The keys, never stale by more than five minutes, and not at all with `again`.

        Raises KeyMissing where there are none, KeyUnusable where they may not be used.
        """
        ...


class FileKeys:
    """A file that only its owner may read; the one source that can make a new key itself."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, again: bool = False) -> MasterKeys:
        """As KeySource.load; the file is read each time."""
        try:
            mode = self.path.stat().st_mode
            text = self.path.read_text("ascii", "replace")
        except FileNotFoundError:
            raise KeyMissing(f"There is no key file {self.path}.", "Name the right one, or restore it.") from None
        if stat.S_IMODE(mode) & 0o077:
            raise KeyUnusable(f"Other users may read the key file {self.path}.", f"Run: chmod 600 {self.path}")
        return _parsed(text, f"The key file {self.path}")

    def create(self) -> bool:
        """Make the file with one new key unless it exists; whether it was made. Safe with several workers at once."""
        if self.path.exists():
            return False
        draft = self._draft([MasterKey(secrets.token_bytes(KEY_BYTES))])
        try:
            os.link(draft, self.path)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        _flush_folder(self.path.parent)
        return True

    def add(self) -> MasterKey:
        """Make a new key the current one, keeping the others; it is on disk when this returns."""
        new = MasterKey(secrets.token_bytes(KEY_BYTES))
        self._replace([new, *self.load().all])
        return new

    def forget_old(self) -> int:
        """Keep the current key alone; how many were dropped. What is wrapped under them can never be read again."""
        held = self.load()
        self._replace([held.current])
        return len(held.all) - 1

    def _replace(self, keys: Sequence[MasterKey]) -> None:
        self._draft(keys).replace(self.path)
        _flush_folder(self.path.parent)

    def _draft(self, keys: Sequence[MasterKey]) -> Path:
        draft = self.path.with_name(f".{self.path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(base64.b64encode(key.key).decode() + "\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        return draft


@dataclass(frozen=True, slots=True)
class EnvironmentKeys:
    """An environment variable."""

    variable: str

    def load(self, again: bool = False) -> MasterKeys:
        """As KeySource.load."""
        text = os.environ.get(self.variable)
        if text is None:
            raise KeyMissing(f"The variable {self.variable} is not set.", "Set it to a key of 32 bytes in base64.")
        return _parsed(text, f"The variable {self.variable}")


class CommandKeys:
    """A command that prints the keys, as a hook to a key service (KMS, HSM). No shell runs it."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._held: tuple[float, MasterKeys] | None = None

    def load(self, again: bool = False) -> MasterKeys:
        """As KeySource.load; the answer is held for five minutes."""
        held = self._held
        if held is None or again or time.monotonic() - held[0] > _HELD:
            held = self._held = (time.monotonic(), self._ask())
        return held[1]

    def _ask(self) -> MasterKeys:
        name = f"The key command {self._command[0]}"
        try:
            answer = subprocess.run(  # noqa: S603 (the site's own command, from its settings)
                self._command, capture_output=True, timeout=_COMMAND_TIMEOUT, check=False, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired):  # its words may hold what it was about to print
            raise KeyMissing(f"{name} could not be run to its end.", "Try it by hand.") from None
        if answer.returncode != 0:
            raise KeyMissing(f"{name} failed with code {answer.returncode}.", "Try it by hand.")
        return _parsed(answer.stdout.decode("ascii", "replace"), name)


def key_source(setting: str) -> KeySource:
    """Read `file:PATH`, `env:VARIABLE` or `command:WORDS`; raises InputError for another setting."""
    kind, _, rest = setting.partition(":")
    if kind == "file" and rest:
        return FileKeys(Path(rest))
    if kind == "env" and rest:
        return EnvironmentKeys(rest)
    if kind == "command" and rest.strip():
        return CommandKeys(shlex.split(rest))
    raise InputError("keys", "This does not say where keys are.", "Write file:PATH, env:VARIABLE or command:WORDS.")


def _parsed(text: str, name: str) -> MasterKeys:
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise KeyMissing(f"{name} holds no key.", "Give it a key of 32 bytes in base64.")
    try:
        keys = [base64.b64decode(word, validate=True) for word in words]
    except binascii.Error:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise KeyUnusable(f"{name} holds something else than keys.", "A key is 32 bytes in base64.")
    return MasterKeys(tuple(MasterKey(key) for key in keys))


def _flush_folder(folder: Path) -> None:
    """Have the names in `folder` on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
