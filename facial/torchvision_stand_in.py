"""Imports facenet-pytorch without torchvision, of which it uses two small functions.

The wheel of torchvision on the package index is built for another build of torch than the CPU's, and refuses to be
imported beside it ("operator torchvision::nms does not exist"). facenet-pytorch 2.5.3 asks for
`transforms.functional.to_tensor` and `ops.boxes.batched_nms` alone; both are given here for the time of its import,
whether torchvision would work or not, so that a face is found alike everywhere. Nothing is left behind for others to
find: what stood under those names before stands there again.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import Tensor

_ONE_AT_A_TIME = RLock()


def import_facenet() -> ModuleType:
    """The module `facenet_pytorch`; raises ImportError where it or torch is not installed."""
    with _ONE_AT_A_TIME:
        if "facenet_pytorch" in sys.modules:
            return sys.modules["facenet_pytorch"]
        with _stood_in_for():
            return importlib.import_module("facenet_pytorch")


@contextmanager
def _stood_in_for() -> Iterator[None]:
    before = {name: module for name, module in sys.modules.items() if _of_torchvision(name)}
    for name in before:
        del sys.modules[name]
    sys.modules.update(_stand_ins())
    try:
        yield
    finally:
        for name in [name for name in sys.modules if _of_torchvision(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _of_torchvision(name: str) -> bool:
    return name == "torchvision" or name.startswith("torchvision.")


def _stand_ins() -> dict[str, ModuleType]:
    """The modules that facenet-pytorch imports from, each holding what it imports."""
    names = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional", "torchvision.ops")
    modules = {name: ModuleType(name) for name in (*names, "torchvision.ops.boxes")}
    held: dict[str, dict[str, Any]] = {
        "torchvision.transforms": {"functional": modules["torchvision.transforms.functional"]},
        "torchvision.transforms.functional": {"to_tensor": to_tensor},
        "torchvision.ops": {"boxes": modules["torchvision.ops.boxes"]},
        "torchvision.ops.boxes": {"batched_nms": batched_nms},
    }
    for name, attributes in held.items():
        for attribute, value in attributes.items():
            setattr(modules[name], attribute, value)
    return modules


def to_tensor(image: ArrayLike) -> Tensor:
    """(h, w, channels) or (h, w) as (channels, h, w); bytes become float32 from 0 to 1, other numbers stay."""
    import numpy as np
    import torch

    pixels = np.asarray(image)
    pixels = pixels[:, :, None] if pixels.ndim == 2 else pixels
    tensor = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))
    return tensor.float() / 255 if tensor.dtype == torch.uint8 else tensor


def batched_nms(boxes: Tensor, scores: Tensor, groups: Tensor, threshold: float) -> Tensor:
    """Positions, best first, of the boxes (n, 4) that overlap no better one of their group by more than `threshold`.

    The overlap is intersection over union; groups are kept apart by moving each to a place of its own.
    """
    import numpy as np
    import torch

    if not boxes.numel():
        return torch.empty(0, dtype=torch.long)
    moved = boxes + (groups.to(boxes) * (boxes.max() + 1))[:, None]
    # numpy: a thousand small steps of torch would take longer than the networks
    best_first = scores.argsort(descending=True, stable=True).numpy()
    left, top, right, bottom = moved.numpy()[best_first].T
    area = (right - left) * (bottom - top)
    kept, waiting = [], np.arange(len(best_first))
    while len(waiting):
        at, waiting = waiting[0], waiting[1:]
        kept.append(at)
        width = np.minimum(right[at], right[waiting]) - np.maximum(left[at], left[waiting])
        height = np.minimum(bottom[at], bottom[waiting]) - np.maximum(top[at], top[waiting])
        shared = width.clip(min=0) * height.clip(min=0)
        waiting = waiting[shared <= threshold * (area[at] + area[waiting] - shared)]
    return torch.from_numpy(best_first[kept])
