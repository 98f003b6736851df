"""Runs stages in forked children of one process that has the heavy imports behind it.

`import torch` and transformers cost five seconds a process, and a test of kills needs many real
processes. One thread computes in each (OMP_NUM_THREADS=1), so there is no pool that a fork would
break. Reads one JSON line per child: folder, stage, environment; answers with pid or exit code.
"""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Forker:
    """A process that forks; `start` returns a pid, `wait` an exit code (negative: a signal)."""

    def __init__(self, *imports: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), *imports],
            env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _ask(self, **question):
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, folder: Path, stage: str, **environment: str) -> int:
        return self._ask(folder=str(folder), stage=stage, environment=environment)

    def wait(self, pid: int) -> int:
        return self._ask(wait=pid)

    def run(self, folder: Path, stage: str, **environment: str) -> tuple[int, str]:
        """Run a stage to its end; return its exit code and what it wrote to stderr."""
        code = self.wait(self.start(folder, stage, **environment))
        return code, (folder / "stderr").read_text()

    def close(self) -> None:
        self.process.communicate()


def _serve() -> None:
    for line in sys.stdin:
        question = json.loads(line)
        if "wait" in question:
            _, status = os.waitpid(question["wait"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _work(question)
        print(json.dumps(answer), flush=True)


def _work(question) -> None:
    os.chdir(question["folder"])
    os.environ.update(question["environment"])
    os.dup2(os.open("stderr", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.argv = [question["stage"]]
    code = 1
    try:
        from stages.command import run

        run(importlib.import_module(f"stages.{question['stage']}").app)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        importlib.import_module(name)
    _serve()
