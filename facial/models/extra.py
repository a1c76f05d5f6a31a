"""Is the extra `facial` installed? Asked without importing any of it: torch alone takes seconds."""

from __future__ import annotations

from importlib.util import find_spec

#: What pyproject.toml lists under `facial`, by the names they are imported by.
PACKAGES = ("facenet_pytorch", "onnx", "onnxruntime", "PIL", "torch")
INSTALL = "Install the facial extra: `pip install 'phenomap[facial]'`."


def lacking() -> tuple[str, ...]:
    """Packages of the extra that are not installed; none where photos can be read."""
    return tuple(name for name in PACKAGES if find_spec(name) is None)
