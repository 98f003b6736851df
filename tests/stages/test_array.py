"""Stages as jobs of an array (`--shard i/n`), in real processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.scratch import open_scratch
from stages.command import run
from tests.small_dumps import multistream
from tests.stages import test_annotate, test_link, test_parse, test_shard

ROOT = Path(__file__).resolve().parents[2]


def make_parse(folder):
    folder.mkdir(exist_ok=True)
    test_parse.make_project(folder, multistream(test_parse.PAGES[:120], per_stream=10))


PROJECTS = {
    "parse": make_parse,
    "link": test_link.make_project,
    "annotate": test_annotate.make_project,
    "shard": test_shard.make_project,
}


def start(folder, stage, *options, **environment):
    return subprocess.Popen(
        [sys.executable, "-m", f"stages.{stage}", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "ERICA_WORKERS": "1", **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    _, err = process.communicate()
    return process.returncode, err


def output(folder, stage):
    files = [p for p in sorted((folder / f"data/{stage}").rglob("*")) if p.is_file()]
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in [folder / f"data/reports/{stage}.json", *files]
    }


def markers(folder, stage):
    return sorted(path.name for path in folder.glob(f".scratch/{stage}/*/markers/*.json"))


@pytest.mark.crash
@pytest.mark.parametrize("stage", PROJECTS)
def test_two_jobs_at_once_and_a_last_run_give_the_bytes_of_one_run(tmp_path, stage):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        PROJECTS[stage](folder)
    assert finish(start(whole, stage))[0] == 0
    # the jobs of `link` map twice: over the second shards when the first are all done
    for _ in range(2 if stage == "link" else 1):
        jobs = [start(parts, stage, "--shard", f"{number}/2") for number in (1, 2)]
        for job in jobs:
            code, err = finish(job)
            assert code == 0, err
            assert "of all jobs" in err or "is done" in err
    done = markers(parts, stage)
    assert len(done) >= 3
    assert not (parts / f"data/{stage}").exists()
    # none is left: the failpoint would kill the run at the first shard that it does
    code, err = finish(start(parts, stage, ERICA_FAIL_AT=f"{stage}.marker:0"))
    assert code == 0, err
    assert output(parts, stage) == output(whole, stage)
    assert not list((parts / ".scratch").rglob("*.parquet"))


@pytest.mark.crash
def test_the_last_run_does_what_a_killed_job_left(tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        test_link.make_project(folder)
    assert finish(start(whole, "link"))[0] == 0
    for number in (1, 2):
        finish(start(parts, "link", "--shard", f"{number}/2"))
    code, _ = finish(start(parts, "link", "--shard", "1/2", ERICA_FAIL_AT="link.shard:0"))
    assert code == -9
    assert finish(start(parts, "link", "--shard", "2/2"))[0] == 0
    shards = len(list((parts / "data/parse").glob("shard_*")))
    left = shards - len(markers(parts, "link"))
    assert left >= 1
    environment = {"ERICA_FAIL_AT": f"link.marker:{left}"}  # one more than is left kills it
    code, err = finish(start(parts, "link", **environment))
    assert code == 0, err
    assert output(parts, "link") == output(whole, "link")


@pytest.mark.crash
def test_a_job_never_publishes_even_with_nothing_left_to_do(tmp_path):
    test_annotate.make_project(tmp_path)
    for share in ("1/2", "2/2", "1/2"):
        code, err = finish(start(tmp_path, "annotate", "--shard", share))
        assert code == 0, err
        assert f"share {share} is done" in err
        assert not (tmp_path / "data/annotate").exists()
        assert not (tmp_path / "data/reports/annotate.json").exists()
    assert len(markers(tmp_path, "annotate")) == 3


def test_jobs_share_a_lock_that_keeps_the_publishing_run_out(tmp_path, monkeypatch):
    monkeypatch.setenv("ERICA_SCRATCH", str(tmp_path))
    from pipeline.errors import InputError

    monkeypatch.setenv("ERICA_SHARD", "1/2")
    with open_scratch("ner", "f") as folder:
        with pytest.raises(InputError, match="another process"), open_scratch("ner", "f"):
            pass
        monkeypatch.setenv("ERICA_SHARD", "")
        with pytest.raises(InputError, match="another process"), open_scratch("ner", "f"):
            pass
        monkeypatch.setenv("ERICA_SHARD", "2/2")
        with pytest.raises(RuntimeError), open_scratch("ner", "f"):
            raise RuntimeError
        assert folder.exists()


@pytest.mark.parametrize("share", ["3/2", "0/2", "2", "a/b", "1/0", "-1/2"])
def test_a_wrong_share_is_one_line(tmp_path, monkeypatch, capsys, share):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ERICA_SHARD", "")  # put back afterwards
    monkeypatch.setattr("sys.argv", ["ner", f"--shard={share}"])
    from stages.ner import app

    with pytest.raises(SystemExit) as end:
        run(app)
    assert end.value.code == 2
    expected = f"error: --shard: expected i/n with i from 1 to n, got {share!r}\n"
    assert capsys.readouterr().err == expected
