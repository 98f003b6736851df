"""Where a test may kill the program, for real."""

import os


def reach(point: str) -> None:
    """Die here if the environment asks for it: `ERICA_FAIL_AT=parse.shard:2` (tests only).

    The number counts the visits of the point in this process, from 0. The exit is a real SIGKILL.
    `parse.shard:2@FILE` dies only if FILE is not there yet, and makes it: once over all processes.
    """
    wanted, _, once = os.environ.get("ERICA_FAIL_AT", "").partition("@")
    if not wanted:
        return
    visits = _VISITS.get(point, 0)
    _VISITS[point] = visits + 1
    if wanted != f"{point}:{visits}":
        return
    if once:
        try:
            os.close(os.open(once, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return
    os.kill(os.getpid(), 9)


_VISITS: dict[str, int] = {}
