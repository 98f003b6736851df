"""Speed and memory of a pre-training step: ours, plain MLM, and the costs of the published step.

    python benchmarks/pretrain.py --layers 6 --hidden 384 --documents 16 --steps 3

Random documents with the paper's statistics (187 tokens, 12.9 entities, 1.3 mentions each, 7.2
triples) and a random BERT. Each way runs in a process of its own, forward, backward and AdamW;
tokens are real tokens, without padding, of both readings of each document. `published` is written
here for comparison only: it pays what the published code pays (everything padded to 512, logits of
all positions, dense pooling matrices, one index operation per pair), and computes nothing that is
used elsewhere. `alone` and `global` are for their memory: --steps steps of the training loop, of
one micro-batch of --documents, and of --batch documents in such micro-batches; both give freed
memory back after each micro-batch.
"""

import argparse
import dataclasses
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

WAYS = ("ours", "shared", "grad_cache", "mlm", "published")
VOCABULARY = 30_522


def write_documents(folder: Path, number: int) -> None:
    from pipeline.io import write_shard
    from pipeline.records.encoded import ENCODED, RELATIONS

    generator = np.random.default_rng(0)
    rows = []
    for n in range(number):
        length = int(np.clip(generator.lognormal(5.32, 0.32), 100, 490))
        entities, mentions = 13, 17
        starts = np.sort(generator.choice(length // 4, mentions, replace=False)) * 4
        owner = np.concatenate([np.arange(entities), generator.integers(0, entities, 4)])
        facts = {
            (int(h), int(t), int(r) % 60)
            for h, t, r in zip(
                generator.integers(0, entities, 8),
                generator.integers(0, entities, 8),
                generator.zipf(1.5, 8),
                strict=True,
            )
            if h != t
        }
        triples = sorted(facts)
        rows.append(
            {
                "doc_id": f"{n}-0",
                "page_id": n,
                "input_ids": generator.integers(1_000, 30_000, length).tolist(),
                "mention_start": starts.tolist(),
                "mention_end": (starts + generator.integers(1, 4, mentions)).tolist(),
                "mention_entity": owner.tolist(),
                "mention_sentence": [0] * mentions,
                "entity_item": [None] * entities,
                "head": [h for h, _, _ in triples],
                "tail": [t for _, t, _ in triples],
                "relation": [r for _, _, r in triples],
                "intra": [bool((h + t) % 2) for h, t, _ in triples],
                "ignored_head": [],
                "ignored_tail": [],
            }
        )
    write_shard(folder / "train" / "shard_00000.parquet", rows, ENCODED)
    names = [
        {"relation": n, "property": n, "name": str(n), "name_ids": [2_000 + n, 2_001], "count": 1}
        for n in range(60)
    ]
    write_shard(folder / "relations.parquet", names, RELATIONS)


def build_model(options):
    import torch
    import transformers

    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=VOCABULARY,
        hidden_size=options.hidden,
        num_hidden_layers=options.layers,
        num_attention_heads=max(options.hidden // options.head, 1),
        intermediate_size=4 * options.hidden,
        hidden_dropout_prob=options.dropout,
        attention_probs_dropout_prob=options.dropout,
    )
    return transformers.BertForMaskedLM(config)


def measure(options) -> dict[str, float]:
    """Time one way in this process."""
    import torch

    from pipeline.config import read_section
    from pipeline.model.encoder import SpecialTokens
    from pipeline.training.config import TrainConfig
    from pipeline.training.corpus import Corpus, Relations
    from pipeline.training.objective import Objective
    from pipeline.training.optimizer import build_optimizer
    from pipeline.training.runtime import Runtime
    from pipeline.training.sampler import StepSampler

    folder = Path(options.folder)
    runtime = Runtime.start(options.precision, 0)
    model = build_model(options).to(runtime.device)
    special = SpecialTokens(start=101, separator=102, padding=0, mask=103)
    changes = {
        "ours": {},
        "published": {},
        "shared": {"shared_encoding": True},
        "grad_cache": {"micro_batch_size": options.micro_batch},
        "alone": {},
        "global": {"batch_size": options.batch},
        "mlm": {"objectives": ("mlm",)},
    }[options.way]
    same = {
        "profile": "paper",
        "objective_family": "erica",
        "objectives": ("ed", "rd", "mlm"),
        "shared_encoding": False,
        "batch_size": options.documents,
        "micro_batch_size": options.documents,
        "max_length": 512,
    }
    params = read_section(ROOT / "params.yaml", "train", TrainConfig)
    config = dataclasses.replace(params, **same | changes)
    relations = Relations.read(folder / "relations.parquet")
    corpus = Corpus.open(folder / "train", folder / f"flat_{options.way}")
    sampler = StepSampler(
        corpus,
        relations,
        config,
        special=special,
        vocabulary=np.arange(1_000, VOCABULARY),
        markers=np.zeros((0, 2), np.int64),
    )
    objective = Objective(model, config, special, runtime)
    optimizer = build_optimizer(model, config.optimizer)
    passes = 2 if options.way == "mlm" else 1  # the second stands for the other reading

    def step(number: int) -> tuple[int, int]:
        tokens = positions = 0
        for repeat in range(passes):
            drawn = sampler(passes * number + repeat)
            tokens += sum(len(sheet.views.token_T) for sheet in drawn.sheets)
            if options.way == "published":
                published_step(model, drawn, runtime)
                positions += 512 * len(drawn.row_D) * len(drawn.sheets)
            else:
                batches = objective.prepare(number, drawn)
                for place, batch in enumerate(batches):
                    runtime.reseed(number, place)
                    with runtime.autocast():
                        total = objective(batch).total
                    total.backward()
                    positions += sum(i.numel() for r in batch.readings for i, _ in r.blocks)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if runtime.device.type == "cuda":
            torch.cuda.synchronize()
        return tokens, positions

    model.train()
    if options.way in ("alone", "global"):
        return measure_memory(objective, sampler, options.steps)
    step(0)
    wall, cpu = time.perf_counter(), time.process_time()
    done = np.asarray([step(number) for number in range(1, options.steps + 1)])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    tokens, positions = done.sum(axis=0).tolist()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    result = {
        "tokens_per_s": tokens / wall,
        "tokens_per_cpu_s": tokens / cpu,
        "padding": 1 - tokens / positions,
        "peak_gb": peak,
        "threads": torch.get_num_threads(),
    }
    if runtime.device.type == "cuda":
        result["peak_gb"] = torch.cuda.max_memory_allocated() / 1e9
        weights = sum(p.numel() for p in model.base_model.parameters() if p.ndim > 1)
        weights -= model.get_input_embeddings().weight.numel()
        result["model_tflops"] = 6 * weights * tokens / wall / 1e12
    return result


def measure_memory(objective, sampler, num_steps: int) -> dict[str, float]:
    """Take steps of the training loop, the next one drawn meanwhile; return the peak."""
    import torch

    from pipeline.training import loop
    from pipeline.training.ahead import Ahead

    runtime = objective.runtime
    loop.TRIM_STEPS = 1  # freed memory goes back after each micro-batch, whichever the way
    with Ahead(
        lambda number: objective.collate(sampler(number)), num_steps + 1, runtime.device
    ) as ahead:
        loop.fit(
            objective.model,
            num_steps=num_steps,
            micro_batches=lambda number: objective.prepare(number, ahead(number)),
            loss=objective,
            config=objective.config.optimizer,
            runtime=runtime,
        )
    if runtime.device.type == "cuda":
        return {"peak_gb": torch.cuda.max_memory_allocated() / 1e9}
    return {"peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def published_step(model, drawn, runtime) -> None:
    """Pay the published costs for the same documents: two passes, each with its own backward."""
    import torch
    import torch.nn.functional as F

    for sheet in drawn.sheets:
        views, count = sheet.views, len(sheet.views)
        ids, labels = np.zeros((count, 512), np.int64), np.full((count, 512), -100)
        lengths = np.diff(views.token_offset)
        chosen = np.zeros(len(views.token_T), bool)
        chosen[sheet.chosen_K] = True
        for v in range(count):
            span = slice(*views.token_offset[v : v + 2])
            ids[v, : lengths[v]] = sheet.input_T[span]
            labels[v, : lengths[v]] = np.where(chosen[span], views.token_T[span], -100)
        mask = (np.arange(512) < lengths[:, None]).astype(np.int64)
        widest = int(np.diff(views.entity_offset).max())
        mapping = np.zeros((count, widest, 512), np.float32)
        local = views.mention_entity_M - views.entity_offset[views.mention_view_M]
        for v, e, start, end in zip(
            views.mention_view_M, local, views.mention_start_M, views.mention_end_M, strict=True
        ):
            mapping[v, e, start:end] = 1.0 / (end - start)

        def move(array):
            return torch.from_numpy(array).to(runtime.device)

        with runtime.autocast():
            output = model(
                input_ids=move(ids), attention_mask=move(mask), output_hidden_states=True
            )
            loss = F.cross_entropy(
                output.logits.float().view(-1, VOCABULARY), move(labels).view(-1)
            )
            pooled = move(mapping) @ output.hidden_states[-1].float()
        owner = np.repeat(np.arange(count), np.diff(views.entity_offset))
        place = np.arange(len(owner)) - views.entity_offset[owner]
        if drawn.pairs and sheet is drawn.sheets[0]:
            pairs = drawn.pairs[0]
            rows = [
                torch.cat([pooled[owner[h], place[h]], pooled[owner[t], place[t]]])
                for h, t in zip(pairs.head_P, pairs.tail_P, strict=True)
            ]
            unit = F.normalize(torch.stack(rows), dim=1)
            scores = unit[pairs.anchor_A] @ unit.T / 0.05
            keep = torch.zeros_like(scores, dtype=torch.bool)
            for row, negatives in enumerate(pairs.negative_AK):
                keep[row, negatives[negatives >= 0]] = True
            positive = scores[torch.arange(len(scores)), pairs.positive_A]
            rest = scores.masked_fill(~keep, -torch.inf).logsumexp(1)
            loss = loss + (torch.logaddexp(positive, rest) - positive).mean()
        if drawn.questions and sheet is drawn.sheets[-1]:
            for head, row in zip(drawn.questions.head_A, drawn.questions.candidate_AC, strict=True):
                anchor = pooled[owner[head], place[head]]
                options = torch.stack([pooled[owner[c], place[c]] for c in row if c >= 0])
                logits = F.cosine_similarity(anchor[None], options) / 0.05
                loss = loss + (logits.logsumexp(0) - logits[0]) / len(drawn.questions.head_A)
        loss.backward()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--hidden", type=int, default=384)
    parser.add_argument("--head", type=int, default=32, help="size of an attention head")
    parser.add_argument("--documents", type=int, default=16, help="of an optimiser step")
    parser.add_argument("--micro-batch", type=int, default=4, help="documents, for grad_cache")
    parser.add_argument("--batch", type=int, default=2048, help="documents, for global")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--dropout", type=float, default=0.0)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        print(json.dumps(measure(options)))
        return
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        ways = options.ways.split(",")
        corpus = 2 * options.batch if "global" in ways else 64
        write_documents(Path(folder), max(corpus, options.documents))
        for way in ways:
            command = [sys.executable, *sys.argv, "--way", way, "--folder", folder]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            results[way] = json.loads(done.stdout.splitlines()[-1])
            shown = "  ".join(f"{k} {v:.3g}" for k, v in results[way].items())
            print(f"{way:11s} {shown}", flush=True)
    for way in ("mlm", "published"):
        if way in results and "ours" in results:
            for unit in ("tokens_per_s", "tokens_per_cpu_s"):
                print(f"ours / {way} in {unit}: {results['ours'][unit] / results[way][unit]:.2f}")
    if {"alone", "global"} <= set(results):
        ratio = results["global"]["peak_gb"] / results["alone"]["peak_gb"]
        print(f"global / alone in peak_gb: {ratio:.2f}")


if __name__ == "__main__":
    main()
