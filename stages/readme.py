"""readme: regenerate the tables of README.md. Not a stage of dvc.yaml.

reads    dvc.yaml, pipeline/settings.py, data/evaluate/table.md
writes   README.md, between the marks <!-- NAME --> and <!-- /NAME -->
"""

import re
from pathlib import Path

from stages.command import make_app, run

README = Path("README.md")
app = make_app()


def stage_table() -> str:
    """Return one row per stage of dvc.yaml: what it does, reads and writes."""
    from pipeline.config import read_yaml

    rows = ["| stage | what it does | reads | writes |", "|---|---|---|---|"]
    for name, stage in read_yaml(Path("dvc.yaml"))["stages"].items():
        reads = [d for d in stage["deps"] if d.startswith("data/") and "reports" not in d]
        outs = [next(iter(out)) if isinstance(out, dict) else out for out in stage.get("outs", [])]
        rows.append(f"| `{name}` | {stage['desc']} | {_paths(reads)} | {_paths(outs)} |")
    return "\n".join(rows)


def settings_table() -> str:
    """Return one row per ERICA_* variable."""
    from pipeline.settings import SETTINGS

    rows = ["| variable | default | meaning |", "|---|---|---|"]
    rows += [f"| `{s.name}` | {s.default or '-'} | {s.meaning} |" for s in SETTINGS]
    return "\n".join(rows)


def _paths(paths: list[str]) -> str:
    named = [re.sub(r"\$\{item\.(\w+)\}", r"<\1>", path) for path in paths]
    return ", ".join(f"`{path}`" for path in named) or "-"


def fill(text: str, name: str, body: str) -> str:
    """Return `text` with what stands between the marks of `name` replaced by `body`."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{body}\n{found[2]}", text)


@app.command()
def main() -> None:
    """Regenerate the tables of README.md."""
    from pipeline.io import atomic_file

    text = README.read_text("utf-8")
    text = fill(text, "stages", stage_table())
    text = fill(text, "settings", settings_table())
    results = Path("data/evaluate/table.md")
    if results.exists():
        text = fill(text, "results", results.read_text("utf-8").strip())
    with atomic_file(README) as temporary:
        temporary.write_text(text, "utf-8")


if __name__ == "__main__":
    run(app)
