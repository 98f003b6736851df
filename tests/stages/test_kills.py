"""Stages that map shards, killed for real at every kind of moment and run again.

`tests/stages/test_parse.py` and `test_index.py` do the same for theirs.
"""

import fcntl

import pytest

from tests.stages import test_annotate, test_link, test_ner, test_shard
from tests.stages.forking import Forker

PROJECTS = {
    "ner": test_ner.make_project,
    "link": test_link.make_project,
    "annotate": test_annotate.make_project,
    "shard": test_shard.make_project,
}
OTHER_PARAMETERS = {
    "ner": ("sentences: sentencizer", "sentences: senter"),
    "link": ("unlinked: keep", "unlinked: drop"),
    "annotate": ("min_entities: 3", "min_entities: 2"),
    "shard": ("seed: 42", "seed: 7"),
}
# where the run dies, and how many shards have a marker then
POINTS = {
    "in a shard": ("write.shard_00001.parquet:0", 1),
    "before the marker": ("{stage}.marker:1", 1),
    "between shards": ("{stage}.shard:1", 2),
    "before the output is moved": ("publish:0", None),
    "after the output is moved": ("published:0", 0),
}

pytestmark = pytest.mark.crash


@pytest.fixture(scope="module")
def forker():
    forker = Forker("spacy", "duckdb", "tokenizers", "pyarrow.parquet", "stages.command")
    yield forker
    forker.close()


@pytest.fixture(scope="module")
def whole(forker, tmp_path_factory):
    """The output of an unbroken run, made once for each stage."""
    found = {}

    def run_whole(stage, change=None):
        if (stage, change) not in found:
            folder = tmp_path_factory.mktemp(stage)
            make_project(folder, stage, change)
            found[stage, change] = run(forker, folder, stage)
        return found[stage, change]

    return run_whole


def make_project(folder, stage, change=None):
    PROJECTS[stage](folder)
    if change:
        change_parameters(folder, change)


def change_parameters(folder, change):
    params = folder / "params.yaml"
    changed = params.read_text("utf-8").replace(*change)
    assert changed != params.read_text("utf-8")
    params.write_text(changed, "utf-8")


def kill(forker, folder, stage, point):
    code, err = forker.run(folder, stage, ERICA_WORKERS="1", ERICA_FAIL_AT=point)
    assert code == -9, err


def run(forker, folder, stage, **environment):
    code, err = forker.run(folder, stage, **{"ERICA_WORKERS": "1", **environment})
    assert code == 0, err
    return output(folder, stage)


def output(folder, stage):
    report = folder / f"data/reports/{stage}.json"
    files = [p for p in sorted((folder / f"data/{stage}").rglob("*")) if p.is_file()]
    return {str(p.relative_to(folder)): p.read_bytes() for p in [report, *files]}


def count_markers(folder, stage):
    return len(list(folder.glob(f".scratch/{stage}/*/markers/*.json")))


@pytest.mark.parametrize("moment", POINTS)
@pytest.mark.parametrize("stage", PROJECTS)
def test_a_killed_stage_redoes_unfinished_shards_only(tmp_path, forker, whole, stage, moment):
    make_project(tmp_path, stage)
    shards = len(list((tmp_path / "data/parse").glob("shard_*")))
    point, finished = POINTS[moment]
    kill(forker, tmp_path, stage, point.format(stage=stage))
    finished = shards if finished is None else finished
    assert count_markers(tmp_path, stage) == finished
    assert (tmp_path / f"data/{stage}").exists() == (point == "published:0")
    # one shard more than are left would kill this run
    limit = f"{stage}.marker:{shards - finished}"
    assert run(forker, tmp_path, stage, ERICA_FAIL_AT=limit) == whole(stage)
    assert not list(tmp_path.glob(f".scratch/{stage}/*"))


@pytest.mark.parametrize("stage", PROJECTS)
def test_two_workers_continue_what_one_began(tmp_path, forker, whole, stage):
    make_project(tmp_path, stage)
    kill(forker, tmp_path, stage, f"{stage}.shard:0")
    assert run(forker, tmp_path, stage, ERICA_WORKERS="2") == whole(stage)


@pytest.mark.parametrize("stage", PROJECTS)
def test_changed_parameters_take_no_shard_of_others(tmp_path, forker, whole, stage):
    make_project(tmp_path, stage)
    kill(forker, tmp_path, stage, f"{stage}.shard:1")
    change = OTHER_PARAMETERS[stage]
    change_parameters(tmp_path, change)
    changed = run(forker, tmp_path, stage, ERICA_FAIL_AT="-")
    assert changed == whole(stage, change)
    assert changed != whole(stage)
    assert count_markers(tmp_path, stage) == 2  # those of the killed run are still there
    change_parameters(tmp_path, change[::-1])
    shards = len(list((tmp_path / "data/parse").glob("shard_*")))
    again = run(forker, tmp_path, stage, ERICA_FAIL_AT=f"{stage}.marker:{shards - 2}")
    assert again == whole(stage)


@pytest.mark.parametrize("stage", PROJECTS)
def test_a_second_process_is_refused(tmp_path, forker, stage):
    make_project(tmp_path, stage)
    kill(forker, tmp_path, stage, f"{stage}.shard:0")
    (lock,) = tmp_path.glob(f".scratch/{stage}/*/lock")
    with lock.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, err = forker.run(tmp_path, stage, ERICA_WORKERS="1")
    assert code == 2
    assert "another process works there" in err.splitlines()[-1]
    assert not (tmp_path / f"data/{stage}").exists()
