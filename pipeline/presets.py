"""Parameter files made of one complete file and of small files that change some of its values.

`presets/sample.yaml` is complete and carries the comments. Every other preset holds only what
differs, so a key that is added to the complete file reaches all of them (docs/decisions/0011).
"""

from io import StringIO
from pathlib import Path
from typing import Any

from pipeline.config import read_yaml
from pipeline.errors import InputError

COMPLETE = "sample"


def list_presets(folder: Path) -> list[str]:
    """Return the names of the presets in a folder, the complete one first."""
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    return [name for name in names if name == COMPLETE] + [n for n in names if n != COMPLETE]


def compose_preset(folder: Path, name: str) -> str:
    """Return the text of a complete parameter file for the preset `name`.

    Values come from the preset, the order and the comments from the complete file; where the preset
    has a comment of its own behind a value, that one is taken.

    Raises:
        InputError: There is no such preset, or it sets a key that the complete file does not have.
    """
    known = list_presets(folder)
    if name not in known:
        raise InputError(f"preset {name}: not known; there are {', '.join(known) or 'none'}")
    yaml = _round_trip()
    base = yaml.load(folder / f"{COMPLETE}.yaml")
    if name != COMPLETE:
        read_yaml(folder / f"{name}.yaml")  # says in one line where it is not YAML
        _merge(base, yaml.load(folder / f"{name}.yaml") or {}, f"{folder / name}.yaml", "")
    out = StringIO()
    yaml.dump(base, out)
    return out.getvalue()


def _round_trip() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096  # never fold a line: a list of addresses stays one line
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None),
        lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null"),
    )
    return yaml


def _merge(base: Any, changes: Any, file: str, prefix: str) -> None:
    for key, value in changes.items():
        dotted = f"{prefix}{key}"
        if key not in base:
            raise InputError(f"{file}: {dotted}: unknown key; {COMPLETE}.yaml has no such key")
        if hasattr(base[key], "items"):
            if not hasattr(value, "items"):
                raise InputError(f"{file}: {dotted}: expected a mapping, got {value!r}")
            _merge(base[key], value, file, f"{dotted}.")
        elif hasattr(value, "items"):
            raise InputError(f"{file}: {dotted}: expected a value, got a mapping")
        else:
            if hasattr(value, "ca"):
                value.ca.comment = None  # a list carries its comment a second time
            base[key] = value
        if own := _comment(changes, key):
            _set_comment(base, key, own)


def _comment(mapping: Any, key: str) -> str:
    """Return the comment behind a value, "" if there is none."""
    tokens = mapping.ca.items.get(key)
    text: str = tokens[2].value.split("\n", 1)[0] if tokens and tokens[2] else ""
    return text.strip()


def _set_comment(mapping: Any, key: str, comment: str) -> None:
    """Put a comment behind a value; the lines that follow (blank, of the next section) stay."""
    tokens = mapping.ca.items.get(key)
    if tokens and tokens[2]:
        _, _, rest = tokens[2].value.partition("\n")
        tokens[2].value = f"{comment}\n{rest}"
    else:
        mapping.yaml_add_eol_comment(comment, key)
