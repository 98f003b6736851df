"""show: print the result table and say where the report lies. Not a stage of dvc.yaml.

reads    data/evaluate/table.md, data/evaluate/report.html
"""

from pathlib import Path

from stages.command import make_app, run

app = make_app()


@app.command()
def main() -> None:
    """Print the result table of the last run."""
    from rich.console import Console
    from rich.markdown import Markdown

    from pipeline.errors import InputError

    table = Path("data/evaluate/table.md")
    if not table.exists():
        raise InputError(f"{table}: not found; run `dvc repro`")
    Console(width=120).print(Markdown(table.read_text("utf-8")))
    print(f"report: {table.with_name('report.html')}")


if __name__ == "__main__":
    run(app)
