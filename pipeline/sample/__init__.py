"""The embedded sample: a small encyclopedia of an invented world, in the genuine formats."""

from pipeline.sample.benchmarks import WRITERS, write_benchmarks
from pipeline.sample.config import WorldConfig
from pipeline.sample.dump import write_wikipedia
from pipeline.sample.wikidata import write_wikidata

BENCHMARKS = tuple(WRITERS)

__all__ = ["BENCHMARKS", "WorldConfig", "write_benchmarks", "write_wikidata", "write_wikipedia"]
