from dataclasses import dataclass
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import decode, encode, read_section, require
from pipeline.errors import InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Inner:
    learning_rate: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    tau: float
    steps: int
    objectives: tuple[Literal["ed", "rd", "mlm"], ...]
    name: str | None
    inner: Inner

    def __post_init__(self) -> None:
        require(self.tau > 0, f"tau: must be above 0, got {self.tau}")


GOOD = {
    "tau": 0.05,
    "steps": 3,
    "objectives": ["ed", "mlm"],
    "name": None,
    "inner": {"learning_rate": 1},
}


def test_decode_accepts_an_int_where_a_float_is_wanted():
    config = decode(GOOD, Config, "train")
    assert config.objectives == ("ed", "mlm")
    assert config.inner.learning_rate == 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tau": "abc"}, "train.tau: expected float, got 'abc'"),
        ({"tau": -1.0}, "train.tau: must be above 0, got -1.0"),
        ({"tau": True}, "train.tau: expected float, got True"),
        ({"steps": 3.0}, "train.steps: expected int, got 3.0"),
        ({"steps": True}, "train.steps: expected int, got True"),
        ({"objectives": ["ed", "xx"]}, "train.objectives[1]: expected one of ed | rd | mlm"),
        ({"objectives": "ed"}, "train.objectives: expected a list"),
        ({"nope": 1}, "train.nope: unknown key"),
        ({"inner": {}}, "train.inner.learning_rate: missing"),
        ({"inner": {"learning_rate": 1.0, "x": 1}}, "train.inner.x: unknown key"),
        ({"inner": 3}, "train.inner: expected a mapping"),
    ],
)
def test_decode_names_the_dotted_key(change, message):
    with pytest.raises(InputError) as caught:
        decode({**GOOD, **change}, Config, "train")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.floats(1e-9, 1e9), st.integers(), st.none() | st.text())
def test_decode_of_encode_is_the_same_config(tau, steps, name):
    config = Config(
        tau=tau, steps=steps, objectives=("rd",), name=name, inner=Inner(learning_rate=tau)
    )
    assert decode(encode(config), Config, "x") == config


def test_read_section_reads_what_dvc_writes(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("inner:\n  learning_rate: 2e-05\n")
    assert read_section(path, "inner", Inner) == Inner(learning_rate=2e-5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "params.yaml: not found"),
        ("other: {}\n", "no section 'inner'"),
        ("a: [1\nb: 2\n", "params.yaml:2: not valid YAML"),
    ],
)
def test_read_section_says_what_is_wrong_with_the_file(tmp_path, text, message):
    path = tmp_path / "params.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_section(path, "inner", Inner)
    assert message in str(caught.value)
