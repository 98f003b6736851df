"""Official files into typed records; what does not fit is refused with its place."""

import gzip
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from pipeline.errors import InputError

T = TypeVar("T")


def find_file(folder: Path, *names: str) -> Path:
    """Return the first of `names` (paths inside `folder`) that is there.

    Raises:
        InputError: None is.
    """
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"{folder}: expected the file {' or '.join(names)}; put it there (see fetch)")


def has_file(folder: Path, *names: str) -> bool:
    """Whether one of `names` is in `folder`."""
    return any((folder / name).is_file() for name in names)


def refuse(path: Path, place: str, reason: str) -> NoReturn:
    """Raise an InputError that names the file, the line or record, and what was expected."""
    raise InputError(f"{path}:{place}: {reason}; is it the official file, whole and unchanged?")


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes, unpacked if its name ends in .gz.

    Raises:
        InputError: The file is missing, empty, or no whole gzip file.
    """
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
    except FileNotFoundError:
        raise InputError(f"{path}: not found; run `dvc repro fetch`") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path}: not a whole gzip file ({error}); fetch it again") from None
    if not data.strip():
        raise InputError(f"{path}: empty; fetch it again")
    return data


def read_lines(path: Path) -> list[str]:
    """Return the lines of a UTF-8 text file without line ends; \\r\\n and a BOM are accepted."""
    data = read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(path, _line(data, error.start), "not UTF-8 text")
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def decode_json(path: Path, kind: type[T]) -> T:
    """Return a JSON file decoded as `kind`, strictly.

    Raises:
        InputError: It is not JSON (with the line), or not of that form (with the record).
    """
    data = read_bytes(path)
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        refuse(path, *_explain(error))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if found := re.search(r"\(byte (\d+)\)", str(error)):
            refuse(path, _line(data, int(found[1])), "not valid JSON")
        refuse(path, _line(data, len(data)), "the JSON ends too early")


def decode_lines(path: Path, kind: type[T], *, start: int = 0) -> Iterator[tuple[int, T]]:
    """Yield line number (from 1) and record of a file with one JSON value a line.

    Args:
        path: May end in .gz.
        kind: The type of a record.
        start: Lines to leave out at the top.

    Raises:
        InputError: A line is not JSON or not of that form.
    """
    decoder: Any = msgspec.json.Decoder(kind)
    for number, line in enumerate(read_bytes(path).splitlines(), 1):
        if number <= start or not line.strip():
            continue
        try:
            yield number, decoder.decode(line)
        except msgspec.ValidationError as error:
            refuse(path, str(number), " ".join(_explain(error)).strip())
        except (msgspec.DecodeError, UnicodeDecodeError):
            refuse(path, str(number), "not valid JSON")


def _line(data: bytes, offset: int) -> str:
    return str(data.count(b"\n", 0, offset) + 1)


def _explain(error: Exception) -> tuple[str, str]:
    """Split msgspec's message into the record and what is wrong there."""
    message, _, place = str(error).replace("`", "'").partition(" - at '$")
    place = place.removesuffix("'")
    record = re.match(r"\[(\d+)\]\.?", place)
    if not record:
        return "", f"{message} at {place.lstrip('.')}" if place else message
    inner = place[record.end() :]
    return f" record {record[1]}", f"{message} at {inner}" if inner else message
