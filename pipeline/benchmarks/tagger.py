"""A recogniser of names, fine-tuned on mentions that people marked (paper 5.2).

The paper re-tags its corpus with a BERT that was fine-tuned on DocRED's training set, so that names
are distributed in pre-training as in the benchmark.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.nn import functional

from pipeline.benchmarks.batching import BatchPlan
from pipeline.benchmarks.metrics.f1 import score_counts
from pipeline.config import require
from pipeline.errors import InputError
from pipeline.model.bio import Named, bio_labels, number_words
from pipeline.model.tagger import Tagger, find_names, load_classifier, longest_input, stack
from pipeline.model.windows import cut_windows
from pipeline.progress import Progress
from pipeline.training.checkpoints import open_store
from pipeline.training.loop import Losses, Row, fit
from pipeline.training.optimizer import OptimizerConfig
from pipeline.training.runtime import Precision, Runtime

IGNORED = -100  # label of what is no first piece of a word


@dataclass(frozen=True, kw_only=True, slots=True)
class TaggerConfig:
    """Parameters of `tagger`: whether one is trained, on what and for how long."""

    epochs: int
    further: tuple[str, ...]  # files in DocRED's format beside the training set
    batch_size: int
    optimizer: OptimizerConfig
    precision: Precision
    dropout: float | None
    max_tokens: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what cannot train."""
        require(self.epochs >= 0, f"epochs: must be >= 0, got {self.epochs}")
        require(self.batch_size > 0, f"batch_size: must be above 0, got {self.batch_size}")
        require(self.max_tokens >= 256, f"max_tokens: must be at least 256, got {self.max_tokens}")


class NamedText(NamedTuple):
    """A text and its names: first character, last + 1, kind."""

    text: str
    names: list[Named]


class _Batch(NamedTuple):
    ids_BT: torch.Tensor
    mask_BT: torch.Tensor
    label_BT: torch.Tensor  # IGNORED but at the first pieces of words


def train_tagger(
    config: TaggerConfig,
    encoder: Path,
    texts: Sequence[NamedText],
    checkpoints: Path | None = None,
) -> tuple[Tagger, list[Row]]:
    """Fine-tune the encoder in a folder; return it with its new head, and a row for each step.

    If a folder for `checkpoints` is given, continues from the newest one there, and answers SIGTERM
    by writing one and ending the process.
    The same texts, parameters and number of threads give the same weights on a CPU.

    Raises:
        InputError: There is nothing to train on, or the folder holds no encoder.
    """
    kinds = {kind for text in texts for _, _, kind in text.names}
    if not kinds:
        raise InputError(f"tagger: none of {len(texts)} training documents has a mention")
    labels = bio_labels(kinds)
    runtime = Runtime.start(config.precision, config.seed)
    torch.manual_seed(config.seed)
    model, tokenizer, _ = load_classifier(encoder, labels, dropout=config.dropout)
    model.to(runtime.device)
    max_tokens = min(config.max_tokens, longest_input(model, tokenizer))
    windows = cut_windows(tokenizer, [text.text for text in texts], max_tokens)
    numbers = [number_words(window, texts[window.text].names, labels) for window in windows]
    lengths = np.array([len(window.ids) for window in windows])
    plan = BatchPlan(lengths, config.batch_size, epochs=config.epochs, seed=config.seed)

    def micro_batches(step: int) -> Sequence[_Batch]:
        chosen = plan.draw(step).tolist()
        ids_BT, mask_BT = stack([windows[i].ids for i in chosen], tokenizer.pad_token_id, runtime)
        label_BT = np.full(tuple(ids_BT.shape), IGNORED, np.int64)
        for row, index in enumerate(chosen):
            label_BT[row, windows[index].token] = numbers[index]
        return [_Batch(ids_BT, mask_BT, torch.from_numpy(label_BT).to(runtime.device))]

    def loss(batch: _Batch) -> Losses:
        logits_BTL = model(input_ids=batch.ids_BT, attention_mask=batch.mask_BT).logits
        return Losses(
            functional.cross_entropy(
                logits_BTL.float().flatten(0, 1), batch.label_BT.flatten(), ignore_index=IGNORED
            )
        )

    store = open_store(checkpoints, runtime)
    with store or nullcontext(), Progress("tagger", plan.num_steps, "steps") as progress:

        def on_step(step: int, row: Row) -> None:
            progress.advance(step + 1 - progress.done, note=f"loss {row['loss']:.3f}")

        rows = fit(
            model,
            num_steps=plan.num_steps,
            micro_batches=micro_batches,
            loss=loss,
            config=config.optimizer,
            runtime=runtime,
            on_step=on_step,
            checkpoints=store,
        )
    return Tagger(model.eval(), tokenizer, tuple(labels), max_tokens, runtime), rows


def evaluate_tagger(tagger: Tagger, texts: Sequence[NamedText]) -> dict[str, float]:
    """Return precision, recall and F1 in percent of exact spans, and of spans with their kind."""
    found = find_names(tagger, [text.text for text in texts])
    result: dict[str, float] = {}
    for name, size in (("span", 2), ("typed", 3)):
        pairs = [
            ({row[:size] for row in ours}, {row[:size] for row in text.names})
            for ours, text in zip(found, texts, strict=True)
        ]
        scores = score_counts(
            sum(len(ours & gold) for ours, gold in pairs),
            sum(len(ours) for ours, _ in pairs),
            sum(len(gold) for _, gold in pairs),
        )
        result |= {f"{name}_{key}": round(value, 2) for key, value in scores._asdict().items()}
    return result


def save_tagger(tagger: Tagger, folder: Path) -> None:
    """Write a folder that `AutoModelForTokenClassification` and `ner.model` load unchanged."""
    import transformers

    hf_model: Any = tagger.model
    transformers.logging.disable_progress_bar()
    hf_model.save_pretrained(folder)
    tagger.tokenizer.save_pretrained(folder)
