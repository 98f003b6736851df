"""Who imports whom, read from the source without importing anything."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def module_path(name: str) -> Path | None:
    """Return the file of a project module, None for anything else."""
    base = ROOT.joinpath(*name.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path.relative_to(ROOT)
    return None


def imported_names(path: Path, *, top_level_only: bool = False) -> set[str]:
    """Return the dotted names that a file imports; `from a import b` gives a and a.b."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    nodes = tree.body if top_level_only else ast.walk(tree)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def project_closure(path: Path) -> set[Path]:
    """Return the project files that a file imports, directly or not, itself included.

    An `__init__.py` that holds a docstring alone counts for nothing.
    """
    seen: set[Path] = set()
    queue = [path]
    while queue:
        current = queue.pop()
        if current in seen:
            continue
        seen.add(current)
        for name in imported_names(current):
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                found = module_path(".".join(parts[:depth]))
                if found is not None:
                    queue.append(found)
    return {p for p in seen if p.name != "__init__.py" or len(_body(p)) > 1}


def _body(path: Path) -> list[ast.stmt]:
    return ast.parse((ROOT / path).read_text("utf-8")).body


def python_files(folder: str) -> list[Path]:
    """Return the project's Python files below a folder."""
    return sorted(p.relative_to(ROOT) for p in (ROOT / folder).rglob("*.py"))


def string_constants(path: Path) -> set[str]:
    """Return the string constants of a file: docstrings whole, so a path is found as itself."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is str}
