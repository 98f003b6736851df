"""Figure 6: the same points for every encoder, Eq. 1 for each, reproducible maps."""

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.benchmarks.readers.docred import Document, Fact, Mention
from pipeline.model.encoder import load_encoder
from pipeline.reporting.embeddings import choose_points, embed_entities, gather_points
from pipeline.reporting.figure6 import EvaluateConfig, draw_figure
from pipeline.reporting.projection import measure_compactness, project, write_points
from tests.tiny_training import write_tiny_bert

NAMES = {"P17": "country", "P57": "director", "P1": "rare"}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    write_tiny_bert(folder)
    return folder


def make_document(number: int, words: int = 40) -> Document:
    sentences = [[f"w{(number * 7 + i) % 150}" for i in range(words // 2)] for _ in range(2)]
    entities = [
        [Mention("a", (0, 2), 0, "PER"), Mention("a", (3, 4), 1, "PER")],
        [Mention("b", (5, 8), 0, "LOC")],
        [Mention("c", (words // 2 - 1, words // 2), 1, "ORG")],
    ]
    facts = [Fact("P17", 0, 1), Fact("P57", 2, 0)] + ([Fact("P1", 1, 2)] if number == 0 else [])
    return Document(f"d{number}", sentences, entities, facts)


DOCUMENTS = [make_document(n) for n in range(8)]


def test_choice_keeps_the_frequent_relations_and_the_limits():
    choice = choose_points(DOCUMENTS, NAMES, relations=2, points=10, seed=1)
    assert set(choice.fact_labels) == {"country (P17)", "director (P57)"}
    assert len(choice.entities) == len(choice.facts) == 10
    assert choice == choose_points(DOCUMENTS, NAMES, relations=2, points=10, seed=1)
    assert choice != choose_points(DOCUMENTS, NAMES, relations=2, points=10, seed=2)
    for (d, e), label in zip(choice.entities, choice.entity_labels, strict=True):
        assert DOCUMENTS[d].entities[e][0].type == label


def test_entities_are_means_over_mentions_of_means_over_tokens(encoder):
    embedded = embed_entities(encoder, DOCUMENTS[:3], max_tokens=128)
    model, tokenizer = load_encoder(encoder, dropout=0.0)
    model.eval()
    for document, found in zip(DOCUMENTS, embedded, strict=False):
        words = [word for sentence in document.sentences for word in sentence]
        ids = tokenizer(" ".join(words), return_tensors="pt")["input_ids"]
        prefix = ids[0].tolist().index(tokenizer.convert_tokens_to_ids(words[0]))
        with torch.no_grad():
            states = model(input_ids=ids).last_hidden_state[0, prefix:]
        for entity, mentions in enumerate(document.entities):
            means = [
                states[20 * m.sentence + m.span[0] : 20 * m.sentence + m.span[1]].mean(0)
                for m in mentions
            ]
            expected = torch.stack(means).mean(0).numpy()
            np.testing.assert_allclose(found[entity], expected, atol=1e-5)


def test_pairs_are_head_then_tail_and_entities_behind_the_limit_are_zero(encoder):
    document = make_document(0, words=300)
    (embedded,) = embed_entities(encoder, [document], max_tokens=512)  # the encoder reads 128
    assert not embedded[2].any()
    assert embedded[1].any()
    choice = choose_points([document], NAMES, relations=3, points=9, seed=0)
    entity_EH, pair_P2H = gather_points(choice, [embedded])
    assert entity_EH.shape == (3, 32)
    head_tail = [(h, t) for _, h, t in choice.facts]
    for row, (head, tail) in zip(pair_P2H, head_tail, strict=True):
        np.testing.assert_array_equal(row, np.concatenate([embedded[head], embedded[tail]]))


def test_groups_that_lie_together_are_seen_as_compact():
    rng = np.random.Generator(np.random.PCG64(1))
    centres = rng.normal(size=(3, 16))
    labels = [f"g{i % 3}" for i in range(60)]
    tight = np.array([centres[i % 3] for i in range(60)]) + 0.05 * rng.normal(size=(60, 16))
    loose = rng.normal(size=(60, 16))
    assert measure_compactness(tight.astype(np.float32), labels) > 0.8
    assert abs(measure_compactness(loose.astype(np.float32), labels)) < 0.1
    assert measure_compactness(loose.astype(np.float32), ["one"] * 60) == 0.0


def test_map_is_reproducible_and_small_ones_are_possible(tmp_path):
    vectors = np.random.Generator(np.random.PCG64(2)).normal(size=(12, 8)).astype(np.float32)
    labels = list("abcabcabcabc")
    kind = {"kind": "entity", "encoder": "base", "perplexity": 30.0, "seed": 3}
    first = project(vectors, labels, **kind)
    assert first == project(vectors, labels, **kind)
    assert [p.label for p in first] == labels
    assert project(vectors[:3], labels[:3], **kind) == []
    write_points(tmp_path / "t.csv", first)
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[0] == "x,y,label,kind,encoder"
    assert len(lines) == 13


def test_without_docred_the_figure_is_empty(tmp_path):
    config = EvaluateConfig(
        tsne_relations=10,
        tsne_documents=5,
        tsne_points=5,
        tsne_perplexity=30.0,
        tsne_max_tokens=128,
        seed=1,
    )
    figure = draw_figure(config, tmp_path / "none", {"base": tmp_path})
    assert figure.points == []


@pytest.mark.parametrize("field", ["tsne_relations", "tsne_documents", "tsne_points"])
def test_config_refuses_nothing_to_draw(field):
    numbers = {"tsne_relations": 1, "tsne_documents": 1, "tsne_points": 1, field: 0}
    with pytest.raises(ValueError, match=f"{field}: must be above 0, got 0"):
        EvaluateConfig(**numbers, tsne_perplexity=1.0, tsne_max_tokens=128, seed=1)
