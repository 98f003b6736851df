import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.io import write_shard
from pipeline.model.encoder import SpecialTokens
from pipeline.records.encoded import ENCODED
from pipeline.training.batches import MAX_PADDING, Layout, Sheet, lay_out, read_views
from pipeline.training.corpus import Corpus, Relations
from pipeline.training.questions import answerable, choose_triples, list_candidates, write_prompts
from pipeline.training.views import Prompts, build_views
from tests.tiny_training import random_document

TOKENS = SpecialTokens(start=2, separator=3, padding=0, mask=4)
NAMES = [[185], [186, 187], [188, 189, 190], [185, 186], [187], [190, 191]]


def relations():
    flat = np.asarray([i for name in NAMES for i in name])
    ends = np.concatenate([[0], np.cumsum([len(name) for name in NAMES])])
    return Relations(tuple(str(n) for n in range(len(NAMES))), flat, ends)


def open_rows(rows, folder):
    write_shard(folder / "train" / "shard_00000.parquet", rows, ENCODED)
    return Corpus.open(folder / "train", folder / "flat")


def draw_rows(seed, number=7):
    generator = np.random.default_rng(seed)
    return [random_document(generator, n) for n in range(number)]


def test_corpus_gives_back_the_documents_in_any_order(tmp_path):
    rows = draw_rows(1)
    corpus = open_rows(rows, tmp_path)
    wanted = [4, 0, 4]
    docs = corpus.gather(np.asarray(wanted))
    for place, number in enumerate(wanted):
        row = rows[number]
        tokens = slice(*docs.token_offset[place : place + 2])
        mentions = slice(*docs.mention_offset[place : place + 2])
        triples = slice(*docs.triple_offset[place : place + 2])
        base = docs.entity_offset[place]
        assert docs.token_T[tokens].tolist() == row["input_ids"]
        assert docs.mention_start_M[mentions].tolist() == row["mention_start"]
        assert (docs.mention_entity_M[mentions] - base).tolist() == row["mention_entity"]
        assert (docs.head_R[triples] - base).tolist() == row["head"]
        assert docs.intra_R[triples].tolist() == row["intra"]
    assert corpus.doc_ids(wanted) == ["4-0", "0-0", "4-0"]


def slow_sequence(row, prompt, limit):
    """The sequence and its kept mentions (start, end, entity), by lists."""
    room = limit - 2 - len(prompt)
    sequence = [2, *prompt, *row["input_ids"][: max(room, 0)], 3]
    mentions = [
        (start + 1 + len(prompt), end + 1 + len(prompt), entity)
        for start, end, entity in zip(
            row["mention_start"], row["mention_end"], row["mention_entity"], strict=True
        )
        if end <= room
    ]
    return sequence, mentions


@given(st.integers(0, 10_000), st.integers(16, 70))
@settings(max_examples=40, deadline=None)
def test_views_questions_and_tensors_equal_lists(tmp_path_factory, seed, limit):
    rows = draw_rows(seed)
    corpus = open_rows(rows, tmp_path_factory.mktemp("corpus"))
    docs = corpus.gather(np.arange(len(rows)))
    names = relations()
    generator = np.random.default_rng(seed)
    askable, first = answerable(docs, docs, names, max_length=limit)
    chosen = choose_triples(docs, askable, generator)
    prompts = write_prompts(docs, names, chosen, first, special=TOKENS)
    views = build_views(docs, np.arange(len(rows)), prompts, special=TOKENS, max_length=limit)
    questions = list_candidates(docs, views, chosen, "exclude")
    printed = list_candidates(docs, views, chosen, "keep")
    asked = 0
    for number, row in enumerate(rows):
        triples = list(zip(row["head"], row["tail"], row["relation"], strict=True))

        def prompt_of(triple, row=row):
            place = row["mention_entity"].index(triple[0])
            span = slice(row["mention_start"][place], row["mention_end"][place])
            return [*NAMES[triple[2]], *row["input_ids"][span], 3]

        def is_askable(triple, row=row, prompt_of=prompt_of):
            kept = {e for _, _, e in slow_sequence(row, prompt_of(triple), limit)[1]}
            return triple[0] in kept and triple[1] in kept

        mine = slice(*docs.triple_offset[number : number + 2])
        assert askable[mine].tolist() == [is_askable(t) for t in triples]
        prompt = []
        if any(is_askable(t) for t in triples):
            triple = triples[chosen[number] - docs.triple_offset[number]]
            assert is_askable(triple)
            prompt = prompt_of(triple)
        else:
            assert chosen[number] == -1
        sequence, mentions = slow_sequence(row, prompt, limit)
        tokens = slice(*views.token_offset[number : number + 2])
        assert views.token_T[tokens].tolist() == sequence
        assert len(sequence) <= max(limit, 2 + len(prompt))
        own = views.mention_view_M == number
        base = views.entity_offset[number]
        found = zip(
            views.mention_start_M[own],
            views.mention_end_M[own],
            views.mention_entity_M[own] - base,
            strict=True,
        )
        assert [tuple(map(int, m)) for m in found] == mentions
        if not prompt:
            continue
        assert questions.view_A[asked] == number
        assert questions.head_A[asked] - base == triple[0]
        kept = {e for _, _, e in mentions}
        ignored = {
            t
            for h, t in zip(row["ignored_head"], row["ignored_tail"], strict=True)
            if h == triple[0]
        }
        true = {t for h, t, r in triples if (h, r) == (triple[0], triple[2])}
        for table, others in (
            (questions, kept - {triple[0]} - true - ignored),
            (printed, kept - {triple[0], triple[1]}),
        ):
            candidates = [int(c - base) for c in table.candidate_AC[asked] if c >= 0]
            assert candidates[0] == triple[1]
            assert sorted(candidates[1:]) == sorted(others)
        asked += 1
    assert asked == len(questions.view_A)


@given(st.lists(st.integers(2, 300), min_size=1, max_size=80), st.sampled_from([1, 8]))
@settings(deadline=None)
def test_rectangles_hold_every_sequence_once_with_little_padding(lengths, unit):
    base, shapes = lay_out(np.asarray(lengths), Layout("rectangles", unit=unit))
    used = np.concatenate([np.arange(b, b + n) for b, n in zip(base, lengths, strict=True)])
    size = sum(rows * width for rows, width in shapes)
    assert all(width % unit == 0 or width == max(lengths) for _, width in shapes)
    assert max(width for _, width in shapes) == max(lengths)
    assert len(np.unique(used)) == len(used)
    assert used.max() < size
    assert sum(lengths) >= (1 - MAX_PADDING) * (size - (unit - 1) * sum(r for r, _ in shapes))


def test_readings_divide_the_sheet(tmp_path):
    rows = draw_rows(3)
    docs = open_rows(rows, tmp_path).gather(np.arange(len(rows)))
    views = build_views(
        docs, np.arange(len(rows)), Prompts.none(len(rows)), special=TOKENS, max_length=64
    )
    sheet = Sheet(views, views.token_T, np.arange(0, len(views.token_T), 5))
    import torch

    seen = 0
    for first, last in ((0, 3), (3, 4), (4, 7)):
        reading = read_views(sheet, first, last, padding=0)
        flat = torch.cat([ids.flatten() for ids, _ in reading.blocks])
        mask = torch.cat([mask.flatten() for _, mask in reading.blocks])
        tokens = slice(views.token_offset[first], views.token_offset[last])
        assert sorted(flat[mask == 1].tolist()) == sorted(views.token_T[tokens].tolist())
        assert (flat[mask == 0] == 0).all()
        assert flat[reading.mlm_position_K].tolist() == reading.mlm_label_K.tolist()
        text = flat[reading.token_index_S]
        expected = [
            t
            for v in range(first, last)
            for s, e in zip(rows[v]["mention_start"], rows[v]["mention_end"], strict=True)
            if e <= 62
            for t in rows[v]["input_ids"][s:e]
        ]
        assert text.tolist() == expected
        seen += reading.num_entities
    assert seen == views.entity_offset[-1]


def test_documents_without_triples_or_mentions_are_no_question(tmp_path):
    empty = {name: [] for name in ENCODED.names} | {"doc_id": "0-0", "page_id": 0}
    empty["input_ids"] = [5, 6, 7]
    docs = open_rows([empty, empty], tmp_path).gather(np.arange(2))
    askable, first = answerable(docs, docs, relations(), max_length=32)
    chosen = choose_triples(docs, askable, np.random.default_rng(0))
    prompts = write_prompts(docs, relations(), chosen, first, special=TOKENS)
    views = build_views(docs, np.arange(2), prompts, special=TOKENS, max_length=32)
    assert views.token_T.tolist() == [2, 5, 6, 7, 3] * 2
    assert len(list_candidates(docs, views, chosen, "exclude").view_A) == 0


def test_an_empty_part_is_one_line(tmp_path):
    from pipeline.errors import InputError

    with pytest.raises(InputError, match="holds no document"):
        open_rows([], tmp_path)
