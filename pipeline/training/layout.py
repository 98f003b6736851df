"""Which layout of sequences is fastest where a run computes, and moving the model there."""

from collections.abc import Callable

import numpy as np
from torch import nn

from pipeline.model.encoder import first_position, round_norms
from pipeline.model.packing import ROUGH, pack_attention, packs_alike
from pipeline.training.batches import Layout, lay_out
from pipeline.training.config import TrainConfig
from pipeline.training.runtime import Runtime
from pipeline.training.sampler import Step
from pipeline.training.sharding import shard_blocks

SAMPLED = 20  # steps that tell how much is padding
CUDA_WIDTH = 8  # attention kernels of a GPU want aligned rows


def choose_layout(model: nn.Module, config: TrainConfig, runtime: Runtime) -> Layout:
    """Move the model to the runtime's device; return the layout of its micro-batches.

    On a GPU in bf16 a packed row saves the padding and the masks, and norms answer in bf16;
    elsewhere rectangles are faster. Processes that share layers (FSDP) must call them equally
    often: then it is one rectangle.
    """
    cuda = runtime.device.type == "cuda"
    packs = cuda and config.precision == "bf16" and pack_attention(model)
    model.to(runtime.device)
    if packs:
        with runtime.autocast():
            packs = packs_alike(model, ROUGH)
    if runtime.sharded:
        shard_blocks(model, runtime)
    if packs:
        round_norms(model)
        return Layout("row", first_position=first_position(model), longest=config.max_length)
    unit = CUDA_WIDTH if cuda else 1
    return Layout("one" if runtime.sharded else "rectangles", unit=unit)


def padding_share(sampler: Callable[[int], Step], config: TrainConfig, layout: Layout) -> float:
    """Return the share of padding among the positions of a run's first steps."""
    tokens = positions = 0
    for number in range(min(config.num_steps, SAMPLED)):
        step = sampler(number)
        for sheet in step.sheets:
            length_V = np.diff(sheet.views.token_offset)
            for first, last in step.micro_batches:
                part_V = length_V[first:last]
                shapes = [] if layout.kind == "row" else lay_out(part_V, layout)[1]
                tokens += int(part_V.sum())
                positions += sum(r * w for r, w in shapes) if shapes else int(part_V.sum())
    return 1 - tokens / positions
