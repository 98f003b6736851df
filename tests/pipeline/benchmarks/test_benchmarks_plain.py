"""The CNN and the BiLSTM of Table 1: folders, word vectors, padding, learning."""

import dataclasses
import shutil

import pytest
import torch

from pipeline.benchmarks.finetune import Finetuner
from pipeline.benchmarks.tasks.base import Schedule
from pipeline.benchmarks.tasks.sentence_relation import SemevalTask, SentenceRelationConfig
from pipeline.errors import InputError
from pipeline.fetch.plain import write_plain_encoders
from pipeline.model.encoder import load_encoder, load_masked_lm
from tests.pipeline.benchmarks.test_benchmarks_tasks import COMMON, OPTIMIZER


@pytest.fixture(scope="module")
def folders(tiny_encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    vectors = folder / "glove.txt"
    vectors.write_text(
        "city " + "0.5 " * 8 + "\nnotaword " + "1 " * 8 + "\nriver" + " 2" * 8, "utf-8"
    )
    write_plain_encoders(tiny_encoder, folder / "with", vectors=vectors)
    write_plain_encoders(tiny_encoder, folder / "without", vectors=None)
    return folder


@pytest.mark.parametrize("name", ["cnn", "bilstm"])
def test_padding_changes_no_state_and_the_seed_decides_the_weights(folders, name):
    torch.manual_seed(1)
    model, _ = load_encoder(folders / "without" / name, dropout=0.0)
    torch.manual_seed(1)
    again, _ = load_encoder(folders / "without" / name, dropout=0.0)
    for one, other in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    ids = torch.randint(5, 30, (2, 9))
    mask = torch.ones_like(ids)
    mask[1, 4:] = 0
    both = model.eval()(ids, mask).last_hidden_state
    alone = model(ids[1:, :4], mask[1:, :4]).last_hidden_state
    torch.testing.assert_close(both[1:, :4], alone)
    assert both.shape == (2, 9, model.config.hidden_size)


def test_word_vectors_are_taken_for_whole_words(folders):
    model, tokenizer = load_encoder(folders / "with" / "cnn")
    rows = model.get_input_embeddings().weight
    words = tokenizer.get_vocab()
    assert rows.shape[1] == 8
    assert rows[words["city"]].tolist() == [0.5] * 8
    assert rows[words["river"]].tolist() == [2.0] * 8
    assert rows[words["novel"]].std() > 0


def test_bad_word_vectors_and_pre_training_are_one_line(folders, tiny_encoder, tmp_path):
    with pytest.raises(InputError, match=r"word_vectors: .*missing.txt: expected a text file"):
        write_plain_encoders(tiny_encoder, tmp_path / "a", vectors=tmp_path / "missing.txt")
    (tmp_path / "head.txt").write_text("400000 300\n")
    with pytest.raises(InputError, match="expected a text file with a word and its numbers"):
        write_plain_encoders(tiny_encoder, tmp_path / "b", vectors=tmp_path / "head.txt")
    shutil.copytree(folders / "with" / "cnn", tmp_path / "cnn")
    with (tmp_path / "cnn" / "vectors.txt").open("a") as stream:
        stream.write("\nnovel 1 2 3\n")
    with pytest.raises(InputError, match=r"vectors.txt:4: 3 numbers, expected 8"):
        load_encoder(tmp_path / "cnn")
    with pytest.raises(InputError, match=r"no config.json there"):
        load_masked_lm(folders / "with" / "cnn", seed=0)


@pytest.mark.parametrize("name", ["cnn", "bilstm"])
def test_a_benchmark_is_learnt_from_nothing(folders, semeval_folder, name):
    schedule = Schedule(batch_size=4, epochs=30, evaluate_every=10)
    numbers = COMMON | {
        "percent_100": schedule,
        "optimizer": dataclasses.replace(OPTIMIZER, learning_rate=5e-3),
    }
    task = SemevalTask(
        SentenceRelationConfig(**numbers, representation="mean_pool"), semeval_folder
    )
    result = Finetuner(task, folders / "with" / name).run(100, 1)
    assert result.test["micro_f1"] > 80
