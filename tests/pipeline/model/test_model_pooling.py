import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.pooling import pool_entities


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_entities_are_means_over_mentions_of_means_over_tokens(seed):
    generator = np.random.default_rng(seed)
    states = torch.randn(40, 5, dtype=torch.float64, generator=torch.manual_seed(seed))
    num_entities = int(generator.integers(1, 6))
    mentions = [
        (
            int(generator.integers(0, num_entities)),
            generator.permutation(40)[: generator.integers(5)],
        )
        for _ in range(generator.integers(0, 12))
    ]
    tokens = [int(t) for _, places in mentions for t in places]
    owner = [m for m, (_, places) in enumerate(mentions) for _ in places]
    pooled = pool_entities(
        states,
        torch.tensor(tokens, dtype=torch.long),
        torch.tensor(owner, dtype=torch.long),
        torch.tensor([e for e, _ in mentions], dtype=torch.long),
        num_entities,
    )
    for entity in range(num_entities):
        means = [states[p].mean(0) for e, p in mentions if e == entity and len(p)]
        expected = torch.stack(means).mean(0) if means else torch.zeros(5)
        assert torch.allclose(pooled[entity].double(), expected.double(), atol=1e-6)


def test_bf16_states_are_averaged_in_float32():
    states = torch.randn(1_000, 4).bfloat16()
    every = torch.arange(1_000)
    pooled = pool_entities(
        states, every, torch.zeros(1_000, dtype=torch.long), torch.tensor([0]), 1
    )
    assert pooled.dtype == torch.float32
    assert torch.allclose(pooled[0], states.float().mean(0), atol=1e-6)
