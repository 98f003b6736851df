"""The statistics of a corpus beside those of the paper's (section 4.1)."""

from collections.abc import Mapping

PAPER = {
    "documents": 1_000_000,
    "tokens_per_document": 186.9,
    "entities_per_document": 12.9,
    "mentions_per_entity": 1.3,
    "triples_per_document": 7.2,
    "relations": 4_000,  # "more than"
}


def describe_corpus(
    *, documents: int, tokens: int, entities: int, mentions: int, triples: int, relations: int
) -> Mapping[str, Mapping[str, float]]:
    """Return the means of a corpus from its totals: name -> {here, paper}.

    What a token is depends on the caller: the paper does not say whether it counts words or pieces
    of words.
    """
    here = {
        "documents": documents,
        "tokens_per_document": _mean(tokens, documents),
        "entities_per_document": _mean(entities, documents),
        "mentions_per_entity": _mean(mentions, entities),
        "triples_per_document": _mean(triples, documents),
        "relations": relations,
    }
    return {name: {"here": here[name], "paper": paper} for name, paper in PAPER.items()}


def _mean(total: int, number: int) -> float:
    return round(total / number, 2) if number else 0.0
