import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.sample.article import write_article
from pipeline.sample.benchmarks import WRITERS, write_benchmarks
from pipeline.sample.benchmarks.worlds import open_world
from pipeline.sample.config import WorldConfig
from pipeline.sample.pages import choose_topics
from pipeline.sample.world import World

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def folder(sample_folder: Path) -> Path:
    return sample_folder / "benchmarks"


def _load(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_all_benchmarks_of_the_paper_are_written(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == set(WRITERS)
    assert len(WRITERS) == 11


def test_an_unknown_benchmark_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no 'ace'"):
        write_benchmarks(tmp_path, WorldConfig(seed=1, pages=100, items=600), ["ace"])


def test_parts_have_blocks_of_their_own() -> None:
    parts = ("docred/train", "docred/dev", "docred/test", "squad/train", "squad/dev", "glue")
    blocks = [n for part in parts for n in _blocks(open_world(42, part))]
    assert len(set(blocks)) == len(blocks)
    assert max(blocks) < 0
    assert min(_blocks(open_world(42, "glue"))) >= -96


def _blocks(world: World) -> list[int]:
    return list(range(world.first, world.first + world.count))


@pytest.mark.parametrize(("name", "size"), [("train_annotated", 200), ("dev", 60), ("test", 60)])
def test_docred(folder: Path, name: str, size: int) -> None:
    documents = _load(folder / "docred" / f"{name}.json")
    names = _load(folder / "docred" / "rel_info.json")
    assert len(documents) == size
    assert len({document["title"] for document in documents}) == size
    counts: Counter[str] = Counter()
    inter = total = aliases = 0
    for document in documents:
        sents, vertices = document["sents"], document["vertexSet"]
        for mentions in vertices:
            aliases += len({mention["name"] for mention in mentions}) > 1
            for mention in mentions:
                start, end = mention["pos"]
                assert sents[mention["sent_id"]][start:end] == mention["name"].split(" ")
                assert mention["type"] in ("PER", "LOC", "ORG", "MISC", "TIME")
        for label in document["labels"]:
            assert label["h"] != label["t"]
            assert label["r"] in names
            assert all(0 <= sentence < len(sents) for sentence in label["evidence"])
            assert label["evidence"]
            counts[label["r"]] += 1
            places = [{m["sent_id"] for m in vertices[label[side]]} for side in "ht"]
            inter += not places[0] & places[1]
            total += 1
    assert len(counts) >= 40
    assert 0.25 < inter / total < 0.6
    assert 8 <= sum(len(document["vertexSet"]) for document in documents) / size <= 16
    assert 100 <= sum(len(s) for d in documents for s in d["sents"]) / size <= 180
    assert aliases > size / 2  # surnames and short names


def test_docred_dev_shares_some_facts_with_train(folder: Path) -> None:
    facts: dict[str, set[tuple[str, str, str]]] = {}
    for name in ("train_annotated", "dev"):
        facts[name] = {
            (d["vertexSet"][la["h"]][0]["name"], d["vertexSet"][la["t"]][0]["name"], la["r"])
            for d in _load(folder / "docred" / f"{name}.json")
            for la in d["labels"]
        }
    shared = len(facts["dev"] & facts["train_annotated"]) / len(facts["dev"])
    assert 0.0 < shared < 0.2  # Ign F1 differs from F1


def test_semeval(folder: Path) -> None:
    block = re.compile(
        r'(\d+)\t"(.*<e1>.+</e1>.*<e2>.+</e2>.*)"\r\n(\S+)\r\nComment:\r\n\r\n', re.MULTILINE
    )
    sentences: set[str] = set()
    for name, size, first in (("TRAIN_FILE", 400, 1), ("TEST_FILE_FULL", 150, 8001)):
        text = (folder / "semeval" / f"{name}.TXT").read_bytes().decode()
        found = block.findall(text)
        assert len(found) == size
        assert [int(number) for number, _, _ in found] == list(range(first, first + size))
        labels = Counter(label for _, _, label in found)
        assert len(labels) == 19
        assert min(labels.values()) >= 2
        assert 0.1 < labels["Other"] / size < 0.25
        new = {sentence for _, sentence, _ in found}
        assert len(new) == size
        assert not new & sentences
        sentences |= new


def test_semeval_needs_more_than_one_word(folder: Path) -> None:
    """No word other than the nominals occurs often and almost always with one relation."""
    text = (folder / "semeval" / "TRAIN_FILE.TXT").read_bytes().decode()
    seen: dict[str, Counter[str]] = {}
    for sentence, label in re.findall(r'\t"(.*)"\r\n(\S+)', text):
        plain = re.sub(r"<e[12]>\S+</e[12]>", "", sentence).lower()
        for word in set(re.findall(r"\w+", plain)):
            seen.setdefault(word, Counter())[label] += 1
    for word, labels in seen.items():
        if labels.total() > 40:
            assert labels.most_common(1)[0][1] < 0.8 * labels.total(), word


def test_squad(folder: Path) -> None:
    for name, size in (("train", 300), ("dev", 100)):
        data = _load(folder / "squad" / f"{name}-v1.1.json")
        assert data["version"] == "1.1"
        ids, words = [], set()
        for article in data["data"]:
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    ids.append(question["id"])
                    words.add(question["question"].split(" ")[0])
                    assert question["question"].endswith("?")
                    assert "{" not in question["question"]
                    assert len(question["answers"]) == (3 if name == "dev" else 1)
                    for answer in question["answers"]:
                        start = answer["answer_start"]
                        end = start + len(answer["text"])
                        assert paragraph["context"][start:end] == answer["text"]
        assert len(ids) == len(set(ids)) == size
        assert len(words) >= 4


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


@pytest.mark.parametrize("name", ["triviaqa", "naturalquestions"])
@pytest.mark.parametrize("split", ["train", "dev"])
def test_mrqa(folder: Path, name: str, split: str) -> None:
    header, *passages = _lines(folder / name / f"{split}.jsonl.gz")
    assert header["header"]["split"] == split
    count = 0
    for passage in passages:
        context, tokens = passage["context"], passage["context_tokens"]
        assert all(context[at : at + len(token)] == token for token, at in tokens)
        for question in passage["qas"]:
            count += 1
            for answer in question["detected_answers"]:
                assert answer["text"] in question["answers"]
                pairs = zip(answer["char_spans"], answer["token_spans"], strict=True)
                for (start, end), (first, last) in pairs:
                    assert context[start : end + 1] == answer["text"]
                    assert tokens[first][1] == start
                    assert tokens[last][1] + len(tokens[last][0]) == end + 1
    assert 50 <= count <= 160


@pytest.mark.parametrize(("name", "size"), [("train", 300), ("dev", 100), ("test", 150)])
def test_tacred(folder: Path, name: str, size: int) -> None:
    rows = _load(folder / "tacred" / f"{name}.json")
    assert len(rows) == size
    assert len({row["id"] for row in rows}) == size
    for row in rows:
        assert row["subj_type"] in ("PERSON", "ORGANIZATION")
        length = len(row["token"])
        for side in ("subj", "obj"):
            assert 0 <= row[f"{side}_start"] <= row[f"{side}_end"] < length
        spans = [range(row[f"{s}_start"], row[f"{s}_end"] + 1) for s in ("subj", "obj")]
        assert not set(spans[0]) & set(spans[1])
        for column in ("stanford_pos", "stanford_ner", "stanford_head", "stanford_deprel"):
            assert len(row[column]) == length
    labels = Counter(row["relation"] for row in rows)
    assert 0.5 < labels["no_relation"] / size < 0.7
    assert len(labels) >= 10


@pytest.mark.parametrize(("name", "size"), [("train", 400), ("dev", 80), ("test", 120)])
def test_figer(folder: Path, name: str, size: int) -> None:
    known = {
        line.split("\t")[1]
        for line in (folder / "figer" / "types.map").read_text("utf-8").splitlines()
    }
    lines = (folder / "figer" / f"{name}.json").read_text("utf-8").splitlines()
    assert len(lines) == size
    types: set[str] = set()
    for line in lines:
        row = json.loads(line)
        assert row["mentions"]
        for mention in row["mentions"]:
            assert 0 <= mention["start"] < mention["end"] <= len(row["tokens"])
            assert set(mention["labels"]) <= known
            types.update(mention["labels"])
    assert len(types) >= 20


@pytest.mark.parametrize(("name", "size"), [("train", 200), ("dev", 80)])
def test_wikihop(folder: Path, name: str, size: int) -> None:
    standard = _load(folder / "wikihop" / f"{name}.json")
    masked = _load(folder / "wikihop" / f"{name}.masked.json")
    assert len(standard) == len(masked) == size
    for plain, hidden in zip(standard, masked, strict=True):
        assert plain["id"] == hidden["id"]
        assert plain["answer"] in plain["candidates"]
        assert hidden["answer"] in hidden["candidates"]
        assert len(plain["candidates"]) == len(hidden["candidates"]) >= 2
        text = "\n".join(plain["supports"]).lower()
        assert all(candidate in text for candidate in plain["candidates"])
        text = "\n".join(hidden["supports"])
        assert all(candidate in text for candidate in hidden["candidates"])
        for candidate in plain["candidates"]:
            assert not re.search(rf"\b{re.escape(candidate)}\b", text.lower())
        # two hops: no document names both the subject and the answer
        subject = plain["query"].split(" ", 1)[1]
        own = [text for text in map(str.lower, plain["supports"]) if subject in text]
        assert own
        assert not all(plain["answer"] in text for text in own)


@pytest.mark.parametrize("stem", ["conll04/conll04", "ade/ade_split_0", "ade/ade_split_1"])
def test_joint(folder: Path, stem: str) -> None:
    types = _load(next((folder / stem.split("/")[0]).glob("*_types.json")))
    relations: Counter[str] = Counter()
    for path in sorted((folder / stem).parent.glob(f"{stem.split('/')[1]}_t*.json")):
        for row in [] if path.name.endswith("types.json") else _load(path):
            for entity in row["entities"]:
                assert 0 <= entity["start"] < entity["end"] <= len(row["tokens"])
                assert entity["type"] in types["entities"]
            for relation in row["relations"]:
                assert relation["type"] in types["relations"]
                assert relation["head"] != relation["tail"]
                assert max(relation["head"], relation["tail"]) < len(row["entities"])
                relations[relation["type"]] += 1
    assert set(relations) == set(types["relations"])
    assert min(relations.values()) >= 15


def test_ade_folds_share_no_test_sentence(folder: Path) -> None:
    tests = [
        {row["orig_id"] for row in _load(folder / f"ade/ade_split_{k}_test.json")} for k in (0, 1)
    ]
    assert not tests[0] & tests[1]


def test_no_pair_of_a_test_or_dev_set_is_in_a_page(folder: Path) -> None:
    """The generator's own facts: pages name none of the benchmarks' people, places and bodies."""
    world = World(42, 0, 6, 485)
    named: set[str] = set()
    for number in range(6):
        block = world.block(number)
        for entity in block.all():
            named |= {entity.name, entity.short, *entity.aliases}
        for topic in choose_topics(block)[:10]:
            article = write_article(block, topic, words=150, sections=1)
            for paragraph in article.lead:
                for sentence in paragraph:
                    named |= {s.text for s in sentence.segments if s.named}
    for name, head, tail in _pairs(folder):
        assert not {head, tail} <= named, (name, head, tail)


def _pairs(folder: Path) -> Iterator[tuple[str, str, str]]:
    for name in ("dev", "test"):
        for document in _load(folder / "docred" / f"{name}.json"):
            names = [{m["name"] for m in mentions} for mentions in document["vertexSet"]]
            for label in document["labels"]:
                for head in names[label["h"]]:
                    for tail in names[label["t"]]:
                        yield f"docred/{name}", head, tail
        for row in _load(folder / "tacred" / f"{name}.json"):
            head = " ".join(row["token"][row["subj_start"] : row["subj_end"] + 1])
            yield (
                f"tacred/{name}",
                head,
                " ".join(row["token"][row["obj_start"] : row["obj_end"] + 1]),
            )
    for article in _load(folder / "squad" / "dev-v1.1.json")["data"]:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                yield (
                    "squad/dev",
                    article["title"].replace("_", " "),
                    question["answers"][0]["text"],
                )
    for row in _load(folder / "wikihop" / "dev.json"):
        for candidate in row["candidates"]:
            yield "wikihop/dev", row["query"].split(" ", 1)[1], candidate


GLUE = {
    "CoLA": (4, None),
    "SST-2": (2, "sentence"),
    "MRPC": (5, "Quality"),
    "STS-B": (10, "index"),
    "QQP": (6, "id"),
    "MNLI": (12, "index"),
    "QNLI": (4, "index"),
    "RTE": (4, "index"),
}


@pytest.mark.parametrize("task", list(GLUE))
def test_glue(folder: Path, task: str) -> None:
    columns, first = GLUE[task]
    names = ["train", "dev_matched", "dev_mismatched"] if task == "MNLI" else ["train", "dev"]
    for name in names:
        text = (folder / "glue" / task / f"{name}.tsv").read_text("utf-8-sig")
        rows = [line.split("\t") for line in text.splitlines()]
        if first is not None:
            assert rows[0][0] == first
            rows = rows[1:]
        width = columns + 4 * (task == "MNLI" and name != "train")
        assert {len(row) for row in rows} == {width}
        assert len(rows) == (200 if name == "train" else 80)
        label = 0 if task == "MRPC" else 1 if task == "CoLA" else -1
        labels = Counter(row[label] for row in rows)
        if task == "STS-B":
            assert all(0 <= float(value) <= 5 for value in labels)
        else:
            assert len(labels) == (3 if task == "MNLI" else 2)
            assert min(labels.values()) >= 15
