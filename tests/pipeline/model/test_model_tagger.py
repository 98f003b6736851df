import itertools
import json

import numpy as np
import pytest
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tokenizers import write_byte_level, write_minilm
from tiny_training import write_tiny_bert

from pipeline.benchmarks.tagger import (
    NamedText,
    TaggerConfig,
    evaluate_tagger,
    save_tagger,
    train_tagger,
)
from pipeline.errors import InputError
from pipeline.model.bio import best_sequences, bio_labels, decode, follow, number_words
from pipeline.model.tagger import load_tagger, tag_texts
from pipeline.model.windows import cut_windows
from pipeline.training.optimizer import OptimizerConfig

LABELS = bio_labels(["PER", "LOC"])
CONFIG = TaggerConfig(
    epochs=40,
    further=(),
    batch_size=4,
    optimizer=OptimizerConfig(
        learning_rate=5e-3, weight_decay=0.0, warmup_fraction=0.1, max_gradient_norm=1.0
    ),
    precision="fp32",
    dropout=0.0,
    max_tokens=256,
    seed=1,
)


def make_texts(number, seed):
    """Texts in which w1 w2 is a person, w3 a place, and all else is no name."""
    random = np.random.default_rng(seed)
    texts = []
    for _ in range(number):
        words, names, at = [], [], 0
        for _ in range(int(random.integers(5, 30))):
            word = ["w1 w2", "w3", *(f"w{i}" for i in range(10, 60))][int(random.integers(0, 6))]
            if word in ("w1 w2", "w3"):
                names.append((at, at + len(word), "PER" if word == "w1 w2" else "LOC"))
            words.append(word)
            at += len(word) + 1
        texts.append(NamedText(" ".join(words), names))
    return texts


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tagger")
    write_tiny_bert(folder / "base", hidden=32, layers=1, positions=64)
    tagger, rows = train_tagger(CONFIG, folder / "base", make_texts(24, 0))
    save_tagger(tagger, folder / "trained")
    return folder, tagger, rows


def test_training_is_deterministic_and_learns_names_it_has_not_seen_together(trained):
    folder, tagger, rows = trained
    assert rows[-1]["loss"] < 0.05 * rows[0]["loss"]
    scores = evaluate_tagger(tagger, make_texts(20, 5))
    assert scores["typed_f1"] > 95
    again, same = train_tagger(CONFIG, folder / "base", make_texts(24, 0))
    assert same == rows
    for one, other in zip(tagger.model.parameters(), again.model.parameters(), strict=True):
        assert (one == other).all()


def test_a_run_that_was_stopped_continues_and_gives_the_same(
    trained, tmp_path, monkeypatch, capsys
):
    folder, tagger, rows = trained
    monkeypatch.setenv("ERICA_CHECKPOINT_MINUTES", "0")
    train_tagger(CONFIG, folder / "base", make_texts(24, 0), tmp_path)
    max(tmp_path.iterdir()).unlink()
    again, same = train_tagger(CONFIG, folder / "base", make_texts(24, 0), tmp_path)
    assert f"continuing after step {len(rows) - 1}" in capsys.readouterr().err
    assert same == rows
    for one, other in zip(tagger.model.parameters(), again.model.parameters(), strict=True):
        assert (one == other).all()


def test_the_written_folder_is_hugging_faces_and_gives_exact_spans(trained):
    folder, _, _ = trained
    model = transformers.AutoModelForTokenClassification.from_pretrained(folder / "trained")
    assert set(model.config.id2label.values()) == {"O", "B-PER", "I-PER", "B-LOC", "I-LOC"}
    texts = make_texts(6, 9)
    found = tag_texts(folder / "trained", [text.text for text in texts])
    assert found == [text.names for text in texts]
    assert tag_texts(folder / "trained", ["", "  "]) == [[], []]


def test_a_text_of_many_windows_is_tagged_to_its_end(trained):
    folder, _, _ = trained
    text = " ".join(["w20 w1 w2 w30 w3"] * 200)  # 1,000 words, the model reads 62
    (found,) = tag_texts(folder / "trained", [text])
    assert found == sorted(
        [(at, at + 5, "PER") for at in range(4, len(text), 17)]
        + [(at, at + 2, "LOC") for at in range(14, len(text), 17)]
    )


def test_folders_without_a_trained_head_are_refused(trained, tmp_path):
    folder, _, _ = trained
    with pytest.raises(InputError, match="not a trained token classifier with BIO labels"):
        load_tagger(folder / "base")
    with pytest.raises(InputError, match=r"no config\.json there"):
        load_tagger(tmp_path)
    with pytest.raises(InputError, match="none of 1 training documents has a mention"):
        train_tagger(CONFIG, folder / "base", [NamedText("w1", [])])


WORD = st.text(st.sampled_from("abcXYZ.-'é"), min_size=1, max_size=6)


def test_a_name_that_began_before_the_window_goes_on_in_it(tmp_path):
    write_byte_level(tmp_path)
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path)
    text = "X XXXéé X"  # the second window holds the end of the second word and the third
    windows = cut_windows(tokenizer, [text], 12)
    assert [window.start.tolist() for window in windows] == [[0, 2, 8], [8]]
    numbers = [number_words(window, [(0, 9, "PER")], LABELS) for window in windows]
    assert [LABELS[number] for number in numbers[1]] == ["I-PER"]
    assert decode([text], windows, numbers, LABELS) == [[(0, 9, "PER")]]
    (whole,) = cut_windows(tokenizer, [f" {text}"], 100)  # the name begins with a blank
    begun = number_words(whole, [(0, 10, "PER")], LABELS)
    assert [LABELS[number] for number in begun] == ["B-PER", "I-PER", "I-PER"]


@settings(max_examples=40, deadline=None)
@given(words=st.lists(WORD, min_size=1, max_size=120), data=st.data())
@pytest.mark.parametrize("write", [write_minilm, write_byte_level])
def test_every_word_is_judged_once_and_labels_give_the_names_back(
    write, words, data, tmp_path_factory
):
    folder = tmp_path_factory.getbasetemp() / write.__name__
    if not folder.exists():
        write(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    text = " ".join(words)
    room = data.draw(st.integers(12, 40))
    windows = cut_windows(tokenizer, [text], room)
    (whole,) = cut_windows(tokenizer, [text], 10_000)
    assert max(len(window.ids) for window in windows) <= room
    judged = [s for w in windows for s in w.start[w.judged].tolist()]
    assert judged == whole.start.tolist()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(judged)), max_size=8)))
    names = [
        (int(whole.start[a]), int(whole.end[b - 1]), data.draw(st.sampled_from(["PER", "LOC"])))
        for a, b in itertools.pairwise(cuts)
    ]
    numbers = [number_words(window, names, LABELS) for window in windows]
    assert decode([text], windows, numbers, LABELS) == [names]


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_best_sequences_are_those_of_a_search_through_all(seed, sizes):
    labels = ["O", "B-A", "I-A", "I-B", "B-B"]
    allowed = follow(labels)
    scores = np.random.default_rng(seed).normal(size=(len(sizes), 6, 5)).astype(np.float32)
    words = [np.arange(1, 1 + size) for size in sizes]
    for row, found in enumerate(best_sequences(scores, words, allowed)):
        options = []
        for path in itertools.product(range(5), repeat=sizes[row]):
            names = [labels[i] for i in path]
            before = ["O", *names]
            if all(
                not now.startswith("I-") or old in (now, f"B-{now[2:]}")
                for old, now in itertools.pairwise(before)
            ):
                options.append((sum(scores[row, 1 + k, i] for k, i in enumerate(path)), path))
        assert tuple(found.tolist()) == max(options)[1]


def test_an_uncased_encoder_gives_no_names_that_are_written_small(trained):
    folder, _, _ = trained
    # the tiny vocabulary is cased: "w3" stays; an uncased one maps both to one id
    source = json.loads((folder / "trained" / "tokenizer.json").read_text("utf-8"))
    source["normalizer"] = {"type": "Lowercase"}
    lower = folder / "lower"
    lower.mkdir()
    for path in (folder / "trained").iterdir():
        (lower / path.name).write_bytes(path.read_bytes())
    vocabulary = source["model"]["vocab"]
    vocabulary["ada"] = vocabulary.pop("w3")
    (lower / "tokenizer.json").write_text(json.dumps(source), "utf-8")
    assert tag_texts(lower, ["w20 Ada w30 ada w31"]) == [[(4, 7, "LOC")]]
