"""Stages on a real Ray cluster of two nodes, and as jobs of an array: the bytes of a local run."""

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pipeline.errors import InputError
from tests.stages import test_link, test_ner, test_shard
from tests.stages.cluster_work import map_in, work_slowly

ROOT = Path(__file__).resolve().parents[2]
HAS_RAY = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(not HAS_RAY, reason="ray is not installed (extra `cluster`)")
PROJECTS = {
    "ner": test_ner.make_project,
    "link": test_link.make_project,
    "shard": test_shard.make_project,
}

MAPPED = """
from pathlib import Path
from tests.stages.cluster_work import map_in, work_slowly
print(map_in(Path("."), work_slowly, 12))
"""

KILLING = """
from pathlib import Path
from stages.command import make_app, run
from tests.stages.cluster_work import die, map_in
app = make_app()
app.command()(lambda: map_in(Path("."), die, 1))
run(app)
"""


def start(folder, *command, **environment):
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "ERICA_WORKERS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder, *command, **environment):
    process = start(folder, *command, **environment)
    out, err = process.communicate()
    return process.returncode, out, err


def output(folder, stage):
    files = [path for path in sorted((folder / f"data/{stage}").rglob("*")) if path.is_file()]
    files.append(folder / f"data/reports/{stage}.json")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The output of each stage after an unbroken run of one local worker."""
    found = {}
    for stage, make_project in PROJECTS.items():
        folder = tmp_path_factory.mktemp(f"whole_{stage}")
        make_project(folder)
        code, _, err = run(folder, "-m", f"stages.{stage}")
        assert code == 0, err
        found[stage] = output(folder, stage)
    return found


@pytest.fixture(scope="module")
def cluster():
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": 10**8, "include_dashboard": False}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        cluster = Cluster(initialize_head=True, head_node_args=node)
        cluster.second = cluster.add_node(num_cpus=1, object_store_memory=10**8)
        yield cluster
        cluster.shutdown()


@needs_ray
@pytest.mark.crash
@pytest.mark.parametrize(("stage", "stored"), [("ner", False), ("link", False), ("shard", True)])
def test_a_stage_on_two_nodes_with_a_killed_worker_gives_the_same_bytes(
    tmp_path, cluster, whole, stage, stored
):
    store = tmp_path / "store"
    PROJECTS[stage](tmp_path)
    once = tmp_path / "killed"
    code, _, err = run(
        tmp_path,
        "-m",
        f"stages.{stage}",
        ERICA_EXECUTOR="ray",
        RAY_ADDRESS=cluster.address,
        ERICA_FAIL_AT=f"write.shard_00001.parquet:0@{once}",
        ERICA_STORE=f"file://{store}" if stored else "",
    )
    assert code == 0, err
    assert once.exists()
    assert output(tmp_path, stage) == whole[stage]
    assert not list((tmp_path / ".scratch").rglob("*.parquet"))
    assert store.exists() == stored
    assert not list(store.glob("*"))
    assert not list(Path(tempfile.gettempdir()).glob("erica-*"))


@needs_ray
@pytest.mark.crash
def test_a_task_that_kills_every_worker_is_one_line(tmp_path, cluster):
    status, _, err = run(tmp_path, "-c", KILLING, ERICA_EXECUTOR="ray", RAY_ADDRESS=cluster.address)
    assert status == 2
    assert err.splitlines()[-1].startswith("error: work: a task failed on the cluster 4 times")
    assert "Traceback" not in err
    assert (tmp_path / "0.log").read_text() == "xxxx"


@needs_ray
@pytest.mark.crash
def test_a_lost_node_costs_its_tasks_only(tmp_path, cluster):  # last: the node stays away
    process = start(tmp_path, "-c", MAPPED, ERICA_EXECUTOR="ray", RAY_ADDRESS=cluster.address)
    while process.poll() is None and len(list(tmp_path.glob("done/*.json"))) < 4:
        time.sleep(0.05)
    cluster.remove_node(cluster.second, allow_graceful=False)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert out.splitlines()[-1] == "{'shards': 12}"  # Ray tells of the lost node before
    started = [log.read_text().split() for log in tmp_path.glob("*.log")]
    assert len({node for nodes in started for node in nodes}) == 2
    assert 12 <= sum(map(len, started)) <= 14


@needs_ray
def test_no_cluster_is_one_line(tmp_path):
    test_ner.make_project(tmp_path)
    code, _, err = run(
        tmp_path, "-m", "stages.ner", ERICA_EXECUTOR="ray", RAY_ADDRESS="127.0.0.1:9"
    )
    assert code == 2
    assert err.splitlines()[-1].startswith("error: ERICA_EXECUTOR=ray: no cluster answers")
    assert "Traceback" not in err


def test_without_ray_the_message_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setenv("ERICA_EXECUTOR", "ray")
    with pytest.raises(InputError, match=r"ray is not installed; pip install -c constraints\.txt"):
        map_in(tmp_path, work_slowly, 1)
