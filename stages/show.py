"""show: print the result table, or some annotated documents. Not a stage of dvc.yaml.

reads    data/evaluate/table.md, data/evaluate/report.html
         data/parse/, data/link/, data/annotate/
"""

from pathlib import Path
from typing import Annotated

import typer

from stages.command import make_app, run

app = make_app()


@app.command()
def main(
    documents: Annotated[
        int, typer.Option(min=0, help="print so many random kept documents instead")
    ] = 0,
    seed: Annotated[int, typer.Option(help="of the draw")] = 42,
) -> None:
    """Print the result table of the last run, or the items and triples of some documents."""
    from pipeline.errors import InputError

    if documents:
        from pipeline.io import list_shards
        from pipeline.reporting.documents import draw_documents

        annotated = Path("data/annotate")
        for document in draw_documents(
            [shard.name for shard in list_shards(annotated)],
            documents,
            seed=seed,
            parsed=Path("data/parse"),
            linked=Path("data/link"),
            annotated=annotated,
        ):
            print(document.format())
        return

    from rich.console import Console
    from rich.markdown import Markdown

    table = Path("data/evaluate/table.md")
    if not table.exists():
        raise InputError(f"{table}: not found; run `dvc repro`")
    Console(width=120).print(Markdown(table.read_text("utf-8")))
    print(f"report: {table.with_name('report.html')}")


if __name__ == "__main__":
    run(app)
