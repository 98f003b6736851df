"""FSDP: every process keeps a part of each repeated layer (`ERICA_PARALLEL=fsdp`).

A layer's weights are gathered when it computes, its gradients are summed and divided up again, and
the optimiser's moments exist once. Embeddings and heads stay whole in every process, because heads
share weights with them. Checkpoints and the saved encoder hold whole tensors, so that a run may
continue with other processes, or with `ddp` (docs/decisions/0060-plain-torch-distributed.md).
"""

from typing import Any

import torch
from torch import nn
from torch.distributed.tensor import DTensor, distribute_tensor

from pipeline.errors import InputError
from pipeline.model.encoder import repeated_blocks
from pipeline.training.runtime import Runtime


def shard_blocks(model: nn.Module, runtime: Runtime) -> None:
    """Divide the encoder's repeated layers over the processes, in place.

    Raises:
        InputError: It has none.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import FSDPModule, fully_shard

    blocks = repeated_blocks(model)
    if not blocks:
        raise InputError("ERICA_PARALLEL: this encoder has no repeated layers; set it to ddp")
    mesh = init_device_mesh(runtime.device.type, (runtime.world_size,))
    for block in blocks:
        fully_shard(block, mesh=mesh, reshard_after_forward=True)
        assert isinstance(block, FSDPModule)
        # The losses of the processes are shares of one sum, so their gradients are not averaged.
        block.set_gradient_divide_factor(1.0)
        block.set_force_sum_reduction_for_comms(True)


def sum_gradients(model: nn.Module, runtime: Runtime) -> None:
    """Add the gradients of all processes: one message per optimiser step.

    Those of divided layers were added by the backward pass.
    """
    if runtime.world_size == 1:
        return
    trained = [p for p in model.parameters() if p.requires_grad and not isinstance(p, DTensor)]
    gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in trained]
    flat = runtime.sum_over_processes(torch.cat([g.reshape(-1) for g in gradients]))
    for parameter, part in zip(trained, flat.split([p.numel() for p in trained]), strict=True):
        parameter.grad = part.view_as(parameter)


def clip_gradients(model: nn.Module, limit: float, runtime: Runtime) -> torch.Tensor:
    """Scale the gradients down to a norm of `limit`; return the norm before."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    divided = [g.to_local() for g in gradients if isinstance(g, DTensor)]
    if not divided:
        return nn.utils.clip_grad_norm_(model.parameters(), limit)
    whole = [g for g in gradients if not isinstance(g, DTensor)]
    square = runtime.sum_over_processes(_norm(divided).square())
    norm: torch.Tensor = (square + _norm(whole).square()).sqrt()
    torch._foreach_mul_([*divided, *whole], (limit / (norm + 1e-6)).clamp(max=1.0))
    return norm


def _norm(tensors: list[torch.Tensor]) -> torch.Tensor:
    norm: torch.Tensor = torch.stack([torch.linalg.vector_norm(t) for t in tensors]).norm()
    return norm


def gather(state: Any) -> Any:
    """Return a state dict with whole tensors; all processes must call it together."""
    if isinstance(state, DTensor):
        return state.full_tensor()
    if isinstance(state, dict):
        return {name: gather(value) for name, value in state.items()}
    if isinstance(state, list):
        return [gather(value) for value in state]
    return state


def moments(model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Return the optimiser's state by the names of the parameters: its groups may differ."""
    names = _names(model, optimizer)
    return {names[number]: values for number, values in optimizer.state_dict()["state"].items()}


def restore(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    weights: dict[str, Any],
    moments: dict[str, Any],
) -> None:
    """Load whole tensors into a model and its optimiser, divided as these are."""
    current = model.state_dict()
    model.load_state_dict({name: _divide(value, current[name]) for name, value in weights.items()})
    state = {
        number: {key: _divide(value, current[name]) for key, value in moments[name].items()}
        for number, name in enumerate(_names(model, optimizer))
        if name in moments
    }
    optimizer.load_state_dict(optimizer.state_dict() | {"state": state})


def _names(model: nn.Module, optimizer: torch.optim.Optimizer) -> list[str]:
    """Return the name of each parameter of the optimiser, in its order."""
    name_of = {id(parameter): name for name, parameter in model.named_parameters()}
    return [name_of[id(p)] for group in optimizer.param_groups for p in group["params"]]


def _divide(value: Any, like: torch.Tensor) -> Any:
    """Return this process's part if `value` is a tensor in the shape of a divided one."""
    if isinstance(like, DTensor) and getattr(value, "shape", None) == like.shape:
        return distribute_tensor(value.to(like.device), like.device_mesh, like.placements)
    return value
