import pytest

from pipeline.benchmarks.readers.running_text import HumanDocument
from pipeline.quality.report import compare
from pipeline.quality.score import (
    Annotated,
    Tally,
    count_entities,
    count_facts,
    count_spans,
    match_entities,
    pair_entities,
    total,
)

TEXT = "Ada met the Odas in Oda. Odan salt is from Oda in 1900."


def spans(*names):
    found, at = [], 0
    for name in names:
        at = TEXT.index(name, at)
        found.append((at, at + len(name)))
        at += 1
    return found


ADA, BAND, CITY, PEOPLE, YEAR = (
    spans("Ada"),
    spans("the Odas"),
    spans("Oda.", "Oda in"),
    spans("Odan"),
    spans("1900"),
)
CITY = [(start, start + 3) for start, _ in CITY]
GOLD = HumanDocument(
    title="Oda",
    text=TEXT,
    entities=[[(s, e, "X") for s, e in mentions] for mentions in (ADA, BAND, CITY, PEOPLE, YEAR)],
    facts={(0, 2, 19), (0, 3, 27), (1, 2, 740), (0, 4, 569)},
)
# "the Odas" without its article; city and people are one item
OURS = Annotated(
    entities=[ADA, [(BAND[0][0] + 4, BAND[0][1])], CITY + PEOPLE, spans("salt")],
    facts={(0, 2, 19), (0, 2, 27), (1, 2, 740), (3, 2, 495), (0, 2, 551)},
)


def test_spans_must_be_exact():
    found = {span for mentions in OURS.entities for span in mentions}
    assert count_spans(found, GOLD) == Tally(4, 6, 4, 6)
    assert count_spans({(s, e) for m in GOLD.entities for s, e, _ in m}, GOLD).scores.f1 == 100
    assert count_spans(set(), GOLD).scores == (0, 0, 0)


def test_an_entity_may_match_two_and_is_paired_with_one():
    assert match_entities(OURS, GOLD) == {0: {0}, 1: {1}, 2: {2, 3}}
    assert pair_entities(OURS, GOLD) == {0: {0}, 1: {1}, 2: {2}}
    assert count_entities(OURS, GOLD) == Tally(3, 4, 3, 5)


def test_facts_of_matched_and_of_paired_entities():
    assert count_facts(OURS, GOLD, match_entities(OURS, GOLD), None) == Tally(3, 5, 3, 4)
    assert count_facts(OURS, GOLD, pair_entities(OURS, GOLD), None) == Tally(2, 5, 2, 4)


def test_facts_of_what_the_index_holds():
    # Odas and year unknown: (1, 2, 740) and (0, 4, 569) go, and so does our (1, 2, 740); our fact
    # about salt, which people did not mark, stays and is wrong
    assert count_facts(OURS, GOLD, match_entities(OURS, GOLD), {0, 2, 3}) == Tally(2, 4, 2, 2)
    assert count_facts(OURS, GOLD, match_entities(OURS, GOLD), set()) == Tally(0, 0, 0, 0)


def test_people_s_own_annotation_is_perfect_and_none_is_nothing():
    perfect = Annotated([[(s, e) for s, e, _ in m] for m in GOLD.entities], set(GOLD.facts))
    for matches in (match_entities(perfect, GOLD), pair_entities(perfect, GOLD)):
        assert count_facts(perfect, GOLD, matches, None).scores == (100, 100, 100)
    assert count_facts(Annotated([], set()), GOLD, {}, None).scores == (0, 0, 0)
    assert total([Tally(1, 2, 1, 3), Tally(0, 1, 0, 1)]) == Tally(1, 3, 1, 4)
    assert total([]) == Tally(0, 0, 0, 0)


def test_the_report_leaves_out_other_relations_and_documents_without_facts():
    silent = HumanDocument(title="S", text=TEXT, entities=GOLD.entities, facts=None)
    tagged = [{ADA[0]}, set()]
    report = compare([GOLD, silent], tagged, [OURS, OURS], [{0, 1, 2, 3}] * 2, {19, 27, 740, 569})
    assert report["documents"] == 2
    assert report["mentions"]["tagger"]["f1"] == pytest.approx(2 * 100 / 13, abs=0.01)
    assert report["relations"]["documents"] == 1
    assert report["relations"]["all"]["found"] == 3
    assert report["relations"]["in_index"]["f1"] == 100
    assert report["relations"]["paper_f1"] == 25.4
