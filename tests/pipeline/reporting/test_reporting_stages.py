"""The flows found in the reports of stages."""

from pipeline.io import write_json
from pipeline.reporting.stages import Flow, describe_stage, read_stages


def test_level_of_its_own():
    report = {"pages": {"in": 9, "out": 6, "redirect": 1, "empty": 2, "poison": 0, "words": 700}}
    found = describe_stage("parse", report)
    assert found.flows == [Flow("pages", 9, 6, [("empty", 2), ("redirect", 1)])]
    assert found.figures == [("pages: words", 700)]


def test_level_without_an_out_says_what_became_of_all():
    report = {"statements": {"in": 9, "claims": 7, "deprecated": 2}, "kept": {"words": 5}}
    found = describe_stage("index", report)
    assert found.flows == [Flow("statements", 9, None, [("claims", 7), ("deprecated", 2)])]
    assert found.figures == [("kept: words", 5)]


def test_flat_counters():
    report = {
        "triples_in": 50,
        "triples_out": 40,
        "triples_leaked": 4,
        "triples_of_dropped": 6,
        "tagged_in": 5,
        "tagged_name": 2,
        "tagged_unlinked": 3,
        "entities": 8,
        "statistics": {"documents": {"here": 7, "paper": 9}},
        "share": 0.5,
    }
    found = describe_stage("link", report)
    assert found.flows == [
        Flow("triples", 50, 40, [("of_dropped", 6), ("leaked", 4)]),
        Flow("tagged", 5, None, [("unlinked", 3), ("name", 2)]),
    ]
    assert found.figures == [("entities", 8)]


def test_level_per_benchmark():
    report = {"squad": {"pairs_in": 9, "duplicates": 2, "same_name": 1, "pairs_out": 6}}
    (flow,) = describe_stage("heldout", report).flows
    assert flow == Flow("pairs (squad)", 9, 6, [("duplicates", 2), ("same_name", 1)])


def test_counters_that_do_not_add_up_are_no_reasons():
    found = describe_stage("x", {"tokens_in": 9, "tokens_out": 5, "tokens_odd": 1})
    assert found.flows == [Flow("tokens", 9, 5, [])]
    assert found.figures == [("tokens_odd", 1)]


def test_reports_are_read_in_the_order_given(tmp_path):
    for name in ("ner", "parse"):
        write_json(tmp_path / f"{name}.json", {"documents": {"in": 1, "out": 1}})
    assert [s.stage for s in read_stages(tmp_path, ["parse", "ner"])] == ["parse", "ner"]
