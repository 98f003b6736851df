"""Runs on a tiny random encoder: learning, repeatability, what is written."""

import dataclasses

import numpy as np
import pytest
import torch

from pipeline.benchmarks.finetune import Finetuner, write_result
from pipeline.benchmarks.summary import average, summarise
from pipeline.benchmarks.tasks.base import Schedule
from pipeline.benchmarks.tasks.docred import DocredConfig, DocredTask
from pipeline.benchmarks.tasks.qa import QaConfig, QaTask
from pipeline.benchmarks.tasks.sentence_relation import SemevalTask, SentenceRelationConfig
from pipeline.errors import InputError
from pipeline.io import read_json
from pipeline.training.optimizer import OptimizerConfig

COMMON = {
    "percent_1": Schedule(batch_size=2, epochs=1, evaluate_every=1),
    "percent_10": Schedule(batch_size=2, epochs=2, evaluate_every=2),
    "percent_100": Schedule(batch_size=8, epochs=12, evaluate_every=6),
    "optimizer": OptimizerConfig(
        learning_rate=1e-2, weight_decay=0.0, warmup_fraction=0.1, max_gradient_norm=1.0
    ),
    "precision": "fp32",
    "dropout": 0.0,
    "max_tokens": 64,
}


@pytest.fixture
def semeval(semeval_folder):
    return SemevalTask(SentenceRelationConfig(**COMMON, representation="mean_pool"), semeval_folder)


def test_semeval_learns_what_one_word_tells(semeval, tiny_encoder):
    result = Finetuner(semeval, tiny_encoder).run(100, 1)
    assert result.dev["f1"] == 100.0
    assert result.test["f1"] == 100.0
    assert len(result.split) == 48
    assert [row["epoch"] for row in result.curve] == [6, 12]


def test_docred_learns_a_fixed_pattern(docred_folder, tiny_encoder):
    task = DocredTask(DocredConfig(**COMMON, entity_encoding="mean_pool", width=8), docred_folder)
    result = Finetuner(task, tiny_encoder).run(100, 1)
    assert result.test["f1"] > 90.0
    assert result.counts["train"]["facts"] == 60
    assert np.isfinite(result.threshold)


def test_qa_runs_and_its_loss_falls(squad_folder, tiny_encoder):
    config = QaConfig(**COMMON, max_question=12, max_answer=5, stride=8, halves_seed=1)
    result = Finetuner(QaTask(config, squad_folder), tiny_encoder).run(100, 1)
    assert result.test["f1"] > 40.0  # answers are one word of eleven
    assert set(result.predictions) == {q for q in result.predictions if q.startswith("dev")}


def test_the_same_seed_gives_the_same_result_and_another_does_not(semeval, tiny_encoder):
    finetuner = Finetuner(semeval, tiny_encoder)
    first, again, other = (finetuner.run(10, seed) for seed in (1, 1, 2))
    assert first.summary() == again.summary()
    assert first.predictions == again.predictions
    assert first.split == again.split != other.split


def test_best_dev_epoch_is_tested_not_the_last(semeval, tiny_encoder, monkeypatch):
    config = dataclasses.replace(
        semeval.config, percent_10=Schedule(batch_size=2, epochs=4, evaluate_every=1)
    )
    semeval.config = config
    finetuner = Finetuner(semeval, tiny_encoder)
    plan = iter([10.0, 30.0, 20.0, 30.0])
    seen = []

    def evaluate(model, runtime):
        seen.append(model.head.bias.detach().clone())
        return {"f1": next(plan)}, 0.0

    def predict(model, runtime, records, examples, threshold):
        seen.append(model.head.bias.detach().clone())
        return {}

    monkeypatch.setattr(finetuner, "_evaluate_dev", evaluate)
    monkeypatch.setattr(finetuner, "_predict", predict)
    result = finetuner.run(10, 1)
    assert result.best_epoch == 2
    assert torch.equal(seen[-1], seen[1])
    assert not torch.equal(seen[-1], seen[3])


def test_result_is_written_in_whole(semeval, tiny_encoder, tmp_path):
    result = Finetuner(semeval, tiny_encoder).run(1, 3)
    write_result(semeval, result, tmp_path / "s3")
    names = sorted(path.name for path in (tmp_path / "s3").iterdir())
    assert names == ["metrics.json", "proposed_answers.txt", "split.json"]
    assert len(read_json(tmp_path / "s3" / "split.json")) == 3
    assert read_json(tmp_path / "s3" / "metrics.json")["test"] == result.summary()["test"]


def test_summary_over_seeds_has_mean_and_sample_deviation():
    rows = {
        seed: {"dev": {"f1": value}, "test": {"f1": value + 1}, "counts": {"train": {"x": 1}}}
        for seed, value in ((42, 10.0), (43, 14.0))
    }
    report = summarise(rows)
    assert report["mean"] == {"dev": {"f1": 12.0}, "test": {"f1": 13.0}}
    assert report["std"]["test"]["f1"] == pytest.approx(8**0.5, abs=1e-4)
    assert report["seeds"]["s43"]["dev"] == {"f1": 14.0}
    assert summarise({42: rows[42]})["std"]["dev"]["f1"] == 0.0


def test_folder_without_encoder_is_refused(semeval, tmp_path):
    with pytest.raises(InputError, match=r"no config\.json"):
        Finetuner(semeval, tmp_path)


def test_roberta_reads_pairs_and_markers(semeval_folder, squad_folder, tmp_path):
    """No segment ids, two separators in the middle, positions that start at 2."""
    folder = write_tiny_roberta(tmp_path / "roberta")
    common = COMMON | {"percent_100": Schedule(batch_size=8, epochs=1, evaluate_every=1)}
    config = SentenceRelationConfig(**common, representation="marker_start")
    finetuner = Finetuner(SemevalTask(config, semeval_folder), folder)
    assert finetuner.text.max_tokens == 48
    finetuner.run(100, 1)
    config = QaConfig(**common, max_question=12, max_answer=5, stride=8, halves_seed=1)
    result = Finetuner(QaTask(config, squad_folder), folder).run(100, 1)
    assert len(result.predictions) == 4


def write_tiny_roberta(folder):
    from tokenizers import ByteLevelBPETokenizer, processors
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

    bpe = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    bpe.train_from_iterator(["ada was born in alton"], vocab_size=300, special_tokens=special)
    bpe._tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe._tokenizer,
        pad_token="<pad>",
        unk_token="<unk>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
    )
    config = RobertaConfig(
        vocab_size=300,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=50,
        type_vocab_size=1,
        pad_token_id=1,
    )
    torch.manual_seed(0)
    RobertaModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_folds_become_one_result_of_a_seed():
    def fold(f1, facts):
        test = {"f1": f1, "recall": 2 * f1}
        return {"dev": {}, "test": test, "counts": {"train": {"facts": facts}}}

    one = fold(10.0, 3)
    assert average({"": one}) is one
    both = average({"fold0": one, "fold1": fold(20.0, 4)})
    assert both["test"] == {"f1": 15.0, "recall": 30.0}
    assert both["counts"] == {"train": {"facts": 7}}
    assert both["parts"] == {"fold0": one["test"], "fold1": {"f1": 20.0, "recall": 40.0}}
    report = summarise({1: both, 2: average({"fold0": one, "fold1": one})})
    assert report["mean"]["test"]["f1"] == 12.5
    assert report["seeds"]["s1"]["parts"]["fold1"]["f1"] == 20.0
