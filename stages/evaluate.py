"""evaluate: compare the encoders on the benchmarks, beside the paper's figures (paper 4, 5).

reads    data/reports/            of every stage before; of each run of the grid that the
                                  parameters declare (never what an earlier, larger grid left)
         data/encoders/base/, data/encoders/erica/, data/fetch/benchmarks/docred/: Figure 6
writes   data/evaluate/           report.html, table.md
         data/reports/metrics.json  <task>.<encoder>.p<percent>.<metric>, and ..._std
         data/reports/tsne.csv    Figure 6: x, y, label, kind, encoder
"""

from pathlib import Path

from stages.command import load, make_app, run

app = make_app()

REPORTS = Path("data/reports")
OUTPUT = Path("data/evaluate")
ENCODERS = Path("data/encoders")
STAGES = ["parse", "ner", "index", "link", "heldout", "annotate", "shard"]


@app.command()
def main() -> None:
    """Write the metrics, the result table, Figure 6 and the report page; print the table."""
    from pipeline.io import atomic_dir, read_json, write_json
    from pipeline.reporting.curves import read_curves
    from pipeline.reporting.figure6 import EvaluateConfig, draw_figure
    from pipeline.reporting.page import Contents, describe_run, render_page
    from pipeline.reporting.projection import write_points
    from pipeline.reporting.results import Grid, nest_results, read_results
    from pipeline.reporting.stages import read_stages
    from pipeline.reporting.table import format_markdown, make_rows, print_table

    config = load("evaluate", EvaluateConfig)
    grid = Grid(
        tasks=load("finetune.tasks", tuple[str, ...]),
        encoders=load("finetune.encoders", tuple[str, ...]),
        percents=load("finetune.percents", tuple[int, ...]),
        seeds=load("finetune.seeds", tuple[int, ...]),
    )
    results = read_results(REPORTS / "finetune", grid)
    rows = make_rows(results, grid.tasks, grid.encoders, grid.percents)
    figure = draw_figure(
        config,
        Path("data/fetch/benchmarks/docred"),
        {name: ENCODERS / name for name in ("base", "erica")},
    )
    training = read_json(REPORTS / "train.json")
    page = render_page(
        Contents(
            rows=rows,
            encoders=grid.encoders,
            seeds=len(grid.seeds),
            statistics=read_json(REPORTS / "annotate.json")["statistics"],
            stages=read_stages(REPORTS, STAGES),
            curves=read_curves(REPORTS / "train.tsv"),
            heldout=training["heldout"],
            points=figure.points,
            compactness=figure.compactness,
            settings=describe_run(
                fetched=read_json(REPORTS / "fetch.json"),
                training=training,
                provenance=read_json(ENCODERS / "erica" / "provenance.json"),
            ),
        )
    )
    table = format_markdown(rows, grid.encoders, seeds=len(grid.seeds))
    metrics = {**nest_results(results), "silhouette": figure.compactness}
    with atomic_dir(OUTPUT) as out:
        (out / "report.html").write_text(page, "utf-8")
        (out / "table.md").write_text(table, "utf-8")
    write_points(REPORTS / "tsne.csv", figure.points)
    write_json(REPORTS / "metrics.json", metrics)
    print_table(rows, grid.encoders)
    print(f"report: {OUTPUT / 'report.html'}")


if __name__ == "__main__":
    run(app)
