"""The parameters of `fetch`."""

from dataclasses import dataclass

from pipeline.config import require
from pipeline.sample.config import WorldConfig

SAMPLE = "sample"


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchConfig:
    """Where the input comes from; "sample" is made here instead (pipeline/sample)."""

    wikipedia: tuple[str, ...]  # paths or addresses, each with or without #sha256=<hex>
    wikidata: tuple[str, ...]
    benchmarks: str  # a folder
    download: tuple[str, ...]  # benchmarks to bring into that folder from their official places
    encoder: str
    word_vectors: str | None  # a text file, for the encoders cnn and bilstm
    world: WorldConfig  # the sample's size

    def __post_init__(self) -> None:
        """Refuse empty lists, and the sample beside something else."""
        for name in ("wikipedia", "wikidata"):
            sources = getattr(self, name)
            require(len(sources) > 0, f"{name}: must name a dump or sample, got an empty list")
            require(
                SAMPLE not in sources or len(sources) == 1,
                f"{name}: must be sample alone or dumps alone, got both",
            )
        require(
            self.benchmarks != SAMPLE or not self.download,
            "download: needs a folder in fetch.benchmarks to download into, got sample",
        )
        require(bool(self.encoder), "encoder: must be minilm, a hub name or a folder, got nothing")
        require(bool(self.benchmarks), "benchmarks: must be sample or a folder, got nothing")
