"""Imports facenet-pytorch where torchvision cannot be imported: it uses two small functions of it.

The wheel of torchvision on the package index is built for another build of torch than the CPU's, and refuses to be
imported beside it ("operator torchvision::nms does not exist"). facenet-pytorch 2.5.3 asks for
`transforms.functional.to_tensor` and `ops.boxes.batched_nms` alone; both are given here for the time of the import,
and are not left behind for others to find.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import Tensor


def import_facenet() -> ModuleType:
    """The module `facenet_pytorch`, with torchvision's own functions where they can be had; raises ImportError."""
    if "facenet_pytorch" in sys.modules:
        return sys.modules["facenet_pytorch"]
    if _torchvision_works():
        return importlib.import_module("facenet_pytorch")
    _forget()
    sys.modules.update(_stand_ins())
    try:
        return importlib.import_module("facenet_pytorch")
    finally:
        _forget()


def _torchvision_works() -> bool:
    try:
        importlib.import_module("torchvision.ops.boxes")
    except (ImportError, RuntimeError):
        return False
    return True


def _forget() -> None:
    """Take torchvision, half imported or stood in for, out of what is imported."""
    for name in [name for name in sys.modules if name == "torchvision" or name.startswith("torchvision.")]:
        del sys.modules[name]


def _stand_ins() -> dict[str, ModuleType]:
    """The modules that facenet-pytorch imports from, each holding what it imports."""
    names = ("torchvision", "torchvision.transforms", "torchvision.transforms.functional", "torchvision.ops")
    modules = {name: ModuleType(name) for name in (*names, "torchvision.ops.boxes")}
    held: dict[str, dict[str, Any]] = {
        "torchvision.transforms": {"functional": modules["torchvision.transforms.functional"]},
        "torchvision.transforms.functional": {"to_tensor": _to_tensor},
        "torchvision.ops": {"boxes": modules["torchvision.ops.boxes"]},
        "torchvision.ops.boxes": {"batched_nms": batched_nms},
    }
    for name, attributes in held.items():
        for attribute, value in attributes.items():
            setattr(modules[name], attribute, value)
    return modules


def _to_tensor(image: ArrayLike) -> Tensor:
    """(h, w, channels) as (channels, h, w) float32; whole numbers of a byte become 0 to 1."""
    import numpy as np
    import torch

    pixels = np.atleast_3d(np.asarray(image))
    tensor = torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))
    return tensor.float() / 255 if tensor.dtype == torch.uint8 else tensor


def batched_nms(boxes: Tensor, scores: Tensor, groups: Tensor, threshold: float) -> Tensor:
    """Positions, best first, of the boxes (n, 4) that overlap no better one of their group by more than `threshold`.

    The overlap is intersection over union; groups are kept apart by moving each to a place of its own.
    """
    import torch

    if not boxes.numel():
        return torch.empty(0, dtype=torch.long)
    moved = boxes + (groups.to(boxes) * (boxes.max() + 1))[:, None]
    order = scores.argsort(descending=True)
    left, top, right, bottom = moved[order].unbind(1)
    area = (right - left) * (bottom - top)
    alive = torch.ones(len(order), dtype=torch.bool)
    kept = []
    for at in range(len(order)):
        if not alive[at]:
            continue
        kept.append(at)
        width = (torch.minimum(right[at], right) - torch.maximum(left[at], left)).clamp(min=0)
        height = (torch.minimum(bottom[at], bottom) - torch.maximum(top[at], top)).clamp(min=0)
        shared = width * height
        alive &= shared <= threshold * (area[at] + area - shared)
    return order[torch.tensor(kept, dtype=torch.long)]
