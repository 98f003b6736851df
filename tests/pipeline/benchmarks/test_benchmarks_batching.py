import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.benchmarks.batching import (
    EVALUATION_TOKENS,
    BatchPlan,
    epoch_batches,
    evaluation_batches,
    pad,
)

lengths = st.lists(st.integers(1, 600), min_size=1, max_size=200).map(np.array)


@settings(max_examples=50, deadline=None)
@given(lengths, st.integers(1, 9), st.integers(0, 3), st.integers(0, 3))
def test_an_epoch_holds_every_example_once(lengths, batch_size, seed, epoch):
    batches = epoch_batches(lengths, batch_size, seed=seed, epoch=epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert max(map(len, batches)) <= batch_size
    again = epoch_batches(lengths, batch_size, seed=seed, epoch=epoch)
    assert all(np.array_equal(a, b) for a, b in zip(batches, again, strict=True))
    plan = BatchPlan(lengths, batch_size, epochs=epoch + 1, seed=seed)
    assert plan.num_steps == len(batches) * (epoch + 1)
    steps = range(plan.num_steps)[-len(batches) :]  # the last epoch
    drawn = {step: plan.draw(step) for step in reversed(steps)}  # no step needs another
    assert all(np.array_equal(drawn[s], b) for s, b in zip(steps, batches, strict=True))


def test_epochs_differ_and_batches_are_of_similar_length():
    lengths = np.random.default_rng(0).integers(10, 500, 2_000)
    first, second = (epoch_batches(lengths, 16, seed=1, epoch=epoch) for epoch in (0, 1))
    assert not np.array_equal(first[0], second[0])
    padded = sum(len(batch) * lengths[batch].max() for batch in first)
    plain = sum(16 * lengths[i : i + 16].max() for i in range(0, 2_000, 16))
    assert padded < 1.1 * lengths.sum() < plain


@settings(max_examples=50, deadline=None)
@given(lengths)
def test_evaluation_batches_hold_every_example_within_the_budget(lengths):
    batches = evaluation_batches(lengths)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * lengths[batch].max() <= EVALUATION_TOKENS


def test_pad_fills_up_to_the_longest_row():
    rows = [np.array([1, 2, 3]), np.array([4])]
    assert pad(rows, -1).tolist() == [[1, 2, 3], [4, -1, -1]]
