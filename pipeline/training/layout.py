"""Which layout of sequences is fastest where a run computes, and moving the model there."""

from torch import nn

from pipeline.model.packing import ROUGH, first_position, pack_attention, packs_alike
from pipeline.training.batches import RECTANGLES, Layout
from pipeline.training.config import TrainConfig
from pipeline.training.runtime import Runtime

CUDA_WIDTH = 8  # attention kernels of a GPU want aligned rows


def choose_layout(model: nn.Module, config: TrainConfig, runtime: Runtime) -> Layout:
    """Move the model to the runtime's device; return the layout of its micro-batches.

    On a GPU in bf16 a packed row saves the padding and the masks; elsewhere rectangles are faster.
    """
    if runtime.device.type != "cuda":
        model.to(runtime.device)
        return RECTANGLES
    packs = config.precision == "bf16" and pack_attention(model)
    model.to(runtime.device)
    with runtime.autocast():
        packs = packs and packs_alike(model, ROUGH)
    if packs:
        return Layout("row", first_position=first_position(model), longest=config.max_length)
    return Layout("rectangles", unit=CUDA_WIDTH)
