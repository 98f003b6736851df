import multiprocessing
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.executor import find_left, map_shards
from pipeline.pools import open_pool
from pipeline.scratch import fingerprint, open_scratch, publish

ROOT = Path(__file__).resolve().parents[2]

KILLED = """
import sys
from pathlib import Path
sys.path[:0] = [{root!r}, {here!r}]
from pipeline.executor import map_shards
from test_scratch import count_file
if __name__ == "__main__":
    folder = Path({folder!r})
    tasks = [(f"{{i}}", folder / f"in{{i}}") for i in range(6)]
    map_shards(count_file, tasks, markers=folder / "done", label="work")
"""


@dataclass(frozen=True)
class Config:
    tau: float


def count_file(path: Path) -> dict[str, int]:
    with path.with_name(f"log_{path.name}").open("a") as log:
        log.write("x")
    return {"bytes": path.stat().st_size}


def refuse(path: Path) -> dict[str, int]:
    raise InputError(f"{path}: no good")


def die(path: Path) -> dict[str, int]:
    os.kill(os.getpid(), 9)
    return {}


@pytest.fixture
def tasks(tmp_path):
    for i in range(6):
        (tmp_path / f"in{i}").write_bytes(b"x" * i)
    return [(f"{i}", tmp_path / f"in{i}") for i in range(6)]


def test_fingerprint_changes_with_each_ingredient(tmp_path):
    data, code = tmp_path / "data", tmp_path / "code"
    data.mkdir()
    code.mkdir()
    (data / "a").write_bytes(b"1")
    (code / "m.py").write_text("x = 1")
    first = fingerprint(Config(0.05), [data], [code])
    assert first == fingerprint(Config(0.05), [data], [code])
    assert first != fingerprint(Config(0.1), [data], [code])
    (data / "a").write_bytes(b"2")
    second = fingerprint(Config(0.05), [data], [code])
    assert second != first
    (code / "m.py").write_text("x = 2")
    assert fingerprint(Config(0.05), [data], [code]) != second


def test_scratch_is_locked_kept_on_error_and_removed_on_success(tmp_path, monkeypatch):
    monkeypatch.setenv("ERICA_SCRATCH", str(tmp_path))
    with pytest.raises(RuntimeError), open_scratch("parse", "f") as folder:
        (folder / "half").touch()
        with pytest.raises(InputError, match="another process"), open_scratch("parse", "f"):
            pass
        raise RuntimeError
    assert (tmp_path / "parse" / "f" / "half").exists()
    with open_scratch("parse", "f") as folder:
        assert (folder / "half").exists()
    assert not folder.exists()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_map_shards_sums_counts_and_skips_finished(tmp_path, monkeypatch, tasks, workers):
    monkeypatch.setenv("ERICA_WORKERS", workers)
    for _ in range(2):
        counts = map_shards(count_file, tasks, markers=tmp_path / "done", label="work")
        assert counts == {"bytes": 15}
    assert [p.read_text() for p in tmp_path.glob("log_*")] == ["x"] * 6


@pytest.mark.parametrize(("workers", "left"), [("1", 6), ("2", 6), ("2", 1), ("2", 0)])
def test_two_maps_share_a_pool_no_larger_than_what_is_left(
    tmp_path, monkeypatch, tasks, workers, left
):
    monkeypatch.setenv("ERICA_WORKERS", workers)
    names = [name for name, _ in tasks]
    map_shards(count_file, tasks[left:], markers=tmp_path / "done", label="work")
    assert find_left(names, tmp_path / "done") == set(names[:left])
    with open_pool("work", left, [count_file]) as pool:
        for markers in ("done", "again"):
            counts = map_shards(
                count_file, tasks, markers=tmp_path / markers, label="work", pool=pool
            )
            assert counts == {"bytes": 15}
        assert len(multiprocessing.active_children()) == (2 if int(workers) > 1 < left else 0)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_map_shards_passes_the_users_error_on(tmp_path, monkeypatch, tasks, workers):
    monkeypatch.setenv("ERICA_WORKERS", workers)
    with pytest.raises(InputError, match="no good"):
        map_shards(refuse, tasks, markers=tmp_path / "done", label="work")


def test_map_shards_survives_a_dead_worker(tmp_path, monkeypatch, tasks):
    monkeypatch.setenv("ERICA_WORKERS", "2")
    with pytest.raises(InputError, match="a worker process died"):
        map_shards(die, tasks, markers=tmp_path / "done", label="work")
    assert map_shards(count_file, tasks, markers=tmp_path / "done", label="work") == {"bytes": 15}


@pytest.mark.crash
@pytest.mark.parametrize("point", ["work.shard:2", "work.marker:0", "work.marker:5"])
def test_a_killed_run_continues(tmp_path, tasks, point):
    code = KILLED.format(root=str(ROOT), here=str(Path(__file__).parent), folder=str(tmp_path))
    environment = {**os.environ, "ERICA_WORKERS": "1"}
    killed = subprocess.run(
        [sys.executable, "-c", code], env={**environment, "ERICA_FAIL_AT": point}
    )
    assert killed.returncode == -9
    finished = len(list((tmp_path / "done").glob("*.json")))
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    redone = sum(len(p.read_text()) for p in tmp_path.glob("log_*")) - 6
    assert redone == (1 if "marker" in point else 0)
    assert finished == int(point[-1]) + ("shard" in point)


def test_publish_moves_the_output_and_forgets_the_markers(tmp_path):
    begun = ("scratch/out/.shard_00001.parquet.7.tmp", "scratch/out/.part.7.tmp/file")
    for file in ("scratch/out/shard_00000.parquet", "scratch/markers/shard_00000.json", *begun):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("x")
    publish(tmp_path / "scratch", tmp_path / "data" / "work")
    (published,) = (tmp_path / "data/work").iterdir()
    assert published.name == "shard_00000.parquet"
    assert not (tmp_path / "scratch/markers").exists()
