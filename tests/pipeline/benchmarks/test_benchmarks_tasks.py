"""Each task against twins written from the definition: heads, markers, windows, decoding."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.benchmarks.encoding import TextEncoder
from pipeline.benchmarks.readers.qa import Question
from pipeline.benchmarks.tasks.base import Schedule, TaskConfig, move
from pipeline.benchmarks.tasks.docred import DocredConfig, DocredTask
from pipeline.benchmarks.tasks.pair_head import PairHead
from pipeline.benchmarks.tasks.qa import QaConfig, QaTask, SpanScore, best_spans, best_window
from pipeline.benchmarks.tasks.sentence_relation import (
    SemevalTask,
    SentenceRelationConfig,
    insert_markers,
)
from pipeline.training.optimizer import OptimizerConfig

SCHEDULE = Schedule(batch_size=4, epochs=3, evaluate_every=1)
OPTIMIZER = OptimizerConfig(
    learning_rate=1e-3, weight_decay=0.0, warmup_fraction=0.1, max_gradient_norm=1.0
)
COMMON = {
    "percent_1": SCHEDULE,
    "percent_10": SCHEDULE,
    "percent_100": SCHEDULE,
    "optimizer": OPTIMIZER,
    "precision": "fp32",
    "dropout": 0.0,
    "max_tokens": 64,
}


@pytest.fixture(scope="module")
def loaded(tiny_encoder):
    from pipeline.model.encoder import load_encoder

    return load_encoder(tiny_encoder, dropout=0.0)


def make_text(loaded, max_tokens=64):
    model, tokenizer = loaded
    return TextEncoder(tokenizer, max_tokens=max_tokens, vocabulary=model.config.vocab_size)


def states_of(batch, width=8):
    """Return random states that depend on the place in the batch only."""
    torch.manual_seed(5)
    return torch.randn(*batch.inputs.ids_BT.shape, width)


def test_schedule_of_each_percent_and_impossible_values():
    config = TaskConfig(
        **COMMON | {"percent_1": Schedule(batch_size=1, epochs=1, evaluate_every=1)}
    )
    assert config.schedule(1).batch_size == 1
    assert config.schedule(10) is SCHEDULE
    with pytest.raises(ValueError, match="epochs: must be above 0"):
        Schedule(batch_size=1, epochs=0, evaluate_every=1)
    with pytest.raises(ValueError, match="dropout"):
        TaskConfig(**COMMON | {"dropout": 1.0})


# --- DocRED -------------------------------------------------------------------------------------


@pytest.fixture
def docred(docred_folder):
    return DocredTask(DocredConfig(**COMMON, entity_encoding="mean_pool", width=4), docred_folder)


def test_docred_mentions_cover_their_words(docred, loaded):
    text = make_text(loaded)
    examples, counts = docred.encode(docred.splits.train, text)
    assert counts == {"documents": 20, "facts": 60, "facts_outside_window": 0}
    for example in examples:
        record = docred.splits.train[example.record]
        names = [mention.name for entity in record.entities for mention in entity]
        for mention, name in enumerate(names):
            ids = example.ids[example.token_index[example.token_mention == mention]]
            pieces = "".join(text.tokenizer.convert_ids_to_tokens(ids.tolist()))
            assert pieces.replace("#", "") == name.lower().replace(" ", "")


def test_docred_pairs_and_facts_are_all_ordered_pairs(docred, loaded):
    (example,), _ = docred.encode(docred.splits.train[:1], make_text(loaded))
    pairs = [divmod(int(pair), 3) for pair in example.pair]
    assert pairs == [(h, t) for h in range(3) for t in range(3) if h != t]
    facts = {(*pairs[pair], docred.relations[r]) for pair, r in example.fact.tolist()}
    assert facts == {(0, 1, "P19"), (1, 2, "P17"), (0, 2, "P27")}


def test_docred_facts_beyond_the_window_are_counted_and_stay_in_recall(docred, loaded):
    text = make_text(loaded, max_tokens=16)  # the second sentence is cut off
    examples, counts = docred.encode(docred.splits.dev, text)
    assert counts["facts_outside_window"] > 0
    assert all(len(example.ids) <= 16 for example in examples)
    perfect = []
    for example in examples:
        scores = np.full((len(example.pair), 3), -1.0, np.float32)
        scores[example.fact[:, 0], example.fact[:, 1]] = 1.0
        perfect.append(scores)
    threshold = docred.choose_threshold(docred.splits.dev, examples, perfect)
    metrics = docred.score(
        docred.splits.dev, docred.decode(docred.splits.dev, examples, perfect, threshold)
    )
    kept = 1 - counts["facts_outside_window"] / counts["facts"]
    assert metrics["precision"] == 100.0
    assert metrics["recall"] == pytest.approx(100 * kept)


def test_docred_marked_entities_are_pooled_from_their_start_markers(docred_folder, loaded):
    config = DocredConfig(**COMMON, entity_encoding="entity_marker", width=4)
    task = DocredTask(config, docred_folder)
    assert task.num_markers == 200
    text = make_text(loaded)
    examples, _ = task.encode(task.splits.train, text)
    for example in examples[:4]:
        opening = example.ids[example.token_index]
        assert len(opening) == 4  # one token a mention
        kinds = opening - text.first_marker
        assert (kinds % 2 == 0).all()
        by_entity = {e: set(kinds[example.mention_entity == e].tolist()) for e in range(3)}
        assert all(len(numbers) == 1 for numbers in by_entity.values())
        assert len(set.union(*by_entity.values())) == 3
        closing = example.ids[example.ids >= text.first_marker + 1]
        assert sorted(closing[(closing - text.first_marker) % 2 == 1] - 1) == sorted(opening)
    plain = DocredTask(DocredConfig(**COMMON, entity_encoding="mean_pool", width=4), docred_folder)
    unmarked, _ = plain.encode(task.splits.train, text)
    for marked, example in zip(examples, unmarked, strict=True):
        assert marked.ids[marked.ids < text.first_marker].tolist() == example.ids.tolist()
        np.testing.assert_array_equal(marked.pair, example.pair)
        np.testing.assert_array_equal(marked.fact, example.fact)


def test_markers_of_pre_training_are_found_in_the_tokenizer(tmp_path, tiny_encoder):
    from pipeline.model.encoder import load_encoder

    model, tokenizer = load_encoder(tiny_encoder)
    text = make_text((model, tokenizer))
    assert text.find_markers(["[S1]", "[E1]"]).tolist() == [
        text.first_marker,
        text.first_marker + 1,
    ]
    tokenizer.add_tokens(["[S1]", "[E1]"], special_tokens=True)
    assert text.find_markers(["[S1]", "[E1]"]).tolist() == tokenizer.convert_tokens_to_ids(
        ["[S1]", "[E1]"]
    )


def test_docred_head_is_the_bilinear_form_of_each_pair():
    torch.manual_seed(0)
    head = PairHead(8, 4, 3)
    torch.nn.init.normal_(head.bias)
    entity_BEH = torch.randn(2, 5, 8)
    places = [(b, h, t) for b in range(2) for h in range(5) for t in range(5) if h != t][::3]
    pair_P = torch.tensor([(b * 5 + h) * 5 + t for b, h, t in places])
    logits_PR = head(entity_BEH, pair_P)
    weight_RKK = head.bilinear.weight.view(3, 4, 4)  # relation, tail side, head side
    for (b, h, t), row in zip(places, logits_PR, strict=True):
        left = torch.tanh(head.head(entity_BEH[b, h]))
        right = torch.tanh(head.tail(entity_BEH[b, t]))
        expected = [right @ weight_RKK[r] @ left + head.bias[r] for r in range(3)]
        assert torch.allclose(row, torch.stack(expected), atol=1e-5)


def test_docred_batch_gives_each_document_what_it_gets_alone(docred, loaded):
    text = make_text(loaded)
    records = docred.splits.train[:3]
    examples, _ = docred.encode(records, text)
    head = docred.make_head(8)
    batch = docred.collate(examples, text)
    states_BTH = states_of(batch)
    together = docred.outputs(head, states_BTH, batch)
    losses = []
    for b, example in enumerate(examples):
        single = docred.collate([example], text)
        own = states_BTH[b : b + 1, : len(example.ids)]
        (alone,) = docred.outputs(head, own, single)
        np.testing.assert_allclose(alone, together[b], atol=1e-5)
        losses.append(docred.loss(head, own, single) * len(example.pair))
    total = sum(losses) / sum(len(example.pair) for example in examples)
    assert torch.allclose(docred.loss(head, states_BTH, batch), total, atol=1e-5)


def test_docred_unlabelled_test_set_gets_a_submission_and_no_scores(docred, tmp_path):
    from msgspec import structs

    from pipeline.benchmarks.metrics.docred import PredictedFact
    from pipeline.io import read_json

    records = [structs.replace(record, facts=None) for record in docred.splits.test]
    assert docred.score(records, []) == {}
    docred.write([PredictedFact("T", 0, 1, "P19")], tmp_path)
    assert read_json(tmp_path / "result.json") == [
        {"title": "T", "h_idx": 0, "t_idx": 1, "r": "P19", "evidence": []}
    ]


# --- sentence-level relations -------------------------------------------------------------------


@st.composite
def marked_sentences(draw):
    length = draw(st.integers(2, 12))
    spans = []
    for _ in range(2):
        start = draw(st.integers(0, length - 1))
        spans.append((start, draw(st.integers(start + 1, length))))
    return np.arange(length), (spans[0], spans[1])


@settings(max_examples=200, deadline=None)
@given(marked_sentences())
def test_markers_stand_around_head_and_tail(case):
    ids, spans = case
    marked, found, outside = insert_markers(ids, spans, room=99, first_marker=100)
    assert outside == 0
    assert [i for i in marked if i < 100] == ids.tolist()
    for which, (span, place) in enumerate(zip(spans, found, strict=True)):
        between = [int(i) for i in marked[slice(*place)] if i < 100]
        assert between == list(range(*span))
        assert marked[place[0] - 1] == 100 + 2 * which
        assert marked[place[1]] == 101 + 2 * which


@settings(max_examples=200, deadline=None)
@given(marked_sentences(), st.integers(5, 20))
def test_a_cut_sentence_keeps_both_entities_if_they_fit(case, room):
    ids, spans = case
    _, (head, tail), _ = insert_markers(ids, spans, room=99, first_marker=100)
    needed = max(head[1], tail[1]) + 1 - (min(head[0], tail[0]) - 1)
    marked, found, outside = insert_markers(ids, spans, room=room, first_marker=100)
    assert len(marked) == min(room, len(ids) + 4)
    assert (outside == 0) == (needed <= room)
    for start, end in found:
        assert 0 < start < end <= len(marked)


@pytest.mark.parametrize("representation", ["mean_pool", "marker_start"])
def test_semeval_pair_is_pooled_between_or_from_the_markers(semeval_folder, loaded, representation):
    config = SentenceRelationConfig(**COMMON, representation=representation)
    task = SemevalTask(config, semeval_folder)
    text = make_text(loaded)
    records = task.splits.train[:4]
    examples, counts = task.encode(records, text)
    assert counts == {"sentences": 4, "entities_outside_window": 0}
    batch = task.collate(examples, text)
    states_BTH = states_of(batch)
    head = torch.nn.Identity()
    pooled_BX = task._logits(head, states_BTH, batch)
    for b, example in enumerate(examples):
        ids = example.ids.tolist()
        first, last = (ids.index(text.first_marker + k) for k in (0, 1))
        third, fourth = (ids.index(text.first_marker + k) for k in (2, 3))
        if representation == "mean_pool":
            parts = [states_BTH[b, first + 1 : last], states_BTH[b, third + 1 : fourth]]
        else:
            parts = [states_BTH[b, first : first + 1], states_BTH[b, third : third + 1]]
        expected = torch.cat([part.mean(dim=0) for part in parts])
        assert torch.allclose(pooled_BX[b], expected, atol=1e-5)


def test_semeval_writes_the_official_lines(semeval_folder, tmp_path):
    config = SentenceRelationConfig(**COMMON, representation="mean_pool")
    task = SemevalTask(config, semeval_folder)
    gold = {task.identify(record): record.label for record in task.splits.test}
    assert task.score(task.splits.test, gold)["f1"] == 100.0
    task.write(gold, tmp_path)
    lines = (tmp_path / "proposed_answers.txt").read_text("utf-8").splitlines()
    assert lines[0] == "8001\tEntity-Origin(e1,e2)"


def test_fraction_is_stratified_and_the_released_one_is_preferred(semeval_folder):
    config = SentenceRelationConfig(**COMMON, representation="mean_pool")
    task = SemevalTask(config, semeval_folder)
    assert len(task.draw(1, 7)) == 3  # one of each relation
    task.splits.released[10] = task.splits.dev[:2]
    assert task.draw(10, 7) == task.splits.dev[:2]


# --- extractive QA ------------------------------------------------------------------------------


def make_qa(folder, **changes):
    numbers = {"max_question": 12, "max_answer": 5, "stride": 8, "halves_seed": 1} | changes
    return QaTask(QaConfig(**COMMON, **numbers), folder)


def test_qa_windows_cover_the_passage_and_its_answers(squad_folder, loaded):
    task = make_qa(squad_folder)
    text = make_text(loaded, max_tokens=32)
    context = "Ada was born in Alton. " * 6 + "Bela lives in Breda."
    spans = tuple((m, m + 5) for m in (context.index("Alton"), context.index("Breda")))
    record = Question("q", "Where?", context, 0, "", ("Alton", "Breda"), spans)
    windows, counts = task.encode([record], text)
    assert counts["windows"] == len(windows) > 2
    assert counts["answers_outside_windows"] == 0
    (tokens,) = text.tokenize([context])
    owned = [int(place) + w.begin for w in windows for place in np.flatnonzero(w.owned)]
    assert sorted(owned) == list(range(len(tokens.ids)))
    for window in windows:
        assert len(window.ids) <= 32
    found = {context[w.characters(*answer)] for w in windows for answer in w.answer.tolist()}
    assert found == {"Alton", "Breda"}


def test_qa_answer_longer_than_any_window_is_counted(squad_folder, loaded):
    task = make_qa(squad_folder)
    context = "Ada was born in Alton. " * 6
    record = Question("q", "Where?", context, 0, "", (context,), ((0, len(context)),))
    _, counts = task.encode([record], make_text(loaded, max_tokens=32))
    assert counts["answers_outside_windows"] == 1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(2, 20), st.integers(1, 20))
def test_each_token_belongs_to_the_window_with_most_context(total, room, stride):
    stride = min(stride, room)
    starts = [0]
    while starts[-1] + room < total:
        starts.append(starts[-1] + stride)
    ends = [min(start + room, total) for start in starts]
    owner = best_window(starts, ends, total)
    for place in range(total):
        context = [
            min(place - s, e - 1 - place) + 0.01 * (e - s) if s <= place < e else -1
            for s, e in zip(starts, ends, strict=True)
        ]
        assert context[owner[place]] == max(context)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 1_000))
def test_best_span_is_the_best_of_all_spans(length, max_answer, seed):
    random = np.random.default_rng(seed)
    start, end = (torch.from_numpy(random.normal(size=(2, length))) for _ in range(2))
    score, first, last = best_spans(start, end, max_answer)
    for b in range(2):
        brute = {
            (i, j): float(start[b, i] + end[b, j])
            for i, j in itertools.product(range(length), repeat=2)
            if i <= j < i + max_answer
        }
        assert float(score[b]) == pytest.approx(max(brute.values()))
        assert brute[int(first[b]), int(last[b])] == pytest.approx(float(score[b]))


def test_qa_loss_is_the_mean_over_answers_of_start_and_end(squad_folder, loaded):
    task = make_qa(squad_folder)
    text = make_text(loaded)
    windows, _ = task.encode(task.splits.train[:3], text)
    windows[1].answer = np.concatenate([windows[1].answer, windows[1].answer + 1])
    windows[2].answer = windows[2].answer[:0]  # no answer: the first token
    batch = task.collate(windows, text)
    states_BTH = states_of(batch)
    head = task.make_head(8)
    expected = []
    for b, window in enumerate(windows):
        logits = head(states_BTH[b, : len(window.ids)]).log_softmax(dim=0)
        answers = window.answer.tolist() or [[0, 0]]
        parts = [-(logits[first, 0] + logits[last, 1]) / 2 for first, last in answers]
        expected.append(torch.stack(parts).mean())
    assert torch.allclose(task.loss(head, states_BTH, batch), torch.stack(expected).mean())


def test_qa_answer_is_cut_out_of_the_passage_from_the_best_window(squad_folder, loaded):
    task = make_qa(squad_folder)
    records = task.splits.dev
    windows, _ = task.encode(records, make_text(loaded))
    outputs = [SpanScore(1.0, *window.answer[0].tolist()) for window in windows]
    worse = SpanScore(0.0, windows[0].second, windows[0].second)
    answers = task.decode(records, [*windows, windows[0]], [*outputs, worse], 0.0)
    assert answers == {record.id: record.answers[0] for record in records}
    assert task.score(records, answers) == {"exact_match": 100.0, "f1": 100.0}


def test_qa_predicts_inside_the_passage_only(squad_folder, loaded):
    task = make_qa(squad_folder)
    text = make_text(loaded)
    windows, _ = task.encode(task.splits.train, text)
    batch = move(task.collate(windows, text), torch.device("cpu"))
    head = task.make_head(8)
    for window, span in zip(windows, task.outputs(head, states_of(batch), batch), strict=True):
        assert window.second <= span.first <= span.last < len(window.ids) - 1
        assert span.last - span.first < 5


def test_qa_passage_without_tokens_gets_an_empty_answer(squad_folder, loaded):
    task = make_qa(squad_folder)
    text = make_text(loaded)
    record = Question("q", "Where?", " ", 0, "", ("Alton",), ())
    windows, counts = task.encode([record], text)
    assert counts["answers_outside_windows"] == 1
    batch = task.collate(windows, text)
    outputs = task.outputs(task.make_head(8), states_of(batch), batch)
    assert task.decode([record], windows, outputs, 0.0) == {"q": ""}


def test_qa_stride_may_leave_no_gap(squad_folder):
    with pytest.raises(ValueError, match="stride: must be at most"):
        make_qa(squad_folder, stride=60)
