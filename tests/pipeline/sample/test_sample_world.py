from collections import Counter

import pytest

from pipeline.sample.article import plain, write_article
from pipeline.sample.benchmarks.docred import LABELS
from pipeline.sample.definitions import DEFINITIONS
from pipeline.sample.kinds import KINDS
from pipeline.sample.pages import block_pages, choose_topics
from pipeline.sample.phrases import PHRASES, find_phrases
from pipeline.sample.prose import PRONOUNS
from pipeline.sample.relations import RELATIONS
from pipeline.sample.remarks import DISTRACTORS, FILLERS, SORT_OF
from pipeline.sample.wikidata import knows
from pipeline.sample.world import Block, World


@pytest.fixture(scope="module")
def world() -> World:
    return World(42, 0, 6, 485)


@pytest.fixture(scope="module")
def block(world: World) -> Block:
    return world.block(3)


def test_at_least_60_relations_are_in_the_facts_and_said_in_several_ways(block: Block) -> None:
    said = {
        fact.relation
        for fact in block.facts
        if find_phrases(fact.relation, fact.head.kind.name) is not None
    }
    assert len(said) >= 60
    assert said <= RELATIONS.keys()
    for key, phrases in PHRASES.items():
        assert len(phrases.sentences) + len(phrases.dated) >= 3, key
        assert phrases.questions, key


def test_phrases_begin_with_the_head_as_well_as_with_the_tail() -> None:
    starts = Counter(
        phrases.sentences[k][0]
        for phrases in PHRASES.values()
        for k in range(len(phrases.sentences))
    )
    assert starts["{h}"] > 100
    assert starts["{t}"] > 80


def test_inverse_and_symmetric_properties_are_declared_both_ways() -> None:
    for number, relation in RELATIONS.items():
        if relation.inverse is not None and number not in (22, 25):  # both of child
            assert RELATIONS[relation.inverse].inverse == number
        assert not (relation.symmetric and relation.inverse)


def test_facts_agree_with_each_other(block: Block) -> None:
    triples = {(fact.head.item, fact.relation, fact.tail.item) for fact in block.facts}
    assert len(triples) == len(block.facts)
    for head, relation, tail in triples:
        assert head != tail
        if relation in (22, 25):
            assert (tail, 40, head) in triples
        if relation == 36 and tail in {city.item for city in block.kinds["city"]}:
            heads = {place.item for place in block.kinds["country"] + block.kinds["region"]}
            assert (tail, 1376, head) in triples or head not in heads
        if relation in (26, 3373):
            assert (tail, relation, head) in triples


def test_twin_towns_and_borders_hold_from_both_sides(world: World) -> None:
    triples = {
        (fact.head.item, fact.relation, fact.tail.item)
        for number in range(world.count)
        for fact in world.block(number).facts
    }
    for head, relation, tail in triples:
        if relation in (47, 190, 530):
            assert (tail, relation, head) in triples


def test_a_block_is_the_same_whatever_was_made_before() -> None:
    one, other = World(7, 0, 40, 485), World(7, 0, 40, 485)
    for number in (3, 39, 0, 17):
        one.block(number)
    pages = list(block_pages(one.block(20)))
    assert pages == list(block_pages(other.block(20)))
    assert pages != list(block_pages(World(8, 0, 40, 485).block(20)))


def test_item_numbers_and_titles_are_unique(world: World) -> None:
    everything = [entity for number in range(6) for entity in world.block(number).all()]
    assert len(everything) == 6 * 485
    assert len({entity.item for entity in everything}) == len(everything)
    titles = Counter(entity.title for entity in everything)
    assert titles.most_common(1)[0][1] == 1


def test_names_are_ambiguous_now_and_then(world: World) -> None:
    kinds: dict[str, set[str]] = {}
    bearers: Counter[str] = Counter()
    for number in range(6):
        for entity in world.block(number).all():
            kinds.setdefault(entity.name, set()).add(entity.kind.name)
            bearers[entity.name] += 1
    assert any({"person", "city"} <= of_name for of_name in kinds.values())
    assert any({"film", "book"} <= of_name for of_name in kinds.values())
    assert sum(times > 1 for times in bearers.values()) >= 20
    towns = Counter(city.name for n in range(6) for city in world.block(n).kinds["city"])
    assert sum(times > 1 for times in towns.values()) == 6


def test_every_kind_can_be_written_about() -> None:
    assert set(DEFINITIONS) == set(KINDS) - {"league", "parliament", "army"}
    assert set(SORT_OF) == set(KINDS)
    assert set(FILLERS) == set(SORT_OF.values())
    assert {sort for pair in DISTRACTORS for sort in pair} == set(SORT_OF.values())


def test_leads_are_like_the_papers_documents(world: World) -> None:
    """Paper 4.1: 186.9 tokens, 12.9 entities, 1.3 mentions per entity, 7.2 triples."""
    words, entities, mentions, pairs, intra, pronouns = [], [], [], [], [], 0
    for number in range(6):
        block = world.block(number)
        known = {
            (fact.head.item, fact.tail.item)
            for nearby in range(6)
            for fact in world.block(nearby).facts
            if knows(42, fact)
        }
        for topic in choose_topics(block):
            article = write_article(block, topic, words=175, sections=0)
            places: dict[int, set[int]] = {}
            count = 0
            sentences = [sentence for paragraph in article.lead for sentence in paragraph]
            for place, sentence in enumerate(sentences):
                for segment in sentence.segments:
                    if segment.entity is None or segment.entity.kind.name == "shared":
                        continue
                    if segment.named:
                        places.setdefault(segment.entity.item, set()).add(place)
                        count += 1
                    else:
                        pronouns += 1
            words.append(sum(sentence.words() for sentence in sentences))
            entities.append(len(places))
            mentions.append(count / len(places))
            found = [(a, b) for a in places for b in places if (a, b) in known]
            pairs.append(len(found))
            intra += [bool(places[a] & places[b]) for a, b in found]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    assert 175 <= mean(words) <= 200
    assert 11 <= mean(entities) <= 15
    assert 1.2 <= mean(mentions) <= 1.8
    assert 7 <= mean(pairs) <= 14
    assert 0.4 <= mean([float(one) for one in intra]) <= 0.7
    assert pronouns > len(words)


def test_sentences_are_whole(block: Block) -> None:
    for topic in choose_topics(block):
        article = write_article(block, topic, words=180, sections=3)
        paragraphs = [*article.lead, *(p for _, section in article.sections for p in section)]
        for paragraph in paragraphs:
            text = plain(paragraph)
            assert text.endswith(".")
            for wrong in ("{", "}", ",,", " ,", "  ", ", .", ",.", "the the", " a a", "|"):
                assert wrong not in text, text
            for sentence in paragraph:
                assert sentence.text[0].isupper() or sentence.text[0].isdigit()
                for fact in sentence.facts:
                    shown = {s.entity.item for s in sentence.segments if s.entity is not None}
                    assert {fact.head.item, fact.tail.item} <= shown


def test_no_paragraph_begins_with_a_pronoun(block: Block) -> None:
    words = {pronoun for cases in PRONOUNS.values() for pronoun in cases}
    for topic in choose_topics(block):
        for paragraph in write_article(block, topic, words=180, sections=0).lead:
            first = paragraph[0].segments[0]
            assert first.entity is None or first.text.lower() not in words


def test_distractors_connect_only_what_no_fact_connects(block: Block) -> None:
    for topic in choose_topics(block)[:40]:
        for paragraph in write_article(block, topic, words=180, sections=0).lead:
            for sentence in paragraph[1:]:
                named = {s.entity.item: s.entity for s in sentence.segments if s.entity}
                if not sentence.facts and len(named) == 2:
                    one, other = named.values()
                    assert not block.related(one, other)


def test_the_labels_of_docred_are_relations_that_texts_state() -> None:
    said = {number for number, _ in PHRASES} | {569, 570}
    assert set(LABELS) <= said
    assert len(LABELS) >= 40
