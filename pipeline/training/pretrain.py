"""Pre-train an encoder on shards of encoded documents (paper 3.5, 4.2)."""

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from torch import nn

from pipeline.errors import InputError
from pipeline.model.encoder import (
    compile_blocks,
    load_masked_lm,
    num_positions,
    save_masked_lm,
    special_tokens,
)
from pipeline.model.ragged import Ints
from pipeline.progress import Progress
from pipeline.settings import checkpoint_steps, wants_compile
from pipeline.training.ahead import Ahead
from pipeline.training.baselines import CpSampler, MtbSampler, SentenceText
from pipeline.training.checkpoints import CheckpointStore
from pipeline.training.config import TrainConfig
from pipeline.training.corpus import Corpus, Relations
from pipeline.training.entities import add_markers
from pipeline.training.heldout import SCORES, Discrimination, HeldOut
from pipeline.training.layout import choose_layout, padding_share
from pipeline.training.loop import NonFiniteLossError, Row, fit
from pipeline.training.objective import MicroBatch, Objective
from pipeline.training.optimizer import build_optimizer
from pipeline.training.released import build_released_optimizer
from pipeline.training.runtime import Runtime
from pipeline.training.sampler import Step, StepSampler
from pipeline.training.sentences import add_sentence_markers, find_instances, full_stops
from pipeline.training.sharding import gather


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run leaves beside the weights. Nothing in it depends on the clock."""

    rows: list[Row]  # one per step
    documents: int  # in the training part
    tokens: int
    triples: int
    relations: int
    padding: float  # share of the positions that the encoder computes
    before: Discrimination | None  # the untouched encoder; None without held-out documents
    after: Discrimination | None


def pretrain(
    config: TrainConfig, *, base: Path, shards: Path, scratch: Path, output: Path
) -> Outcome:
    """Train the encoder in `base` on `shards/train`; write the Hugging Face folder `output`.

    A run that was killed continues from its latest checkpoint in `scratch`.

    Args:
        config: What `released.fix_parameters` returns.
        base: The encoder to start from.
        shards: Folder with `train`, `heldout` and relations.parquet.
        scratch: Folder of this run, for the unpacked shards and the checkpoints.
        output: Folder to write.

    Raises:
        InputError: An input is missing or does not fit the parameters, or the loss is no number.
    """
    runtime = Runtime.start(config.precision, config.seed)
    model, tokenizer = load_masked_lm(base, seed=config.seed, dropout=config.dropout)
    _check_length(config, model, tokenizer)
    _check_processes(config, runtime)
    special, vocabulary = special_tokens(tokenizer), plain_vocabulary(tokenizer)
    markers = add_tokens(config, model, tokenizer)
    layout = choose_layout(model, config, runtime)
    if wants_compile():
        compile_blocks(model)
    relations = Relations.read(shards / "relations.parquet")
    corpus, heldout_corpus = runtime.take_turns(
        lambda: (
            Corpus.open(shards / "train", scratch / "corpus"),
            Corpus.open(shards / "heldout", scratch / "heldout", may_be_empty=True),
        )
    )
    if config.objective_family in ("cp", "mtb"):
        instances = find_instances(corpus, full_stops(tokenizer))
        text = SentenceText(corpus, markers, special, vocabulary, config.mlm_probability)
        family = CpSampler if config.objective_family == "cp" else MtbSampler
        sampler: Sampler = family(instances, text, config)
    else:
        sampler = StepSampler(
            corpus,
            relations,
            config,
            special=special,
            vocabulary=vocabulary,
            markers=markers,
            world_size=runtime.world_size,
        )
    heldout = None
    if config.objective_family in ("cp", "mtb"):
        markers = NO_MARKERS  # documents are measured as they are
    if len(heldout_corpus):
        heldout = HeldOut(
            heldout_corpus, relations, config, special=special, runtime=runtime, markers=markers
        )
    before = heldout.measure(model) if heldout else None
    objective = Objective(model, config, special, runtime, layout=layout)
    rows, after = _run(config, model, sampler, corpus, objective, runtime, scratch, heldout)
    weights = gather(model.state_dict()) if runtime.sharded else None
    if runtime.rank == 0:
        save_masked_lm(model, tokenizer, output, source=base, weights=weights)
    return Outcome(
        rows=rows,
        documents=len(corpus),
        tokens=int(corpus.lengths.sum()),
        triples=corpus.num_triples,
        relations=len(relations.names),
        padding=padding_share(sampler, config, layout),
        before=before,
        after=after,
    )


NO_MARKERS: Ints = np.zeros((0, 2), np.int64)


class Sampler(Protocol):
    """Draws steps: of ERICA (sampler.py) or of a baseline (baselines.py)."""

    def __call__(self, step: int) -> Step:
        """Draw step t."""

    def rows(self, step: int) -> tuple[Ints, ...]:
        """Return the documents of step t."""


def add_tokens(config: TrainConfig, model: nn.Module, tokenizer: Any) -> Ints:
    """Add the markers that the config asks for; return their ids, none for mean pooling."""
    if config.objective_family in ("cp", "mtb"):
        return add_sentence_markers(model, tokenizer, seed=config.seed)
    if config.entity_encoding == "entity_marker":
        return add_markers(model, tokenizer, seed=config.seed)
    return NO_MARKERS


def _run(
    config: TrainConfig,
    model: nn.Module,
    sampler: Sampler,
    corpus: Corpus,
    objective: Objective,
    runtime: Runtime,
    scratch: Path,
    heldout: HeldOut | None,
) -> tuple[list[Row], Discrimination | None]:
    """Train; return the rows of all steps, and the held-out scores after the last."""
    current: list[Step] = []
    after: Discrimination | None = None
    seen, progress = _Speed(), Progress("train", config.num_steps, "steps")
    ahead = Ahead(
        lambda number: objective.collate(sampler(number)), config.num_steps, runtime.device
    )

    def micro_batches(number: int) -> list[MicroBatch]:
        collated = ahead(number)
        current[:] = [collated.step]
        return list(objective.prepare(number, collated))

    def on_step(number: int, row: Row) -> None:
        nonlocal after
        step, done = current[0], number + 1
        if heldout and (done == config.num_steps or done % config.heldout_steps == 0):
            after = heldout.measure(model)
            row |= {name: getattr(after, name) for name in SCORES}
        row["rd_positives"], row["rd_negatives"] = step.num_anchors, step.num_negatives
        if runtime.rank == 0:
            progress.advance(number + 1 - progress.done, note=seen.note(step, row))

    store = CheckpointStore(scratch / "checkpoints", steps=checkpoint_steps(), runtime=runtime)
    try:
        with progress if runtime.rank == 0 else contextlib.nullcontext(), store, ahead:
            rows = fit(
                model,
                num_steps=config.num_steps,
                micro_batches=micro_batches,
                loss=objective,
                config=config.optimizer,
                runtime=runtime,
                on_step=on_step,
                checkpoints=store,
                optimizer=build_released_optimizer
                if config.profile == "released"
                else build_optimizer,
            )
        if heldout and after is None:  # killed behind the last step
            after = heldout.measure(model)
        return rows, after
    except NonFiniteLossError as error:
        ids = corpus.doc_ids(np.concatenate(sampler.rows(error.step)).tolist())
        shown = ", ".join(ids[:8]) + (", ..." if len(ids) > 8 else "")
        raise InputError(
            f"train: the loss of step {error.step} is {error.value}; documents {shown}; the "
            "weights before it are kept: lower train.learning_rate, or look at these documents"
        ) from None


class _Speed:
    """Tokens per second since the start, for the progress line only."""

    def __init__(self) -> None:
        self.started, self.tokens = time.monotonic(), 0

    def note(self, step: Step, row: Row) -> str:
        self.tokens += sum(len(sheet.views.token_T) for sheet in step.sheets)
        rate = self.tokens / max(time.monotonic() - self.started, 1e-9)
        parts = " ".join(f"{name} {row[name]:.3f}" for name in ("ed", "rd", "mlm") if name in row)
        return f"loss {row['loss']:.3f} ({parts}), {rate:.0f} tokens/s"


def plain_vocabulary(tokenizer: Any) -> Ints:
    """Return the ids of the tokens that a hidden token may be replaced by: none special."""
    ids = np.arange(len(tokenizer), dtype=np.int64)
    return ids[~np.isin(ids, np.asarray(tokenizer.all_special_ids, np.int64))]


def _check_processes(config: TrainConfig, runtime: Runtime) -> None:
    micro_batches = -(-config.batch_size // config.micro_batch_size)
    if micro_batches < runtime.world_size:
        raise InputError(
            f"train.micro_batch_size: {micro_batches} micro-batches a step cannot be divided over "
            f"{runtime.world_size} processes; lower it, or ERICA_NPROC"
        )
    if runtime.sharded and micro_batches % runtime.world_size:
        raise InputError(
            f"train.micro_batch_size: {micro_batches} micro-batches a step do not divide equally "
            f"over {runtime.world_size} processes, as ERICA_PARALLEL=fsdp needs; change it"
        )


def _check_length(config: TrainConfig, model: nn.Module, tokenizer: Any) -> None:
    positions = num_positions(model, otherwise=config.max_length)
    limit = min(int(tokenizer.model_max_length), positions)
    if config.max_length > limit:
        raise InputError(
            f"train.max_length: {config.max_length} is more than the encoder's {limit} positions; "
            "lower it"
        )
