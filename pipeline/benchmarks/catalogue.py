"""The benchmarks by name: which section of params.yaml, which folder, which task."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.benchmarks.tasks.base import Task, TaskConfig
from pipeline.benchmarks.tasks.docred import DocredConfig, DocredTask
from pipeline.benchmarks.tasks.qa import QaConfig, QaTask
from pipeline.benchmarks.tasks.sentence_relation import SemevalTask, SentenceRelationConfig
from pipeline.config import require
from pipeline.errors import InputError

Name = Literal["docred", "semeval", "squad", "triviaqa", "naturalquestions"]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A task, its configuration and the folder of its official files."""

    config: type[TaskConfig]
    open: Callable[[Any, Path], Task[Any, Any, Any, Any, Any]]
    folder: str


BENCHMARKS: dict[str, Benchmark] = {
    "docred": Benchmark(DocredConfig, DocredTask, "docred"),
    "semeval": Benchmark(SentenceRelationConfig, SemevalTask, "semeval"),
    "squad": Benchmark(QaConfig, QaTask, "squad"),
    "triviaqa": Benchmark(QaConfig, QaTask, "triviaqa"),
    "naturalquestions": Benchmark(QaConfig, QaTask, "naturalquestions"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FinetuneConfig:
    """`finetune` of params.yaml: the grid, and a section for each benchmark."""

    tasks: tuple[Name, ...]
    encoders: tuple[str, ...]
    percents: tuple[Literal[1, 10, 100], ...]
    seeds: tuple[int, ...]
    docred: DocredConfig
    semeval: SentenceRelationConfig
    squad: QaConfig
    triviaqa: QaConfig
    naturalquestions: QaConfig

    def __post_init__(self) -> None:
        """Refuse an empty grid."""
        for name in ("tasks", "encoders", "percents", "seeds"):
            values = getattr(self, name)
            require(len(values) > 0, f"{name}: must hold at least one value")
            require(len(set(values)) == len(values), f"{name}: must differ, got {list(values)}")


def find_benchmark(name: str) -> Benchmark:
    """Return a benchmark by name.

    Raises:
        InputError: There is none of that name.
    """
    if name not in BENCHMARKS:
        raise InputError(f"--task: expected one of {', '.join(BENCHMARKS)}, got {name!r}")
    return BENCHMARKS[name]
