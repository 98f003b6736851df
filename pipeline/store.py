"""Tasks on machines that share no folder: their files travel through a store that fsspec opens.

What a task names and what exists here goes to the store once; a worker copies it to its node once,
works on the copies, and sends back every file that is new or changed under the paths of its task.
A field called `out` is where results go: what earlier tasks left there is not sent.
"""

import contextlib
import dataclasses
import fcntl
import functools
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import InputError
from pipeline.io import atomic_file
from pipeline.progress import Counts

Stamp = tuple[int, int]  # size and time of the last change, in ns


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Cargo:
    """What a worker needs besides the task: where the files are, and their names in the store."""

    url: str
    folder: str  # that relative paths start from
    files: dict[str, tuple[str, Stamp]]  # absolute path here: object in the store


class Store:
    """The files of one pool on their way: made by the process that hands out the tasks."""

    def __init__(self, url: str) -> None:
        self.url = f"{url.rstrip('/')}/erica-{uuid.uuid4().hex}"
        self._sent: dict[str, tuple[str, Stamp]] = {}

    def send(self, task: Any) -> Cargo:
        """Bring the files of a task to the store, those that are not there yet.

        Raises:
            InputError: The store does not answer.
        """
        files = {}
        with _explained(self.url):
            system, root = _open(self.url)
            for path in _list_paths(task, results=False):
                for file in _list_files(Path.cwd() / path):
                    name, stamp = str(file), _stamp(file)
                    if self._sent.get(name, ("", None))[1] != stamp:
                        target = f"{root}/{uuid.uuid4().hex}"
                        system.makedirs(root, exist_ok=True)
                        system.put_file(name, target)
                        self._sent[name] = (target, stamp)
                    files[name] = self._sent[name]
        return Cargo(url=self.url, folder=str(Path.cwd()), files=files)

    def bring(self, results: dict[str, str]) -> None:
        """Put the files that a worker sent back where they belong, each whole or not at all."""
        with _explained(self.url):
            system, _ = _open(self.url)
            for name, source in results.items():
                with atomic_file(Path(name)) as temporary:
                    system.get_file(source, str(temporary))
                system.rm_file(source)

    def close(self) -> None:
        """Remove from the store what this map brought there."""
        with contextlib.suppress(FileNotFoundError), _explained(self.url):
            system, root = _open(self.url)
            system.rm(root, recursive=True)


def node_folder(url: str) -> Path:
    """Return the folder of a node that has the copies of one pool."""
    return Path(tempfile.gettempdir()) / url.rsplit("/", 1)[1]


def work_on_copies(cargo: Cargo, work: Callable[[Any], Counts], task: Any) -> Any:
    """Do a task in a worker; return its counts and the files it made: path and object."""
    system, root = _open(cargo.url)
    copies = node_folder(cargo.url)
    for name, (source, stamp) in cargo.files.items():
        _copy(system, source, copies / name.lstrip("/"), stamp)

    def move(path: Path) -> Path:
        return copies / str(Path(cargo.folder) / path).lstrip("/")

    task = _replace_paths(task, move)
    before = _stamps(task)
    counts = work(task)
    results = {}
    for path, stamp in _stamps(task).items():
        if before.get(path) != stamp:
            target = f"{root}/{uuid.uuid4().hex}"
            system.put_file(str(path), target)
            results[f"/{path.relative_to(copies)}"] = target
    return counts, results


def forget_copies(url: str) -> None:
    """Remove the copies of a map from this node."""
    shutil.rmtree(node_folder(url), ignore_errors=True)


def _copy(system: Any, source: str, path: Path, stamp: Stamp) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of a node need it once
        if path.exists() and _stamp(path) == stamp:
            return
        with atomic_file(path) as temporary:
            system.get_file(source, str(temporary))
            os.utime(temporary, ns=(stamp[1], stamp[1]))


def _open(url: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ModuleNotFoundError:
        raise InputError("ERICA_STORE: fsspec is not installed; pip install fsspec") from None
    try:
        system, root = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise InputError(f"ERICA_STORE: {url} cannot be opened: {error}") from None
    return system, root


@contextlib.contextmanager
def _explained(url: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(f"ERICA_STORE: {url}: {error}") from None


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _stamps(task: Any) -> dict[Path, Stamp]:
    paths = _list_paths(task, results=True)
    return {file: _stamp(file) for path in paths for file in _list_files(path)}


def _list_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else []
    return sorted(
        f for f in files if not (f.name.startswith(".") and f.suffix in (".tmp", ".lock"))
    )


def _list_paths(value: Any, *, results: bool) -> list[Path]:
    found: list[Path] = []

    def note(path: Path) -> Path:
        found.append(path)
        return path

    _replace_paths(value, note, results=results)
    return found


def _replace_paths(value: Any, change: Callable[[Path], Path], *, results: bool = True) -> Any:
    """Return `value` with every path in it changed, in fields, mappings and sequences."""
    if isinstance(value, Path):
        return change(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [f.name for f in dataclasses.fields(value) if results or f.name != "out"]
        return dataclasses.replace(
            value,
            **{n: _replace_paths(getattr(value, n), change, results=results) for n in fields},
        )
    if isinstance(value, functools.partial):
        given = _replace_paths(value.args, change), _replace_paths(value.keywords, change)
        return functools.partial(value.func, *given[0], **given[1])
    if isinstance(value, dict):
        return {key: _replace_paths(v, change, results=results) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_replace_paths(v, change, results=results) for v in value)
    return value
