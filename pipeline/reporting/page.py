"""The report page: one HTML file that needs no network and holds no date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from pipeline.reporting.curves import Curves
from pipeline.reporting.projection import Projected
from pipeline.reporting.stages import StageCounts
from pipeline.reporting.svg import Point, choose_colours, line_chart, scatter_chart
from pipeline.reporting.table import Row, format_figure, format_score

# title, name in train.json, name of what guessing would give
MEASURES = (
    ("the true tail is the nearest entity to the head", "ed_accuracy", "ed_chance"),
    ("the nearest pair of another document shares a relation", "rd_retrieval", "rd_chance"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What the page shows."""

    rows: Sequence[Row]
    encoders: Sequence[str]
    seeds: int
    statistics: Mapping[str, Mapping[str, float]]  # name -> here, paper
    stages: Sequence[StageCounts]
    curves: Curves
    heldout: Mapping[str, Mapping[str, float]]  # before, after -> measure -> share
    points: Sequence[Projected]
    compactness: Mapping[str, Mapping[str, float]]  # kind -> encoder -> silhouette
    settings: Mapping[str, str]  # what was run, by name


def describe_run(
    *, fetched: Mapping[str, Any], training: Mapping[str, Any], provenance: Mapping[str, Any]
) -> dict[str, str]:
    """Return what was run, from the reports of `fetch` and `train` and the encoder's provenance."""
    params = provenance["params"]
    return {
        "corpus": ", ".join(dict.fromkeys(f["file"] for f in fetched["details"]["wikipedia"][-1:])),
        "base encoder": str(fetched["details"]["encoder"][0]["source"]),
        "objectives": ", ".join(params["objectives"]),
        "tau": f"{params['tau']:g}",
        "steps": f"{training['steps']:,}, {params['batch_size']:,} documents each",
    }


def render_page(contents: Contents) -> str:
    """Return the page as HTML."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["score"] = format_score
    environment.filters["figure"] = format_figure
    environment.filters["number"] = _format_number
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    template = environment.from_string(
        resources.files("pipeline.reporting").joinpath("report.html.j2").read_text("utf-8")
    )
    return (
        template.render(
            c=contents,
            gains=_gains(contents),
            measures=MEASURES,
            losses=[
                Markup(line_chart(name, lines))  # our own SVG, its texts escaped
                for name, lines in contents.curves.items()
            ],
            maps=_draw_maps(contents),
        )
        + "\n"
    )


def _gains(contents: Contents) -> list[dict[str, Any]]:
    """Return how far ERICA is above the base encoder, for the first metric of each benchmark."""
    encoders = list(contents.encoders)
    if not {"base", "erica"} <= set(encoders):
        return []
    seen: set[tuple[str, int]] = set()
    gains = []
    for row in contents.rows:
        base, erica = (row.scores[encoders.index(name)] for name in ("base", "erica"))
        if base is None or erica is None or (row.benchmark, row.percent) in seen:
            continue
        seen.add((row.benchmark, row.percent))
        gains.append(
            {
                "name": row.benchmark,
                "percent": row.percent,
                "metric": row.metric,
                "gain": erica.mean - base.mean,
                "erica": erica,
                "base": base,
            }
        )
    return gains


def _draw_maps(contents: Contents) -> list[dict[str, Any]]:
    """Return one row of scatter plots per kind, one plot per encoder, with a common legend."""
    from markupsafe import Markup

    rows = []
    for kind in ("entity", "relation"):
        points = [point for point in contents.points if point.kind == kind]
        colours = choose_colours(sorted({point.label for point in points}))
        encoders = dict.fromkeys(point.encoder for point in points)
        rows.append(
            {
                "kind": {"entity": "Entities", "relation": "Relations"}[kind],
                "legend": colours,
                "plots": [
                    {
                        "svg": Markup(
                            scatter_chart(
                                encoder,
                                [Point(p.x, p.y, p.label) for p in points if p.encoder == encoder],
                                colours,
                            )
                        ),
                        "compactness": contents.compactness.get(kind, {}).get(encoder),
                    }
                    for encoder in encoders
                ],
            }
        )
    return [row for row in rows if row["plots"]]


def _format_number(value: float) -> str:
    """Write 1234567 as 1,234,567 and 12.34 as 12.3."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
