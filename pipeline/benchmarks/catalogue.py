"""The benchmarks by name: which section of params.yaml, which folder, which task."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pipeline.benchmarks.readers.glue import GlueTask
from pipeline.benchmarks.tasks.base import Task, TaskConfig
from pipeline.benchmarks.tasks.docred import DocredConfig, DocredTask
from pipeline.benchmarks.tasks.figer import FigerConfig, FigerTask
from pipeline.benchmarks.tasks.glue import GlueBenchmark
from pipeline.benchmarks.tasks.qa import QaConfig, QaTask
from pipeline.benchmarks.tasks.sentence_relation import SemevalTask, SentenceRelationConfig
from pipeline.benchmarks.tasks.spert import AdeConfig, AdeTask, Conll04Task, SpertConfig
from pipeline.benchmarks.tasks.tacred import TacredConfig, TacredTask
from pipeline.benchmarks.tasks.wikihop import WikihopConfig, WikihopTask
from pipeline.config import require
from pipeline.errors import InputError

Name = Literal[
    "docred",
    "semeval",
    "tacred",
    "figer",
    "wikihop",
    "wikihop_masked",
    "squad",
    "triviaqa",
    "naturalquestions",
    "conll04",
    "ade",
    "cola",
    "sst2",
    "mrpc",
    "stsb",
    "qqp",
    "mnli",
    "qnli",
    "rte",
]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A task, its configuration and the folder of its official files."""

    config: type[TaskConfig]
    open: Callable[[Any, Path], Task[Any, Any, Any, Any, Any]]
    folder: str


def _glue(name: GlueTask) -> Benchmark:
    return Benchmark(TaskConfig, partial(GlueBenchmark, name=name), f"glue/{name}")


BENCHMARKS: dict[str, Benchmark] = {
    "docred": Benchmark(DocredConfig, DocredTask, "docred"),
    "semeval": Benchmark(SentenceRelationConfig, SemevalTask, "semeval"),
    "tacred": Benchmark(TacredConfig, TacredTask, "tacred"),
    "figer": Benchmark(FigerConfig, FigerTask, "figer"),
    "wikihop": Benchmark(WikihopConfig, WikihopTask, "wikihop"),
    "wikihop_masked": Benchmark(WikihopConfig, WikihopTask, "wikihop"),
    "squad": Benchmark(QaConfig, QaTask, "squad"),
    "triviaqa": Benchmark(QaConfig, QaTask, "triviaqa"),
    "naturalquestions": Benchmark(QaConfig, QaTask, "naturalquestions"),
    "conll04": Benchmark(SpertConfig, Conll04Task, "conll04"),
    "ade": Benchmark(AdeConfig, AdeTask, "ade"),
    "cola": _glue("CoLA"),
    "sst2": _glue("SST-2"),
    "mrpc": _glue("MRPC"),
    "stsb": _glue("STS-B"),
    "qqp": _glue("QQP"),
    "mnli": _glue("MNLI"),
    "qnli": _glue("QNLI"),
    "rte": _glue("RTE"),
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
    tacred: TacredConfig
    figer: FigerConfig
    wikihop: WikihopConfig
    wikihop_masked: WikihopConfig
    squad: QaConfig
    triviaqa: QaConfig
    naturalquestions: QaConfig
    conll04: SpertConfig
    ade: AdeConfig
    cola: TaskConfig
    sst2: TaskConfig
    mrpc: TaskConfig
    stsb: TaskConfig
    qqp: TaskConfig
    mnli: TaskConfig
    qnli: TaskConfig
    rte: TaskConfig

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
