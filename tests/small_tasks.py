"""What the tests of the benchmarks' tasks share: numbers for a tiny encoder, one forward pass."""

from pipeline.benchmarks.encoding import TextEncoder
from pipeline.benchmarks.tasks.base import Schedule
from pipeline.model.encoder import load_encoder
from pipeline.training.optimizer import OptimizerConfig


def numbers(*, batch_size=4, epochs=10, learning_rate=1e-2, max_tokens=64):
    """Return the fields that every task's config has: one evaluation, fp32, no dropout."""
    schedule = Schedule(batch_size=batch_size, epochs=epochs, evaluate_every=epochs)
    return {
        "percent_1": schedule,
        "percent_10": schedule,
        "percent_100": schedule,
        "optimizer": OptimizerConfig(
            learning_rate=learning_rate,
            weight_decay=0.0,
            warmup_fraction=0.1,
            max_gradient_norm=1.0,
        ),
        "precision": "fp32",
        "dropout": 0.0,
        "max_tokens": max_tokens,
    }


def open_text(folder, *, max_tokens=64):
    """Return the TextEncoder of an encoder's folder."""
    _, tokenizer = load_encoder(folder)
    return TextEncoder(tokenizer, max_tokens=max_tokens, vocabulary=tokenizer.vocab_size)
