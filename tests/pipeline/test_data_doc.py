"""docs/data.md against the schemas, and docs/paper_map.md against modules and parameters."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipeline.fetch.benchmarks import BENCHMARKS
from pipeline.records.documents import ANCHORS, DOCUMENTS, PAGES, REDIRECTS
from pipeline.records.encoded import ENCODED, RELATIONS
from pipeline.records.linked import LINKED
from pipeline.records.mentions import MENTIONS
from pipeline.records.triples import HELD_OUT, TRIPLES

ROOT = Path(__file__).resolve().parents[2]
DATA = (ROOT / "docs/data.md").read_text("utf-8")
SCHEMAS = [
    *(DOCUMENTS, PAGES, REDIRECTS, ANCHORS, MENTIONS, LINKED, HELD_OUT, TRIPLES),
    *(ENCODED, RELATIONS),
]


def field_names(schema_or_type):
    """Return the names of all fields, nested ones too."""
    names = set()
    for field in schema_or_type:
        names.add(field.name)
        inner = getattr(field.type, "value_type", None)
        if inner is not None and hasattr(inner, "num_fields") and inner.num_fields:
            names |= field_names([inner.field(i) for i in range(inner.num_fields)])
    return names


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda s: s.metadata[b"erica.schema"].decode())
def test_every_field_of_every_schema_is_described(schema):
    name = schema.metadata[b"erica.schema"].decode()
    version = schema.metadata[b"erica.version"].decode()
    (heading,) = re.findall(rf".*`{name}` version {version}.*", DATA)
    section = DATA[DATA.index(heading) :].partition("\n### ")[0]
    for field in field_names(schema):
        assert f"`{field}`" in section, f"{name}.{field}"


def test_every_benchmark_and_its_files_are_described():
    for name, benchmark in BENCHMARKS.items():
        folder, _, task = name.partition("/")
        (row,) = re.findall(rf"\| `{folder}.*", DATA)
        for file in (task, *benchmark.layouts[0]):
            assert file in row, f"{name}: {file}"
        assert benchmark.licence in row or folder == "glue"


def test_tables_of_the_index_are_described():
    sql = (ROOT / "pipeline/entities/store.sql").read_text("utf-8")
    for table, columns in re.findall(r"CREATE TABLE (\w+) AS\s+SELECT (.*)", sql):
        (row,) = re.findall(rf"\| `{table}` .*", DATA)
        for column in columns.replace('"', "").split(", "):
            assert column in row, f"{table}.{column}"


MAP = (ROOT / "docs/paper_map.md").read_text("utf-8")


def test_modules_of_the_paper_map_exist():
    modules = set(re.findall(r"`(pipeline/[\w/.]+)`", MAP))
    assert len(modules) > 25
    for module in modules:
        assert (ROOT / module).is_file(), module


def test_parameters_of_the_paper_map_exist():
    params = YAML(typ="safe").load(ROOT / "presets/sample.yaml")
    names = re.findall(rf"`((?:{'|'.join(params)})(?:\.\w+)+)`", MAP)
    assert len(names) > 40
    for name in names:
        value = params
        for key in name.split("."):
            assert key in value, name
            value = value[key]
    shown = {name.split(".")[1] for name in names if name.startswith("finetune.")}
    sections = {k for k, v in params["finetune"].items() if isinstance(v, dict)}
    assert sections <= shown
