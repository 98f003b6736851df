import errno

import pytest

from pipeline.errors import InputError
from stages.command import make_app, run


def app_that_raises(error):
    app = make_app()

    @app.command()
    def main() -> None:
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (InputError("a.xml: line 3: wrong"), "error: a.xml: line 3: wrong\n"),
        (
            OSError(errno.ENOSPC, "No space left on device", "x/y"),
            "error: x/y: no space left; "
            "free some or set ERICA_SCRATCH to another disk, and repeat\n",
        ),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_exit_2(capsys, monkeypatch, error, line):
    monkeypatch.setattr("sys.argv", ["stage"])
    with pytest.raises(SystemExit) as end:
        run(app_that_raises(error))
    assert end.value.code == 2
    assert capsys.readouterr().err == line


def test_our_own_mistakes_keep_their_traceback(monkeypatch):
    monkeypatch.setattr("sys.argv", ["stage"])
    with pytest.raises(ZeroDivisionError):
        run(app_that_raises(ZeroDivisionError()))
