"""Read one section of a YAML file into a frozen dataclass, strictly.

Each dataclass lives beside the code that uses it. There are no defaults: the file is the only
source. A wrong key, type or value is one line that names the dotted key.
"""

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

from pipeline.errors import InputError

T = TypeVar("T")


def read_section(path: Path, section: str, cls: type[T]) -> T:
    """Decode the mapping under the dotted key `section` of the YAML file `path` as `cls`.

    Raises:
        InputError: The file or section is missing, or a value does not fit `cls`.
    """
    value: Any = read_yaml(path)
    for name in section.split("."):
        if not isinstance(value, Mapping) or name not in value:
            raise InputError(f"{path}: no section '{section}'; add it, or take a file of presets/")
        value = value[name]
    decoded: T = decode(value, cls, section)
    return decoded


def read_yaml(path: Path) -> Any:
    """Parse a YAML 1.2 file into plain Python values."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path)
    except FileNotFoundError:
        raise InputError(f"{path}: not found; run from the root of the repository") from None
    except YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f":{place.line + 1}" if place else ""
        raise InputError(
            f"{path}{line}: not valid YAML: {getattr(error, 'problem', error)}"
        ) from None


def decode(value: object, kind: Any, key: str) -> Any:
    """Return `value` as an instance of the type `kind`; `key` is the dotted name used in errors."""
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _decode_dataclass(value, kind, key)
    if origin is Literal:
        choices = typing.get_args(kind)
        if value not in choices or type(value) not in {type(choice) for choice in choices}:
            expected = " | ".join(str(choice) for choice in choices)
            raise InputError(f"{key}: expected one of {expected}, got {value!r}")
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in typing.get_args(kind):
            return None
        (inner,) = (arg for arg in typing.get_args(kind) if arg is not type(None))
        return decode(value, inner, key)
    if origin is tuple:
        if not isinstance(value, list):
            raise InputError(f"{key}: expected a list, got {value!r}")
        inner = typing.get_args(kind)[0]
        return tuple(decode(item, inner, f"{key}[{i}]") for i, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, Mapping):
            raise InputError(f"{key}: expected a mapping, got {value!r}")
        inner = typing.get_args(kind)[1]
        return {str(name): decode(item, inner, f"{key}.{name}") for name, item in value.items()}
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise InputError(f"{key}: expected {kind.__name__}, got {value!r}")
    return value


def _decode_dataclass(value: object, cls: type[Any], key: str) -> Any:
    if not isinstance(value, Mapping):
        raise InputError(f"{key}: expected a mapping, got {value!r}")
    hints = typing.get_type_hints(cls)
    if unknown := sorted(str(name) for name in value if name not in hints):
        known = ", ".join(sorted(hints))
        raise InputError(f"{key}.{unknown[0]}: unknown key; '{key}' has {known}")
    if missing := [name for name in hints if name not in value]:
        raise InputError(f"{key}.{missing[0]}: missing; give it a value")
    fields = {name: decode(value[name], kind, f"{key}.{name}") for name, kind in hints.items()}
    try:
        return cls(**fields)
    except ValueError as error:
        raise InputError(f"{key}.{error}") from None


def encode(config: Any) -> Any:
    """Return a config as plain values, the inverse of `decode`."""
    return json.loads(json.dumps(dataclasses.asdict(config)))


def require(condition: bool, message: str) -> None:
    """Raise `ValueError(message)` unless `condition`: one line per rule in `__post_init__`.

    The message starts with the field's name ("tau: must be above 0, got -1.0"), so that `decode`
    can put the section in front of it.
    """
    if not condition:
        raise ValueError(message)
