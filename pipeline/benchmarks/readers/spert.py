"""Joint NER and RE: CoNLL04 and ADE in the form of SpERT (Eberts and Ulges 2019)."""

import msgspec


class Entity(msgspec.Struct, frozen=True):
    """A typed span of tokens [start, end)."""

    type: str
    start: int
    end: int


class Relation(msgspec.Struct, frozen=True):
    """A typed pair of entities, by their index in the sentence."""

    type: str
    head: int
    tail: int


class Sentence(msgspec.Struct, frozen=True):
    """Tokens with their entities and relations, gold or predicted."""

    tokens: list[str]
    entities: list[Entity]
    relations: list[Relation]
