"""A task's files on their way through a store, to another process and back."""

import dataclasses
import functools
import multiprocessing
import os
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.store import Store, forget_copies, node_folder, work_on_copies


@dataclasses.dataclass(frozen=True, kw_only=True)
class Task:
    texts: Path
    model: Path
    sides: dict[str, Path]
    out: Path
    read: functools.partial[str]


def read_twice(folder: Path, name: str) -> str:
    return 2 * (folder / name).read_text()


def repeat(task: Task) -> dict[str, int]:
    """Fails unless it works on copies: it can see nothing else than its paths."""
    text = task.read(task.texts.name) + (task.model / "a" / "weights").read_text()
    for path in (*task.sides.values(), task.out / "part" / task.texts.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{path.name}: {text}")
    seen = [p for p in task.out.rglob("*") if p.is_file()]
    return {"out": len(seen), "here": str(task.texts).startswith(str(Path.cwd()))}


def make_task(number):
    Path("texts").mkdir(exist_ok=True)
    Path("model/a").mkdir(parents=True, exist_ok=True)
    Path(f"texts/{number}").write_text(f"t{number}")
    Path("model/a/weights").write_text("w")
    return Task(
        texts=Path(f"texts/{number}"),
        model=Path("model").absolute(),
        sides={"pages": Path(f"scratch/pages_{number}")},
        out=Path("scratch/out"),
        read=functools.partial(read_twice, Path("texts")),
    )


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store(f"file://{tmp_path}/store/")
    yield store
    store.close()
    forget_copies(store.url)
    assert not list((tmp_path / "store").glob("*"))
    assert not node_folder(store.url).exists()


def test_a_task_works_on_copies_in_another_process_and_its_files_come_back(store, tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for number in range(2):
            task = make_task(number)
            counts, files = pool.apply(work_on_copies, (store.send(task), repeat, task))
            assert counts == {"out": number + 1, "here": False}
            store.bring(files)
    for number in range(2):
        text = f"t{number}t{number}w"
        assert Path(f"scratch/out/part/{number}").read_text() == f"{number}: {text}"
        assert Path(f"scratch/pages_{number}").read_text() == f"pages_{number}: {text}"
    assert sorted(p.name for p in Path("scratch/out/part").iterdir()) == ["0", "1"]


def test_each_file_is_sent_and_copied_once_until_it_changes(store, tmp_path):
    (folder,) = [tmp_path / "store" / store.url.rsplit("/", 1)[1]]
    task = make_task(0)
    first = store.send(task)
    assert store.send(task) == first
    assert len(list(folder.iterdir())) == 2
    work_on_copies(first, repeat, task)
    copy = node_folder(store.url) / str(tmp_path / "texts" / "0").lstrip("/")
    inode = copy.stat().st_ino
    work_on_copies(first, repeat, task)
    assert copy.stat().st_ino == inode
    Path("texts/0").write_text("changed")
    os.utime("texts/0", ns=(1, 1))
    work_on_copies(store.send(task), repeat, task)
    assert copy.read_text() == "changed"


def test_results_of_other_tasks_are_not_sent(store):
    task = make_task(0)
    Path("scratch/out/part").mkdir(parents=True)
    Path("scratch/out/part/1").write_text("of another task")
    assert {Path(name).name for name in store.send(task).files} == {"0", "weights"}


@pytest.mark.parametrize("url", ["nope://bucket/x", "s3"])
def test_a_wrong_address_is_one_line(tmp_path, monkeypatch, url):
    monkeypatch.chdir(tmp_path)
    if url == "s3":
        (tmp_path / "s3").write_text("a file is no folder")
        url = f"file://{tmp_path}/s3"
    with pytest.raises(InputError, match=r"^ERICA_STORE: [^\n]*$"):
        Store(url).send(make_task(0))
