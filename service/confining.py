"""Confines a process that reads what strangers sent: bounds on what it takes, and no writing, network or other program.

Called by the process itself once it holds what it needs; there is no way back.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Mapping
from typing import Any

#: Events (PEP 578) that no reading of a file causes, but for `open`, which is looked at more closely.
_FORBIDDEN = (
    *("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system", "os.remove", "os.rename"),
    *("os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "shutil.", "tempfile."),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def confine(limits: Mapping[int, int], also: tuple[str, ...] = ()) -> None:
    """Keep this process within `limits`, by the names of `resource`; forbid events, and those that begin as `also`.

    It writes no file and leaves no core, whatever the limits are. What is forbidden raises PermissionError.
    """
    for limit, most in {**limits, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0}.items():
        _, hard = resource.getrlimit(limit)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (allowed, allowed))
    sys.dont_write_bytecode = True
    forbidden = (*_FORBIDDEN, *also)

    def heard(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            flags = arguments[2] if len(arguments) > 2 else 0
            if isinstance(flags, int) and flags & _WRITING:
                raise PermissionError
        elif event.startswith(forbidden):
            raise PermissionError

    sys.addaudithook(heard)
