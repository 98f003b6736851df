"""The embedded sample: a small encyclopedia of an invented world, in the genuine formats."""

from pipeline.sample.config import WorldConfig
from pipeline.sample.dump import write_wikipedia
from pipeline.sample.wikidata import write_wikidata

__all__ = ["WorldConfig", "write_wikidata", "write_wikipedia"]
