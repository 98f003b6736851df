from pipeline.reporting.statistics import describe_corpus


def test_statistics_stand_beside_the_papers():
    totals = {"tokens": 374, "entities": 26, "mentions": 39, "triples": 15, "relations": 12}
    found = describe_corpus(documents=2, **totals)
    assert found["tokens_per_document"] == {"here": 187.0, "paper": 186.9}
    assert found["entities_per_document"] == {"here": 13.0, "paper": 12.9}
    assert found["mentions_per_entity"] == {"here": 1.5, "paper": 1.3}
    assert found["triples_per_document"] == {"here": 7.5, "paper": 7.2}
    assert found["relations"] == {"here": 12, "paper": 4000}


def test_an_empty_corpus_has_no_means():
    totals = dict.fromkeys(("tokens", "entities", "mentions", "triples", "relations"), 0)
    assert describe_corpus(documents=0, **totals)["mentions_per_entity"]["here"] == 0.0
