"""Write the code that each stage imports into the `deps` of dvc.yaml: `make deps`.

A package that a stage imports whole stands there as a folder, any other as its files and the data
files beside them (SQL, templates). The `data/` deps are written by hand and stay.
"""

import sys
from pathlib import Path

from imports import ROOT, project_closure, python_files
from ruamel.yaml import YAML

DVC = ROOT / "dvc.yaml"


def code_deps(stage: str) -> list[str]:
    """Return the files and folders of code that a stage depends on, the stage's own file first."""
    script = Path(f"stages/{stage}.py")
    closure = project_closure(script)
    deps = {path for path in closure if path.parent.name in ("stages", "pipeline")}
    for folder in {path.parent for path in closure if len(path.parts) > 2}:
        used = {path for path in closure if path.parent == folder}
        if {p for p in python_files(str(folder)) if p.name != "__init__.py"} <= closure:
            deps.add(folder)
        else:
            deps |= used | assets(folder, used)
    kept = [path for path in deps if not any(parent in deps for parent in path.parents)]
    return sorted(map(str, kept), key=lambda p: (p != str(script), not p.startswith("stages/"), p))


def assets(folder: Path, used: set[Path]) -> set[Path]:
    """Return the files beside the code that the used part of a package names."""
    source = "".join((ROOT / path).read_text("utf-8") for path in used)
    files = [p for p in (ROOT / folder).iterdir() if p.is_file() and p.suffix != ".py"]
    return {p.relative_to(ROOT) for p in files if p.name in source}


def main() -> None:
    """Rewrite the code deps of every stage, keeping comments and everything else."""
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 120
    document = yaml.load(DVC)
    for name, stage in document["stages"].items():
        data = [d for d in stage["deps"] if d.startswith("data/")]
        stage["deps"].clear()
        stage["deps"].extend(code_deps(name) + data)
    yaml.dump(document, DVC)


if __name__ == "__main__":
    sys.exit(main())
