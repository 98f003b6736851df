"""Figure 6: entity and relation embeddings of several encoders, projected and measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.benchmarks.readers.docred import read_docred, read_relations
from pipeline.config import require
from pipeline.reporting.embeddings import choose_points, embed_entities, gather_points
from pipeline.reporting.projection import Projected, measure_compactness, project


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluateConfig:
    """How much of DocRED's dev set is drawn, and how (paper 5.5)."""

    tsne_relations: int
    tsne_documents: int
    tsne_points: int
    tsne_perplexity: float
    tsne_max_tokens: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        for name in ("tsne_relations", "tsne_documents", "tsne_points"):
            require(getattr(self, name) > 0, f"{name}: must be above 0, got {getattr(self, name)}")
        perplexity = self.tsne_perplexity
        require(perplexity > 0, f"tsne_perplexity: must be above 0, got {perplexity}")
        tokens = self.tsne_max_tokens
        require(tokens >= 16, f"tsne_max_tokens: must be at least 16, got {tokens}")
        require(self.seed >= 0, f"seed: must be >= 0, got {self.seed}")


@dataclass(frozen=True, slots=True)
class Figure:
    """The points of all encoders, and kind -> encoder -> silhouette."""

    points: list[Projected]
    compactness: dict[str, dict[str, float]]


def draw_figure(config: EvaluateConfig, docred: Path, encoders: Mapping[str, Path]) -> Figure:
    """Embed and project the same entities and facts with each encoder.

    Args:
        config: Numbers.
        docred: The benchmark's folder; where it is missing the figure is empty.
        encoders: Folder of each encoder.
    """
    figure = Figure([], {"entity": {}, "relation": {}})
    if not docred.is_dir():
        return figure
    documents = read_docred(docred).dev[: config.tsne_documents]
    choice = choose_points(
        documents,
        read_relations(docred),
        relations=config.tsne_relations,
        points=config.tsne_points,
        seed=config.seed,
    )
    for name, folder in encoders.items():
        embedded = embed_entities(folder, documents, max_tokens=config.tsne_max_tokens)
        entity_EH, pair_P2H = gather_points(choice, embedded)
        for kind, vectors, labels in (
            ("entity", entity_EH, choice.entity_labels),
            ("relation", pair_P2H, choice.fact_labels),
        ):
            figure.points.extend(
                project(
                    vectors,
                    labels,
                    kind=kind,
                    encoder=name,
                    perplexity=config.tsne_perplexity,
                    seed=config.seed,
                )
            )
            figure.compactness[kind][name] = measure_compactness(vectors, labels)
    return figure
