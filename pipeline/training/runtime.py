"""Where and how precisely a model computes: device, bf16, seeds, processes of torchrun."""

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import torch

from pipeline.errors import InputError
from pipeline.settings import parallel, read_setting

T = TypeVar("T")

Precision = Literal["fp32", "bf16"]

M_MMAP_THRESHOLD = -3  # of glibc's malloc.h: blocks from this size on are mapped each by itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """One process of a run. `rank` counts the processes from 0; most runs have one."""

    device: torch.device
    precision: Precision
    seed: int
    rank: int = 0
    world_size: int = 1
    sharded: bool = False  # FSDP (pipeline/training/sharding.py)

    @classmethod
    def start(cls, precision: Precision, seed: int) -> "Runtime":
        """Choose the device by ERICA_DEVICE, fix the number of threads and seed torch.

        Under torchrun (WORLD_SIZE is set) the processes join one group first.

        Raises:
            InputError: ERICA_DEVICE names a device that is not there.
        """
        # oneDNN keeps compiled kernels for each shape that it meets, 1,024 by default: MiniLM in
        # bf16 held 2.2 GB after 60 batches of different lengths, 1.4 GB with 32, as fast.
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")
        # torch keeps such kernels a second time, 1,024 of them: 4 MB for each new shape of MiniLM
        # in bf16, some 0.6 GB in a step of 32 micro-batches. As fast with 16.
        os.environ.setdefault("LRU_CACHE_CAPACITY", "16")
        # Pages of 2 MB for large tensors: a step of MiniLM's shape is 7 % faster.
        os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
        _keep_freed_memory()
        # cuDNN plans its attention anew for each shape, 4 ms on the host for a kernel of 0.1 ms:
        # batches of ever new lengths ran at a seventh of the speed on an H200.
        torch.backends.cuda.enable_cudnn_sdp(False)
        rank, local_rank = int(os.environ.get("RANK", 0)), int(os.environ.get("LOCAL_RANK", 0))
        world_size = int(os.environ.get("WORLD_SIZE", 1))
        device = _choose_device(read_setting("ERICA_DEVICE"), local_rank)
        # Setting it, even to what it is, stops MKL from choosing by itself: sums then keep their
        # order and two runs give the same bits.
        torch.set_num_threads(torch.get_num_threads())
        # Else the gradient of `states[index]` is summed by all threads of a CPU in the order in
        # which they come: two runs on two threads differed from the second step on. The switch is
        # that of `use_deterministic_algorithms`, which also imports the compiler: 3 s a process.
        torch.set_deterministic_debug_mode("error" if device.type == "cpu" else "default")
        # It would also fill new memory, which costs time. The stubs lack the property.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        if world_size > 1 and not torch.distributed.is_initialized():
            torch.distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        runtime = cls(
            device=device,
            precision=precision,
            seed=seed,
            rank=rank,
            world_size=world_size,
            sharded=world_size > 1 and parallel() == "fsdp",
        )
        runtime.reseed(0)
        return runtime

    @staticmethod
    def trim_memory() -> None:
        """Give freed memory back to the system.

        Batches of different lengths leave holes that no later tensor fits: without it 100 steps on
        paragraphs of wikispeedia grew to 4.6 GB.
        """
        if libc := _glibc():
            libc.malloc_trim(0)

    def autocast(self) -> contextlib.AbstractContextManager[None]:
        """Return the context of a forward pass: bf16 products over fp32 weights, or nothing."""
        if self.precision == "fp32":
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, torch.bfloat16)

    def reseed(self, step: int, micro_batch: int = 0) -> None:
        """Seed torch for one micro-batch, so that its dropout is a function of seed and place."""
        place = (self.seed * 1_000_003 + step) * 1_009 + micro_batch
        torch.manual_seed((place * self.world_size + self.rank) % 2**63)

    def take_turns(self, work: Callable[[], T]) -> T:
        """Do `work` in process 0 first and then in the others, which find its files done."""
        if self.rank > 0:
            torch.distributed.barrier()
        done = work()
        if self.rank == 0 and self.world_size > 1:
            torch.distributed.barrier()
        return done

    def sum_over_processes(self, tensor: torch.Tensor) -> torch.Tensor:
        """Return the sum of `tensor` over the processes, in place."""
        if self.world_size > 1:
            torch.distributed.all_reduce(tensor)
        return tensor


def _keep_freed_memory() -> None:
    """Have glibc keep freed blocks for the next tensors.

    By default it maps large blocks each by itself, from a size that changes as it goes. A mapped
    block costs a fault for each page: 23 % of the time of fine-tuning on short sentences.
    """
    if libc := _glibc():
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 25)


def _glibc() -> Any:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None


def _choose_device(wanted: str, local_rank: int) -> torch.device:
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    if wanted == "cpu":
        return torch.device("cpu")
    name, _, number = wanted.partition(":")
    if name != "cuda" or (number and not number.isdigit()):
        raise InputError(f"ERICA_DEVICE: expected auto, cpu, cuda or cuda:N, got {wanted!r}")
    index = int(number) if number else local_rank
    if index >= torch.cuda.device_count():
        raise InputError(
            f"ERICA_DEVICE: {wanted} is not there ({torch.cuda.device_count()} CUDA devices); "
            "set it to cpu or auto"
        )
    torch.cuda.set_device(index)
    return torch.device("cuda", index)
