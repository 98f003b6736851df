"""A sentence of SpERT's form as spans of words, with the gold entities and pairs among them."""

from dataclasses import dataclass

import numpy as np

from pipeline.benchmarks.encoding import Ints, TextEncoder, Tokens
from pipeline.benchmarks.readers.spert import Sentence, Types
from pipeline.benchmarks.tasks.base import Example


@dataclass(slots=True)
class SpertExample(Example):
    """A sentence: its spans of words, and the gold entities and pairs among them.

    The first `num_candidates` spans are those that are classified; gold ones that are longer
    follow, to be trained on.
    """

    words: Ints  # [N, 2]
    tokens: Ints  # [N, 2], positions in `ids`
    type: Ints  # [N], 0: no entity
    num_candidates: int
    pair: Ints  # [P, 2]: head and tail span of every ordered pair of gold entities
    fact: Ints  # [F, 2]: index into `pair`, relation


def make_example(
    index: int,
    record: Sentence,
    types: Types,
    *,
    tokens: Tokens,
    word_start: Ints,
    text: TextEncoder,
    max_span: int,
) -> SpertExample:
    """Return the example of a sentence.

    Args:
        index: Of the record.
        record: The sentence.
        types: All types; their order gives the numbers, entities count from 1.
        tokens: The words joined by spaces, tokenised.
        word_start: As `join_words` gives it.
        text: What frames the tokens.
        max_span: Words of the longest span that is classified.
    """
    first_W = np.searchsorted(tokens.end, word_start[:-1], side="right")
    last_W = np.searchsorted(tokens.start, word_start[1:] - 1, side="left")
    # words that the window shows in whole
    number = int(np.searchsorted(np.maximum.accumulate(last_W), text.room(), side="right"))
    start, length = np.divmod(np.arange(number * max_span), max_span)
    words = np.stack([start, start + length + 1], axis=1)
    words = words[words[:, 1] <= number]
    words = words[first_W[words[:, 0]] < last_W[words[:, 1] - 1]]  # with some token at all
    place = {(first, last): n for n, (first, last) in enumerate(words.tolist())}
    num_candidates = len(place)
    gold = [(entity.start, entity.end) for entity in record.entities]
    for first, last in gold:
        if last <= number and last - first > max_span:
            place.setdefault((first, last), len(place))
    words = np.array(list(place), np.int64).reshape(-1, 2)
    entity_number = {name: n for n, name in enumerate(types.entities, 1)}
    kinds = np.zeros(len(words), np.int64)
    for entity, span in zip(record.entities, gold, strict=True):
        if span in place:
            kinds[place[span]] = entity_number[entity.type]
    shown = sorted({place[span] for span in gold if span in place})
    pairs = [(head, tail) for head in shown for tail in shown if head != tail]
    bounds = np.stack([first_W[words[:, 0]], last_W[words[:, 1] - 1]], axis=1)
    ids = text.frame(tokens.ids[: text.room()])
    return SpertExample(
        record=index,
        ids=ids,
        second=len(ids),
        words=words,
        tokens=bounds + text.prefix,
        type=kinds,
        num_candidates=num_candidates,
        pair=np.array(pairs, np.int64).reshape(-1, 2),
        fact=_find_facts(record, types, [place.get(span) for span in gold], pairs),
    )


def _find_facts(
    record: Sentence, types: Types, spans: list[int | None], pairs: list[tuple[int, int]]
) -> Ints:
    """Return [F, 2]: index into `pairs` and number of each relation whose spans are shown."""
    relation_number = {name: n for n, name in enumerate(types.relations)}
    pair_number = {pair: n for n, pair in enumerate(pairs)}
    facts = set()
    for relation in record.relations:
        head, tail = spans[relation.head], spans[relation.tail]
        if head is not None and tail is not None and head != tail:
            facts.add((pair_number[head, tail], relation_number[relation.type]))
    return np.array(sorted(facts), np.int64).reshape(-1, 2)
