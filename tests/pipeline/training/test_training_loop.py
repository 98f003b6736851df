import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.training.ahead import Ahead
from pipeline.training.checkpoints import CheckpointStore
from pipeline.training.loop import Losses, NonFiniteLossError, fit
from pipeline.training.optimizer import OptimizerConfig, build_optimizer, schedule
from pipeline.training.runtime import Runtime

ROOT = Path(__file__).parents[3]
CONFIG = OptimizerConfig(
    learning_rate=0.1, weight_decay=0.1, warmup_fraction=0.2, max_gradient_norm=1.0
)
CPU = Runtime(device=torch.device("cpu"), precision="fp32", seed=3)


def test_schedule_rises_over_a_fifth_and_falls_to_zero():
    factors = [schedule(step, 10, CONFIG) for step in range(10)]
    assert factors[:3] == pytest.approx([0.5, 1.0, 1.0])
    assert factors[3:] == pytest.approx([n / 8 for n in range(7, 0, -1)])
    assert schedule(10, 10, CONFIG) == 0.0


def test_vectors_do_not_decay():
    model = torch.nn.Linear(3, 2)
    groups = build_optimizer(model, CONFIG).param_groups
    decays = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    assert decays == {id(model.weight): 0.1, id(model.bias): 0.0}


def test_micro_batches_add_up_to_the_step():
    data = torch.randn(8, 3, generator=torch.manual_seed(0))

    def train(parts):
        torch.manual_seed(1)
        model = torch.nn.Linear(3, 2)
        rows = fit(
            model,
            num_steps=5,
            micro_batches=lambda _: data.chunk(parts),
            loss=lambda x: Losses(model(x).square().sum() / 8, {"part": model(x).sum()}),
            config=CONFIG,
            runtime=CPU,
        )
        return model.weight.detach(), rows

    (whole, one), (parts, four) = train(1), train(4)
    assert torch.allclose(whole, parts, atol=1e-6)
    assert [r["loss"] for r in one] == pytest.approx([r["loss"] for r in four])
    assert [r["part"] for r in one] == pytest.approx([r["part"] for r in four])
    assert one[-1]["loss"] < one[0]["loss"]


def test_a_loss_that_is_no_number_stops_before_the_weights_change():
    model = torch.nn.Linear(1, 1)
    before = None

    def loss(step):
        nonlocal before
        if step == 2:
            before = model.weight.detach().clone()
        return Losses(model(torch.ones(1)).sum() * (float("nan") if step == 2 else 1.0))

    with pytest.raises(NonFiniteLossError, match="the loss of step 2 is nan"):
        fit(
            model,
            num_steps=4,
            micro_batches=lambda step: [step],
            loss=loss,
            config=CONFIG,
            runtime=CPU,
        )
    assert torch.equal(model.weight.detach(), before)


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_steps_are_drawn_ahead_in_another_process_and_any_can_be_asked(tmp_path):
    def draw(number):
        (tmp_path / f"{number}.{os.getpid()}").touch()  # a name: a file's text may be seen half
        return number * 10, torch.arange(number), np.arange(number)

    with Ahead(draw, 9, CPU.device) as ahead:
        for number in (0, 1, 5, 6):
            tens, tensor, array = ahead(number)
            assert tens == number * 10
            assert tensor.tolist() == array.tolist() == list(range(number))
            tensor += 1  # what is drawn may be written to
        for _ in range(100):  # 7 and 8 are drawn though nobody asks
            if any(tmp_path.glob("8.*")):
                break
            time.sleep(0.1)
        pids = {int(path.suffix[1:]) for path in tmp_path.iterdir()}
        assert any(tmp_path.glob("7.*"))
        assert any(tmp_path.glob("8.*"))
        assert os.getpid() not in pids
    assert not any(map(lives, pids))


@pytest.fixture
def few_files():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, limits[1]))  # what systems allow by default
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_a_step_of_thousands_of_tensors_passes(few_files):
    with Ahead(lambda _: [torch.full((2,), n) for n in range(4_000)], 1, CPU.device) as ahead:
        assert sum(tensor[0].item() for tensor in ahead(0)) == 7_998_000


def test_who_draws_ahead_dies_with_the_loop():
    code = """
import os, signal, time, torch
from pipeline.training.ahead import Ahead
def draw(number):
    time.sleep(60 * number)  # in the middle of a long draw
    return os.getpid()
with Ahead(draw, 9, torch.device("cpu")) as ahead:
    print(ahead(0), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    drawer = int(process.stdout.readline())
    assert process.wait() == -signal.SIGKILL
    deadline = time.monotonic() + 10
    while lives(drawer) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not lives(drawer)
    process.stdout.close()


def test_an_error_of_drawing_reaches_the_loop():
    def draw(number):
        if number == 1:
            raise ValueError("no such step")
        return number

    with Ahead(draw, 3, CPU.device) as ahead:
        assert ahead(0) == 0
        with pytest.raises(ValueError, match="no such step"):
            ahead(1)


def test_an_error_that_cannot_be_pickled_does_not_hang_the_loop():
    class LocalError(Exception):
        pass

    def draw(number):
        raise LocalError("told") if number else NonFiniteLossError(3, 0.5)

    with Ahead(draw, 2, CPU.device) as ahead:
        for number, words in enumerate(("the loss of step 3", "LocalError: told")):
            with pytest.raises(RuntimeError, match=words):
                ahead(number)


def test_a_signal_to_the_whole_group_lets_the_loop_finish_its_step(tmp_path):
    code = f"""
import pathlib, signal, time, torch
from pipeline.training.ahead import Ahead
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
with Ahead(lambda number: number, 100_000, torch.device("cpu")) as ahead:
    for number in range(100_000):
        ahead(number)
        pathlib.Path({str(tmp_path / "started")!r}).touch()
        time.sleep(0.01)
        asked += [True] * bool(asked)
        if len(asked) > 20:  # steps later
            print("stopped")
            break
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGTERM)
    assert process.communicate(timeout=60)[0] == "stopped\n"
    assert process.returncode == 0


def test_freed_memory_is_kept_until_it_is_trimmed():
    code = """
import pathlib, torch
from pipeline.training.runtime import Runtime
Runtime.start("fp32", 0)
def resident():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096 // 1_000_000
before = resident()
blocks = [torch.ones(1_000_000) for _ in range(100)]  # 4 MB each
kept = blocks[::33]  # the last block too: what lies behind it goes back at once
del blocks
holes = resident() - before
Runtime.trim_memory()
print(holes, resident() - before)
"""
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    holes, trimmed = map(int, run.stdout.split())
    assert holes > 300  # MB, of 400 that were used; 16 still are
    assert trimmed < 60


def test_threads_do_not_change_the_order_of_a_sum():
    code = """
import torch
from pipeline.training.runtime import Runtime
torch.set_num_threads(4)
Runtime.start("fp32", 0)
state_EH = torch.randn(40, 64, requires_grad=True)
index_A, weight_AH = torch.randint(40, (50_000,)), torch.randn(50_000, 64)
gradients = []
for _ in range(6):
    state_EH.grad = None
    (state_EH[index_A] * weight_AH).sum().backward()
    gradients.append(state_EH.grad)
print(all(torch.equal(gradients[0], other) for other in gradients))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, text=True
    )
    assert run.stdout == "True\n"


def test_seeds_of_places_differ():
    numbers = set()
    for step, part in np.ndindex(20, 5):
        CPU.reseed(step, part)
        numbers.add(torch.rand(1).item())
    assert len(numbers) == 100


@pytest.mark.parametrize(
    ("field", "value"),
    [("learning_rate", 0.0), ("weight_decay", -1.0), ("warmup_fraction", 1.5)],
)
def test_impossible_numbers_are_refused_by_name(field, value):
    numbers = {
        "learning_rate": 0.1,
        "weight_decay": 0.1,
        "warmup_fraction": 0.2,
        "max_gradient_norm": 1.0,
    }
    with pytest.raises(ValueError, match=f"^{field}: must"):
        OptimizerConfig(**numbers | {field: value})


def test_a_checkpoint_is_due_after_a_time_too(tmp_path, monkeypatch):
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.AdamW(model.parameters())
    runtime = Runtime(device=torch.device("cpu"), precision="fp32", seed=0)
    store = CheckpointStore(tmp_path, steps=1000, runtime=runtime)
    store.step_done(model, optimizer, [{"loss": 1.0}])
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("ERICA_CHECKPOINT_MINUTES", "0")
    store = CheckpointStore(tmp_path, steps=1000, runtime=runtime)
    for steps in (2, 3, 4):
        store.step_done(model, optimizer, [{"loss": 1.0}] * steps)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["step_00000003.pt", "step_00000004.pt"]


def test_sigterm_after_the_last_step_is_heard_too(tmp_path):
    runtime = Runtime(device=torch.device("cpu"), precision="fp32", seed=0)
    with pytest.raises(SystemExit) as ended, CheckpointStore(tmp_path, steps=1, runtime=runtime):
        os.kill(os.getpid(), signal.SIGTERM)
    assert ended.value.code == 143


def test_a_second_sigterm_ends_a_step_that_hangs(tmp_path):
    code = f"""
import os, signal, torch
from pipeline.training import checkpoints
from pipeline.training.runtime import Runtime
runtime = Runtime(device=torch.device("cpu"), precision="fp32", seed=0)
with checkpoints.CheckpointStore({str(tmp_path)!r}, steps=1, runtime=runtime):
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)  # passed on by torchrun
    checkpoints.PATIENCE = -1
    os.kill(os.getpid(), signal.SIGTERM)
    raise AssertionError("still here")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 143, done.stderr
