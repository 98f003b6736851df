import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import make_document, write_corpus, write_held_out, write_index

from pipeline.documents.sampling import draw
from pipeline.errors import InputError
from pipeline.io import read_rows
from pipeline.progress import nest
from pipeline.records.triples import TRIPLES
from pipeline.triples import corpus as triples_corpus
from pipeline.triples.annotate import AnnotateTask, annotate_shard
from pipeline.triples.corpus import build_corpus
from pipeline.triples.filters import AnnotateConfig, check_not_empty
from pipeline.triples.leakage import normalise_name

NAMES = {1: "Ada Lovelace", 2: "London", 3: "United Kingdom", 4: "Lord Byron", 5: "Newstead"}
ALIASES = [(1, "Augusta Ada King"), (3, "UK"), (4, "George Gordon")]
CLAIMS = [  # head, property, tail, rank, best
    (1, 19, 2, 1, True),
    (1, 20, 2, 1, True),
    (1, 22, 4, 2, True),
    (1, 22, 5, 1, False),
    (2, 17, 3, 1, True),
    (3, 36, 2, 1, True),
    (4, 40, 1, 1, True),
    (4, 551, 5, 1, True),
    (5, 17, 3, 1, True),
    (2, 190, 2, 1, True),
]
STORY = [
    [("Ada Lovelace", 0, 1), "was born in", ("London", 1, 2)],
    ["Her father", ("Byron", 2, 4), "lived at", ("Newstead", 3, 5)],
    [("Lovelace", 0, 1), "never met", ("him", 2, 4), "in", ("the UK", 4, 3), ("Bob", 5, None)],
]


def configure(**changes):
    values = {
        "claims": "best",
        "reverse": "stated",
        "min_entities": 1,
        "min_triples": 1,
        "max_entities": None,
        "max_triples": None,
        "relation_fraction": 1.0,
        "document_fraction": 1.0,
        "seed": 42,
    }
    return AnnotateConfig(**values | changes)


def annotate(
    folder, documents, *, wikidata=CLAIMS, properties=(), held_out=(), shards=1, **changes
):
    """Annotate documents, cut into shards; return their rows and the sum of the counts."""
    config = configure(**changes)
    size = -(-len(documents) // shards)
    parts = [documents[i : i + size] for i in range(0, len(documents), size)]
    write_corpus(folder, parts)
    write_index(
        folder / "index.duckdb",
        items=list(NAMES.items()),
        aliases=ALIASES,
        claims=wikidata,
        properties=properties,
    )
    write_held_out(folder / "held_out.parquet", held_out)
    linked = sorted((folder / "link").iterdir())
    corpus = folder / "corpus.duckdb"
    build_corpus(
        corpus,
        linked=linked,
        index=folder / "index.duckdb",
        held_out=folder / "held_out.parquet",
        all_ranks=config.claims == "all",
        complete=config.reverse == "completed",
    )
    rows, total = [], {}
    for shard in linked:
        task = AnnotateTask(
            documents=folder / "parse" / shard.name,
            linked=shard,
            corpus=corpus,
            out=folder / "out" / shard.name,
            config=config,
        )
        for name, number in annotate_shard(task).items():
            total[name] = total.get(name, 0) + number
        rows += read_rows(task.out, TRIPLES)
    return rows, total


def facts(row):
    return {(t["head"], t["property"], t["tail"]): t["intra"] for t in row["triples"]}


ALL_FACTS = {
    (0, 19, 1): True,
    (0, 20, 1): True,
    (0, 22, 2): True,
    (1, 17, 4): False,
    (2, 40, 0): True,
    (2, 551, 3): True,
    (3, 17, 4): False,
    (4, 36, 1): False,
}


def test_all_relations_of_all_ordered_pairs_with_their_sentence_flag(tmp_path):
    (row,), counts = annotate(tmp_path, [make_document("0-0", STORY)])
    assert facts(row) == ALL_FACTS
    assert counts["kept.triples_intra"] == 5
    assert counts["relation.P17"] == 2
    assert counts["kept.mentions"] == 8
    assert (counts["kept.entities"], counts["kept.entities_with_item"]) == (6, 5)


def test_a_corpus_larger_than_what_is_held_at_once_is_annotated_all_the_same(tmp_path, monkeypatch):
    place = [[("London", 0, 2), "is in", ("the UK", 1, 3)]]
    documents = [make_document("0-0", STORY), make_document("1-0", place)]
    pairs = [("augusta ada king", "george gordon", None, None)]  # names that only Wikidata has
    rows, counts = annotate(tmp_path / "whole", documents, held_out=pairs, shards=2)
    assert counts["triples.leaked"] == 2
    monkeypatch.setattr(triples_corpus, "MANY_ITEMS", 1)
    monkeypatch.setattr(triples_corpus, "BATCH", 1)
    again = annotate(tmp_path / "pieces", documents, held_out=pairs, shards=2)
    assert again == (rows, counts)


def test_claims_below_the_best_rank_count_only_if_asked_for(tmp_path):
    (best,), _ = annotate(tmp_path / "best", [make_document("0-0", STORY)])
    (all_ranks,), _ = annotate(tmp_path / "all", [make_document("0-0", STORY)], claims="all")
    assert facts(all_ranks) == facts(best) | {(0, 22, 3): False}


PROPERTIES = [  # property, name, datatype, inverse, symmetric
    (17, "country", "wikibase-item", None, False),
    (22, "father", "wikibase-item", 40, False),
    (36, "capital", "wikibase-item", 1376, False),
    (40, "child", "wikibase-item", None, None),
    (551, "residence", "wikibase-item", None, True),
]


def test_reverse_claims_are_completed_only_if_asked_for(tmp_path):
    document = [make_document("0-0", STORY)]
    (stated,), counts = annotate(tmp_path / "stated", document, properties=PROPERTIES)
    assert facts(stated) == ALL_FACTS
    assert counts["kept.triples_completed"] == 0
    (completed,), counts = annotate(
        tmp_path / "completed", document, properties=PROPERTIES, reverse="completed"
    )
    # straight from the two rules; (2, 40, 0) is stated already, as the inverse of (0, 22, 2)
    twins = {(t, 551, h): i for (h, p, t), i in ALL_FACTS.items() if p == 551}
    inverse = {22: 40, 36: 1376}
    twins |= {(t, inverse[p], h): i for (h, p, t), i in ALL_FACTS.items() if p in inverse}
    assert facts(completed) == ALL_FACTS | twins
    assert counts["kept.triples_completed"] == len(twins.keys() - ALL_FACTS.keys()) == 2


@pytest.mark.parametrize(
    ("pair", "gone"),
    [
        (("ADA LOVELACE", "london", None, None), {(0, 19, 1), (0, 20, 1)}),
        (
            ("london", "lovelace", None, None),
            {(0, 19, 1), (0, 20, 1)},
        ),  # direction; another mention
        (("augusta ada king", "byron", None, None), {(0, 22, 2), (2, 40, 0)}),  # alias
        (("Lord Byron", "Newstead", None, None), {(2, 551, 3)}),  # label that the text lacks
        (("x", "y", 3, 2), {(1, 17, 4), (4, 36, 1)}),  # items
        (("x", "y", 3, None), set()),
        (("london", "paris", None, None), set()),
    ],
)
def test_held_out_pairs_leave_by_any_name_or_by_item(tmp_path, pair, gone):
    pair = (normalise_name(pair[0]), normalise_name(pair[1]), *pair[2:])
    (row,), counts = annotate(tmp_path, [make_document("0-0", STORY)], held_out=[pair])
    assert set(facts(row)) == set(ALL_FACTS) - gone
    assert counts["triples.leaked"] == len(gone)
    assert counts["pairs.leaked"] == len({(head, tail) for head, _, tail in gone})


def test_leaked_pairs_are_counted_once_for_all_their_relations(tmp_path):
    story = [[("Ada Lovelace", 0, 1), "left", ("London", 1, 2), "and", ("the UK", 2, 3)]]
    claims = [(1, 27, 3, 1, True), (1, 551, 3, 1, True), (2, 17, 3, 1, True)]
    pairs = [(head, "united kingdom", None, None) for head in ("ada lovelace", "london")]
    _, counts = annotate(tmp_path, [make_document("0-0", story)], wikidata=claims, held_out=pairs)
    assert (counts["triples.leaked"], counts["pairs.leaked"]) == (3, 2)


@pytest.mark.parametrize(
    ("changes", "drop"),
    [
        ({"min_entities": 5, "max_entities": 5, "min_triples": 8, "max_triples": 8}, ""),
        ({"min_entities": 6}, "few_entities"),  # Bob has no item
        ({"max_entities": 4}, "many_entities"),
        ({"min_triples": 9}, "few_triples"),
        ({"max_triples": 7}, "many_triples"),
        ({"document_fraction": 1e-9}, "not_sampled"),
        ({"relation_fraction": 1e-9}, "no_sampled_relation"),
    ],
)
def test_each_filter_has_its_reason(tmp_path, changes, drop):
    (row,), counts = annotate(tmp_path, [make_document("0-0", STORY)], **changes)
    assert row["drop"] == drop
    assert bool(row["triples"]) == (drop == "")
    if drop:
        assert counts[f"documents.{drop}"] == counts["documents.in"] == 1
        with pytest.raises(InputError, match=rf"none of 1 documents is kept \({drop} 1\)"):
            check_not_empty(counts)


def test_fractions_are_nested_and_keep_what_they_keep_whole(tmp_path):
    documents = [make_document(f"{i}-0", STORY) for i in range(60)]
    kept, relations = [], []
    for fraction in (0.3, 0.7, 1.0):
        rows, _ = annotate(tmp_path / f"d{fraction}", documents, document_fraction=fraction)
        kept.append({row["doc_id"] for row in rows if not row["drop"]})
        assert all(facts(row) == ALL_FACTS for row in rows if not row["drop"])
        (row,), _ = annotate(tmp_path / f"r{fraction}", documents[:1], relation_fraction=fraction)
        relations.append(set(facts(row)))
    assert kept[0] < kept[1] < kept[2]
    assert relations[0] <= relations[1] <= relations[2] == set(ALL_FACTS)


@pytest.mark.parametrize("broken", ["index.duckdb", "held_out.parquet"])
def test_missing_or_damaged_input_is_one_line(tmp_path, broken):
    annotate(tmp_path, [make_document("0-0", STORY)])
    arguments = {
        "linked": [tmp_path / "link/shard_00000.parquet"],
        "index": tmp_path / "index.duckdb",
        "held_out": tmp_path / "held_out.parquet",
        "all_ranks": False,
        "complete": False,
    }
    (tmp_path / broken).write_bytes(b"rubbish" * 1000)
    with pytest.raises(InputError, match=f"{broken}: .*dvc repro"):
        build_corpus(tmp_path / "other.duckdb", **arguments)
    (tmp_path / broken).unlink()
    with pytest.raises(InputError, match=f"{broken}: not found"):
        build_corpus(tmp_path / "other.duckdb", **arguments)
    assert not (tmp_path / "other.duckdb").exists()


def test_shard_of_other_documents_is_refused(tmp_path):
    annotate(tmp_path, [make_document("0-0", STORY)])
    write_corpus(tmp_path / "new", [[make_document("1-0", STORY)]])
    task = AnnotateTask(
        documents=tmp_path / "new/parse/shard_00000.parquet",
        linked=tmp_path / "link/shard_00000.parquet",
        corpus=tmp_path / "corpus.duckdb",
        out=tmp_path / "o.parquet",
        config=configure(),
    )
    with pytest.raises(InputError, match=r"link/shard_00000\.parquet: made from other documents"):
        annotate_shard(task)


# Random worlds against the definition, written as loops.
SURFACES = {
    item: [name, name.upper(), *(a for i, a in ALIASES if i == item)]
    for item, name in NAMES.items()
}
ITEMS = st.sampled_from(sorted(NAMES))


@st.composite
def documents(draw_from):
    """Documents of up to four entities, each mentioned once or twice, in up to three sentences."""
    found = []
    for number in range(draw_from(st.integers(1, 4))):
        items = draw_from(st.lists(ITEMS, max_size=4, unique=True))
        mentions = draw_from(
            st.lists(st.sampled_from(range(len(items))), max_size=4) if items else st.just([])
        )
        order = [*range(len(items)), *mentions]
        parts = [
            (draw_from(st.sampled_from(SURFACES[items[e]] + ["it"])), e, items[e]) for e in order
        ]
        cuts = sorted(draw_from(st.lists(st.integers(0, len(parts)), max_size=2)))
        edges = [0, *cuts, len(parts)]
        sentences = [parts[a:b] for a, b in pairwise(edges)]
        found.append(make_document(f"{number}-0", sentences))
    return found


REVERSES = [  # property, name, datatype, inverse, symmetric
    (17, "country", "wikibase-item", 19, False),
    (22, "father", "wikibase-item", None, True),
]


def reverse(claims):
    """What `REVERSES` says follows from claims."""
    return {
        (tail, other, head)
        for head, relation, tail in claims
        for number, _, _, inverse, symmetric in REVERSES
        for other in (inverse, number if symmetric else None)
        if relation == number and other is not None
    }


def annotate_by_loops(document, linked, claims, held_out):
    """The definition: every ordered pair, every claim; leaked are pairs that a benchmark tests."""
    entities = linked["entities"]
    names, sentences = [], []
    for number, entity in enumerate(entities):
        own = [m for m in linked["mentions"] if m["entity"] == number]
        surfaces = {document["text"][m["start"] : m["end"]] for m in own}
        surfaces |= {NAMES[entity["item"]], *(a for i, a in ALIASES if i == entity["item"])}
        names.append({normalise_name(surface) for surface in surfaces})
        sentences.append({m["sentence"] for m in own})
    found, leaked, ignored = {}, set(), []
    for h, head in enumerate(entities):
        for t, tail in enumerate(entities):
            if h == t:
                continue
            tested = any(
                (a in names[h] and b in names[t])
                or (b in names[h] and a in names[t])
                or {(x, y), (y, x)} & {(head["item"], tail["item"])}
                for a, b, x, y in held_out
            )
            if tested:
                ignored.append({"head": h, "tail": t})
            for item, relation, other in claims:
                if (item, other) == (head["item"], tail["item"]):
                    if tested:
                        leaked.add((h, relation, t))
                    else:
                        found[h, relation, t] = bool(sentences[h] & sentences[t])
    return found, leaked, ignored


def count_by_loops(documents, claims, held_out, config):
    """Return the rows that follow from the definition and the filters, and the counts."""
    stated, counts, rows = set(claims), Counter(), []
    if config.reverse == "completed":
        claims = stated | reverse(stated)
    for document, linked in documents:
        found, leaked, ignored = annotate_by_loops(document, linked, claims, held_out)
        items = {number: entity["item"] for number, entity in enumerate(linked["entities"])}
        sampled = {
            key: intra
            for key, intra in found.items()
            if draw(config.seed, f"P{key[1]}") < config.relation_fraction
        }
        drop = ""
        if draw(config.seed, document["doc_id"]) >= config.document_fraction:
            drop = "not_sampled"
        elif len(items) < config.min_entities:
            drop = "few_entities"
        elif len(items) > config.max_entities:
            drop = "many_entities"
        elif len(found) < config.min_triples:
            drop = "few_triples"
        elif len(found) > config.max_triples:
            drop = "many_triples"
        elif not sampled:
            drop = "no_sampled_relation"
        rows.append((drop, {} if drop else sampled, [] if drop else ignored))
        counts["documents.in"] += 1
        counts["triples.in"] += len(found) + len(leaked)
        counts["triples.leaked"] += len(leaked)
        counts["pairs.leaked"] += len({(head, tail) for head, _, tail in leaked})
        if drop:
            counts[f"documents.{drop}"] += 1
            counts["triples.of_dropped"] += len(found)
            continue
        counts["documents.out"] += 1
        counts["triples.out"] += len(sampled)
        counts["triples.not_sampled"] += len(found) - len(sampled)
        counts["kept.words"] += len(document["text"].split())
        counts["kept.entities"] += len(items)
        counts["kept.entities_with_item"] += len(items)
        counts["kept.mentions"] += len(linked["mentions"])
        counts["kept.pairs_ignored"] += len(ignored)
        counts["kept.triples_intra"] += sum(sampled.values())
        counts["kept.triples_completed"] += sum(
            (items[head], relation, items[tail]) not in stated for head, relation, tail in sampled
        )
        counts.update(f"relation.P{relation}" for _, relation, _ in sampled)
    return rows, counts


HELD_NAMES = st.sampled_from(
    sorted(normalise_name(name) for names in SURFACES.values() for name in names)
)


@settings(max_examples=40, deadline=None)
@given(
    documents(),
    st.lists(
        st.tuples(ITEMS, st.sampled_from([17, 19, 22]), ITEMS, st.just(1), st.booleans()),
        max_size=12,
    ),
    st.lists(
        st.tuples(
            HELD_NAMES, HELD_NAMES, st.sampled_from([None, 1, 2]), st.sampled_from([None, 3, 4])
        ),
        max_size=3,
    ),
    st.integers(1, 3),
    st.fixed_dictionaries(
        {
            "reverse": st.sampled_from(["stated", "completed"]),
            "min_triples": st.integers(1, 3),
            "max_entities": st.integers(2, 4),
            "max_triples": st.integers(3, 9),
            "relation_fraction": st.sampled_from([1.0, 0.7]),
            "document_fraction": st.sampled_from([1.0, 0.7]),
        }
    ),
)
def test_annotation_equals_the_definition(found, wikidata, held_out, shards, changes):
    wikidata = list({row[:3]: row for row in wikidata if row[0] != row[2]}.values())
    changes |= {"min_entities": 2}
    with tempfile.TemporaryDirectory() as folder:
        rows, counts = annotate(
            Path(folder),
            found,
            wikidata=wikidata,
            properties=REVERSES,
            held_out=held_out,
            shards=shards,
            **changes,
        )
    claims = [row[:3] for row in wikidata if row[4]]
    expected, expected_counts = count_by_loops(found, claims, held_out, configure(**changes))
    assert [(row["drop"], facts(row), row["ignored"]) for row in rows] == expected
    assert {name: number for name, number in counts.items() if number} == +expected_counts
    for row in rows:
        keys = [(t["head"], t["tail"], t["property"]) for t in row["triples"]]
        assert keys == sorted(keys)
    for group in (nest(counts)[name] for name in ("documents", "triples")):
        assert group.pop("in") == sum(group.values())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"min_entities": 0}, "min_entities: must be at least 1, got 0"),
        ({"max_triples": 0}, r"max_triples: must be null or at least min_triples \(1\), got 0"),
        ({"relation_fraction": 0.0}, "relation_fraction: must be above 0"),
        ({"document_fraction": 1.5}, "document_fraction: .*got 1.5"),
    ],
)
def test_impossible_values_are_named(changes, message):
    with pytest.raises(ValueError, match=message):
        configure(**changes)
