from pipeline.progress import nest


def test_nest_groups_counters_with_in_and_out_first():
    counts = {"b.x": 1, "a.z": 2, "a.out": 3, "a.in": 5, "b.a": 0}
    nested = nest(counts)
    assert nested == {"a": {"in": 5, "out": 3, "z": 2}, "b": {"a": 0, "x": 1}}
    assert [list(group) for group in nested.values()] == [["in", "out", "z"], ["a", "x"]]
    assert nest({}) == {}
