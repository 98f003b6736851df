"""Small training, development and test sets in the official format of every benchmark."""

from collections.abc import Callable, Iterable
from pathlib import Path

from pipeline.sample.benchmarks.docred import write_docred
from pipeline.sample.benchmarks.figer import write_figer
from pipeline.sample.benchmarks.glue import write_glue
from pipeline.sample.benchmarks.joint import write_ade, write_conll04
from pipeline.sample.benchmarks.qa import write_naturalquestions, write_squad, write_triviaqa
from pipeline.sample.benchmarks.semeval import write_semeval
from pipeline.sample.benchmarks.tacred import write_tacred
from pipeline.sample.benchmarks.wikihop import write_wikihop
from pipeline.sample.config import WorldConfig

WRITERS: dict[str, Callable[[Path, int], None]] = {
    "docred": write_docred,
    "semeval": write_semeval,
    "squad": write_squad,
    "triviaqa": write_triviaqa,
    "naturalquestions": write_naturalquestions,
    "tacred": write_tacred,
    "figer": write_figer,
    "wikihop": write_wikihop,
    "conll04": write_conll04,
    "ade": write_ade,
    "glue": write_glue,
}


def write_benchmarks(
    folder: Path, config: WorldConfig, names: Iterable[str] = tuple(WRITERS)
) -> None:
    """Write the benchmarks `names`, each into `folder/<name>/`, in its official files.

    Raises:
        ValueError: There is no benchmark of a name.
    """
    for name in names:
        if name not in WRITERS:
            raise ValueError(f"benchmarks: there is no '{name}'; known are {', '.join(WRITERS)}")
        (folder / name).mkdir(parents=True, exist_ok=True)
        WRITERS[name](folder / name, config.seed)
