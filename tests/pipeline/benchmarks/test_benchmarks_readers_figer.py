"""FIGER: three forms of the same mentions, what is refused, official counts."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.benchmarks.readers.figer import Mention, read_figer, read_mentions, read_types
from pipeline.errors import InputError

SENTENCE = {
    "tokens": ["Ada", "Byron", "left", "Ockham", "."],
    "mentions": [
        {"start": 0, "end": 2, "labels": ["/person", "/person/author"]},
        {"start": 3, "end": 4, "labels": ["/location"]},
    ],
    "senid": 3,
    "fileid": "",
}
TEXT = "Ada Byron left Ockham ."
MENTIONS = [
    Mention(0, TEXT, (0, 9), ("/person", "/person/author")),
    Mention(1, TEXT, (15, 21), ("/location",)),
]


def lines(*sentences):
    return "".join(json.dumps(sentence) + "\n" for sentence in sentences)


def with_mention(start, end, labels):
    return SENTENCE | {"mentions": [{"start": start, "end": end, "labels": labels}]}


def as_characters(mentions):
    return [
        {"sent": m.text, "start": m.span[0], "end": m.span[1], "labels": m.types, "ents": []}
        for m in mentions
    ]


def as_labels(sentences):
    rows = []
    for sentence in sentences:
        labels = ["O"] * len(sentence["tokens"])
        for mention in sentence["mentions"]:
            types = ",".join(mention["labels"])
            for place in range(mention["start"], mention["end"]):
                labels[place] = ("B-" if place == mention["start"] else "I-") + types
        rows += [
            f"{token}\t{label}" for token, label in zip(sentence["tokens"], labels, strict=True)
        ]
        rows.append("\t")
    return "\n".join(rows) + "\n"


def write(path, text):
    path.write_text(text, "utf-8")
    return path


def test_three_forms_give_the_same_mentions(tmp_path):
    assert read_mentions(write(tmp_path / "a", lines(SENTENCE))) == MENTIONS
    assert read_mentions(write(tmp_path / "b", json.dumps(as_characters(MENTIONS)))) == MENTIONS
    assert read_mentions(write(tmp_path / "c", as_labels([SENTENCE]))) == MENTIONS


def test_the_last_sentence_of_a_label_file_may_lack_its_blank_line(tmp_path):
    path = write(tmp_path / "exp.label", "Ada\tB-/person\nByron\tI-/person")
    assert [mention.text for mention in read_mentions(path)] == ["Ada Byron"]


def test_an_empty_mention_is_left_out(tmp_path):
    rows = [as_characters(MENTIONS)[0] | {"start": 4, "end": 4}, as_characters(MENTIONS)[1]]
    (mention,) = read_mentions(write(tmp_path / "test.json", json.dumps(rows)))
    assert mention.span == (15, 21)


def test_types_are_those_of_training_and_of_the_map(tmp_path):
    for name in ("train", "dev", "test"):
        write(tmp_path / f"{name}.json", lines(SENTENCE))
    splits = read_figer(tmp_path)
    assert read_types(tmp_path, splits.train) == ["/location", "/person", "/person/author"]
    write(tmp_path / "types.map", "/art/x\t/art\n/people/x\t/person\n")
    types = read_types(tmp_path, splits.train)
    assert types == ["/art", "/location", "/person", "/person/author"]
    write(tmp_path / "types.map", "/art/x\t/art\n/people/x\n")
    with pytest.raises(InputError, match=r"types\.map:2: expected"):
        read_types(tmp_path, splits.train)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (lines(SENTENCE, with_mention(3, 6, ["/a"])), ":2: the mention [3, 6]"),
        (lines(with_mention(3, 4, [])), ":1: a mention without labels"),
        (lines(SENTENCE, SENTENCE)[:-30], ":2: not valid JSON"),
        (json.dumps([as_characters(MENTIONS)[0] | {"end": 99}]), ": record 0: the mention [0, 99]"),
        ("Ada\tB-/person\nleft\tO\nOckham\tI-/location\n", ":3: expected O, B-/type"),
        ("Ada", ":1: expected O, B-/type"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path, text, reason):
    with pytest.raises(InputError, match=re.escape(f"test.json{reason}")):
        read_mentions(write(tmp_path / "test.json", text))


WORDS = st.lists(st.sampled_from(["a", "bc", "."]), min_size=1, max_size=6)


@given(WORDS, st.data())
def test_characters_are_those_of_the_tokens(tmp_path_factory, tokens, data):
    start = data.draw(st.integers(0, len(tokens) - 1))
    end = data.draw(st.integers(start + 1, len(tokens)))
    sentence = {"tokens": tokens, "mentions": [{"start": start, "end": end, "labels": ["/a"]}]}
    path = write(tmp_path_factory.getbasetemp() / "figer.json", lines(sentence))
    (mention,) = read_mentions(path)
    assert mention.text[slice(*mention.span)] == " ".join(tokens[start:end])


@pytest.mark.real
def test_official_test_set(shared, tmp_path):
    folder = shared / "data" / "benchmarks" / "figer"
    mentions = read_mentions(folder / "test.json")
    assert len(mentions) == 563
    sentences = [
        json.loads(line) for line in (folder / "test.json").read_text("utf-8").split("\n") if line
    ]
    assert len(sentences) == 434
    assert read_mentions(write(tmp_path / "exp.label", as_labels(sentences))) == mentions
    assert len(read_mentions(folder / "dev_small.json")) == 787
    assert len(read_types(folder, [])) == 113
