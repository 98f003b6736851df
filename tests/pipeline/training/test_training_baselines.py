"""MTB and CP against loops, and every family and ablation from shards to a loadable encoder."""

import itertools

import numpy as np
import pytest
import torch
import transformers

from pipeline.io import write_shard
from pipeline.model.encoder import SpecialTokens, load_masked_lm, special_tokens
from pipeline.records.encoded import ENCODED
from pipeline.training.baselines import CpSampler, MtbSampler, SentenceText
from pipeline.training.corpus import Corpus
from pipeline.training.objective import Objective
from pipeline.training.pretrain import plain_vocabulary, pretrain
from pipeline.training.report import summarise
from pipeline.training.runtime import Runtime
from pipeline.training.sentences import (
    MAX_TOKENS,
    add_sentence_markers,
    find_instances,
    full_stops,
    sentence_views,
)
from tests.tiny_training import (
    random_document,
    tiny_config,
    write_tiny_bert,
    write_tiny_shards,
)

CPU = Runtime(device=torch.device("cpu"), precision="fp32", seed=1)
STOP = 9  # w4 plays the full stop
TOKENS = SpecialTokens(start=2, separator=3, padding=0, mask=4)
MARKER = np.arange(1_000, 1_006)


def sentence_rows(seed, number=8):
    """Random documents whose sentences really end with STOP; few items, so that pairs recur."""
    generator = np.random.default_rng(seed)
    rows = [random_document(generator, n) for n in range(number)]
    for row in rows:
        tokens = [t if t != STOP else 10 for t in row["input_ids"]]
        inside = {t for s, e in spans(row) for t in range(s, e)}
        ends = []
        for place in range(len(tokens)):
            if place not in inside and generator.random() < 0.3:
                tokens[place] = STOP
                ends.append(place)
        row["input_ids"] = tokens
        row["mention_sentence"] = [sum(e < s for e in ends) for s, _ in spans(row)]
        row["entity_item"] = [e % 3 for e in range(len(row["entity_item"]))]
    return rows


def spans(row):
    return list(zip(row["mention_start"], row["mention_end"], strict=True))


def open_rows(rows, folder):
    write_shard(folder / "train" / "shard_00000.parquet", rows, ENCODED)
    return Corpus.open(folder / "train", folder / "flat")


@pytest.mark.parametrize("seed", range(12))
def test_instances_are_all_pairs_of_a_sentence_with_their_relations(tmp_path, seed):
    rows = sentence_rows(seed)
    found = find_instances(open_rows(rows, tmp_path), np.asarray([STOP]))
    expected = set()
    for number, row in enumerate(rows):
        labels = list(zip(row["head"], row["tail"], row["relation"], strict=True))
        first = {}
        for (start, end), entity, sentence in zip(
            spans(row), row["mention_entity"], row["mention_sentence"], strict=True
        ):
            first.setdefault((sentence, entity), (start, end))
        for (s1, head), (s2, tail) in itertools.permutations(first, 2):
            if s1 == s2:
                for relation in {r for h, t, r in labels if (h, t) == (head, tail)} or {-1}:
                    expected.add((number, *first[s1, head], *first[s2, tail], relation))
    columns = (found.row, found.head_start, found.head_end, found.tail_start, found.tail_end)
    ours = list(zip(*(c.tolist() for c in columns), found.relation.tolist(), strict=True))
    assert len(set(ours)) == len(ours)
    assert set(ours) == expected
    for n in range(len(found)):
        tokens = rows[found.row[n]]["input_ids"]
        inner = tokens[found.start[n] : found.end[n]]
        assert STOP not in inner[:-1]
        assert found.start[n] == 0 or tokens[found.start[n] - 1] == STOP
        assert found.end[n] == len(tokens) or inner[-1] == STOP


@pytest.mark.parametrize("seed", range(8))
def test_sentences_are_marked_blanked_and_short(tmp_path, seed):
    rows = sentence_rows(seed)
    corpus = open_rows(rows, tmp_path)
    found = find_instances(corpus, np.asarray([STOP]))
    blank = np.random.default_rng(seed).random((len(found), 2)) < 0.5
    views = sentence_views(corpus.gather(found.row), found, blank, marker=MARKER, special=TOKENS)
    for n in range(len(found)):
        tokens = rows[found.row[n]]["input_ids"]
        start, end = int(found.start[n]), int(found.end[n])
        head = (int(found.head_start[n]), int(found.head_end[n]), 0)
        tail = (int(found.tail_start[n]), int(found.tail_end[n]), 1)
        sequence, place, opened = [2], start, {}
        for first, last, side in sorted([head, tail]):
            sequence += tokens[place:first]
            opened[side] = len(sequence)
            text = [1_004 + side] if blank[n, side] else tokens[first:last]
            sequence += [1_000 + 2 * side, *text, 1_001 + 2 * side]
            place = last
        sequence += [*tokens[place:end], 3]
        span = slice(*views.token_offset[n : n + 2])
        assert views.token_T[span].tolist() == sequence
        assert len(sequence) <= MAX_TOKENS
        assert views.mention_start_M[2 * n : 2 * n + 2].tolist() == [opened[0], opened[1]]
        protected = np.flatnonzero(~views.maskable_T[span]).tolist()
        assert protected == sorted([0, opened[0], opened[1], len(sequence) - 1])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_tiny_bert(folder / "base")
    return folder / "base", open_rows(sentence_rows(0, 20), folder)


def start(world, sampler, **changes):
    base, corpus = world
    config = tiny_config(batch_size=6, micro_batch_size=6, **changes)
    model, tokenizer = load_masked_lm(base, seed=0, dropout=0.0)
    special, vocabulary = special_tokens(tokenizer), plain_vocabulary(tokenizer)
    marker = add_sentence_markers(model, tokenizer, seed=0)
    text = SentenceText(corpus, marker, special, vocabulary, 0.15)
    drawn = sampler(find_instances(corpus, np.asarray([STOP])), text, config)
    return model, drawn, Objective(model, config, special, CPU)


def relation_vectors(model, sheet):
    views, vectors = sheet.views, []
    for n in range(len(views)):
        ids = torch.as_tensor(sheet.input_T[slice(*views.token_offset[n : n + 2])])[None]
        states = model.base_model(input_ids=ids).last_hidden_state[0]
        vectors.append(states[views.mention_start_M[2 * n : 2 * n + 2]].flatten())
    return torch.stack(vectors)


def test_cp_is_nt_xent_over_all_sentences(world):
    model, sampler, objective = start(world, CpSampler, objective_family="cp")
    step = sampler(0)
    relation = sampler.instances.relation[sampler._choose(0)]
    assert (relation[0::2] == relation[1::2]).all()
    (batch,) = objective.prepare(0, step)
    loss = objective(batch).parts["rd"].item()
    unit = torch.nn.functional.normalize(relation_vectors(model, step.sheets[0]), dim=1)
    scores, terms = torch.exp(unit @ unit.T / 0.05), []
    for a, p in itertools.permutations(range(len(relation)), 2):
        if relation[a] == relation[p]:
            rest = sum(scores[a, n] for n in range(len(relation)) if relation[n] != relation[a])
            terms.append(-torch.log(scores[a, p] / (scores[a, p] + rest)))
    assert loss == pytest.approx((sum(terms) / len(terms)).item(), rel=1e-4)


def test_mtb_is_binary_cross_entropy_of_dot_products(world):
    model, sampler, objective = start(world, MtbSampler, objective_family="mtb")
    step = sampler(0)
    (batch,) = objective.prepare(0, step)
    parts = objective(batch).parts
    left, right = (relation_vectors(model, sheet) for sheet in step.sheets)
    terms = []
    for u, v, same in zip(left, right, step.matches.label_V, strict=True):
        score = (u @ v).double()
        terms.append(torch.log1p(torch.exp(-score if same else score)))
    assert parts["rd"].item() == pytest.approx((sum(terms) / len(terms)).item(), rel=1e-3)
    expected = 0.0
    for sheet in step.sheets:
        labels = sheet.views.token_T[sheet.chosen_K]
        losses = []
        for n in range(len(sheet.views)):
            span = slice(*sheet.views.token_offset[n : n + 2])
            logits = model(input_ids=torch.as_tensor(sheet.input_T[span])[None]).logits[0]
            losses.append(-torch.log_softmax(logits, 1))
        table = torch.cat(losses)
        expected += table[sheet.chosen_K, labels].mean().item()
    assert parts["mlm"].item() == pytest.approx(expected, rel=1e-4)


def test_mtb_pairs_share_both_entities_or_exactly_one(world):
    _, sampler, _ = start(world, MtbSampler, objective_family="mtb")
    items = np.stack([sampler.instances.head_item, sampler.instances.tail_item], 1)
    seen = []
    for step in range(30):
        left, right, label = sampler._choose(step, np.random.default_rng(step))
        shared = (items[left] == items[right]).sum(axis=1)
        assert (shared[label == 1] == 2).all()
        assert (shared[label == 0] == 1).all()
        assert (left != right).all()
        seen += label.tolist()
    assert 0.4 < np.mean(seen) < 0.6


@pytest.mark.parametrize(
    "changes",
    [
        {"objective_family": "mtb"},
        {"objective_family": "cp"},
        {"objective_family": "mlm"},
        {"profile": "released", "batch_size": 6, "micro_batch_size": 3},
        {"entity_encoding": "entity_marker"},
        {"entity_masking": 0.3, "shared_encoding": True, "precision": "bf16"},
        {"rd_pairs": "single", "contrast_scope": "micro_batch", "micro_batch_size": 4},
        {"objectives": ("ed",)},
    ],
)
def test_every_family_and_ablation_gives_an_encoder(tmp_path_factory, tmp_path, changes):
    folder = tmp_path_factory.getbasetemp() / "families"
    if not folder.exists():
        write_tiny_bert(folder / "base")
        write_tiny_shards(folder / "shard", folder / "base", documents=24)
    config = tiny_config(num_steps=3, **changes)
    outcome = pretrain(
        config,
        base=folder / "base",
        shards=folder / "shard",
        scratch=tmp_path / "scratch",
        output=tmp_path / "out",
    )
    model = transformers.AutoModelForMaskedLM.from_pretrained(tmp_path / "out")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "out")
    assert model.get_input_embeddings().num_embeddings == len(tokenizer)
    assert all(np.isfinite(row["loss"]) for row in outcome.rows)
    assert summarise(outcome, config)["heldout"]["after"]["ed_questions"] > 0


SIZES = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4}
ARCHITECTURES = {
    "roberta": (transformers.RobertaConfig, SIZES | {"intermediate_size": 64}),
    "distilbert": (
        transformers.DistilBertConfig,
        {"n_layers": 2, "dim": 32, "n_heads": 4, "hidden_dim": 64},
    ),
    "mpnet": (transformers.MPNetConfig, SIZES | {"intermediate_size": 64}),
    "modernbert": (transformers.ModernBertConfig, SIZES | {"intermediate_size": 64}),
    "electra": (transformers.ElectraConfig, SIZES | {"intermediate_size": 64}),
}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_other_architectures_train_and_load(tmp_path, name):
    base = tmp_path / "base"
    write_tiny_bert(base)
    write_tiny_shards(tmp_path / "shard", base, documents=12)
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    ids = {f"{kind}_token_id": 0 for kind in ("pad", "bos", "eos", "cls", "sep")}
    kind, sizes = ARCHITECTURES[name]
    config = kind(vocab_size=len(tokenizer), max_position_embeddings=132, **sizes, **ids)
    torch.manual_seed(0)
    transformers.AutoModelForMaskedLM.from_config(config).save_pretrained(base)
    outcome = pretrain(
        tiny_config(num_steps=6, micro_batch_size=6, learning_rate=3e-3),
        base=base,
        shards=tmp_path / "shard",
        scratch=tmp_path / "scratch",
        output=tmp_path / "out",
    )
    losses = [row["loss"] for row in outcome.rows]
    assert np.isfinite(losses).all()
    assert min(losses[3:]) < losses[0]
    loaded = transformers.AutoModelForMaskedLM.from_pretrained(tmp_path / "out")
    assert loaded.config.model_type == config.model_type


def test_a_baseline_without_enough_sentences_is_one_line(tmp_path):
    from pipeline.errors import InputError

    base = tmp_path / "base"
    write_tiny_bert(base)
    rows = sentence_rows(0, 1)
    with pytest.raises(InputError, match="needs at least"):
        start((base, open_rows(rows, tmp_path)), MtbSampler, objective_family="mtb")


def test_full_stops_are_those_of_the_tokenizer(tmp_path):
    write_tiny_bert(tmp_path)
    _, tokenizer = load_masked_lm(tmp_path, seed=0)
    assert full_stops(tokenizer).tolist() == []
    tokenizer.add_tokens(["."])
    assert full_stops(tokenizer).tolist() == [tokenizer.convert_tokens_to_ids(".")]
