"""Entity and relation representations of DocRED documents (paper 3.2), for Figure 6.

B documents, T tokens, H hidden size, E entities of all chosen documents, P chosen pairs.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from pipeline.benchmarks.encoding import TextEncoder, join_words
from pipeline.benchmarks.readers.docred import Document
from pipeline.model.encoder import encode, load_encoder
from pipeline.model.pooling import pool_entities
from pipeline.training.runtime import Runtime

BATCH = 16  # documents


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entities and facts are drawn: the same for every encoder.

    `entity_labels` are their types (PER, LOC, ...), `fact_labels` the names of their relations.
    """

    entities: list[tuple[int, int]]  # document, entity
    entity_labels: list[str]
    facts: list[tuple[int, int, int]]  # document, head, tail
    fact_labels: list[str]


def choose_points(
    documents: Sequence[Document],
    names: dict[str, str],
    *,
    relations: int,
    points: int,
    seed: int,
) -> Choice:
    """Draw entities, and facts of the most frequent relations (Figure 6: 10 of them).

    Args:
        documents: With labels.
        names: Name of each relation by property.
        relations: How many relations.
        points: How many entities at most, and how many facts.
        seed: Of the draw.
    """
    facts = [(d, f) for d, document in enumerate(documents) for f in document.facts or ()]
    frequent = Counter(f.relation for _, f in facts)
    # most_common breaks ties by first occurrence: sort by name to be independent of file order
    kept = sorted(frequent, key=lambda r: (-frequent[r], r))[:relations]
    facts = [(d, f) for d, f in facts if f.relation in kept]
    entities = [
        (d, e) for d, document in enumerate(documents) for e in range(len(document.entities))
    ]
    rng = np.random.Generator(np.random.PCG64(seed))
    chosen_entities = [entities[i] for i in _draw(rng, len(entities), points)]
    chosen_facts = [facts[i] for i in _draw(rng, len(facts), points)]
    return Choice(
        entities=chosen_entities,
        entity_labels=[documents[d].entities[e][0].type or "?" for d, e in chosen_entities],
        facts=[(d, f.head, f.tail) for d, f in chosen_facts],
        fact_labels=[
            f"{names.get(f.relation, '')} ({f.relation})".strip() for _, f in chosen_facts
        ],
    )


def _draw(rng: np.random.Generator, number: int, wanted: int) -> list[int]:
    chosen: list[int] = np.sort(rng.permutation(number)[:wanted]).tolist()
    return chosen


@torch.no_grad()
def embed_entities(
    folder: Path, documents: Sequence[Document], *, max_tokens: int
) -> list[npt.NDArray[np.float32]]:
    """Return one array [entities, H] per document, by the encoder in `folder` (Eq. 1).

    An entity all of whose mentions lie behind `max_tokens`, or behind what the encoder can read,
    gets zeros.
    """
    runtime = Runtime.start("fp32", 0)
    model, tokenizer = load_encoder(folder, dropout=0.0)
    model.to(runtime.device).eval()
    longest = min(max_tokens, tokenizer.model_max_length)
    text = TextEncoder(tokenizer, max_tokens=longest, vocabulary=len(tokenizer))
    embedded = []
    for first in range(0, len(documents), BATCH):
        embedded += _embed_batch(model, text, documents[first : first + BATCH], runtime)
    return embedded


def _embed_batch(
    model: torch.nn.Module, text: TextEncoder, documents: Sequence[Document], runtime: Runtime
) -> list[npt.NDArray[np.float32]]:
    words = [join_words(list(chain(*document.sentences))) for document in documents]
    tokens = text.tokenize([joined for joined, _ in words])
    room = text.room()
    rows = [torch.from_numpy(text.frame(one.ids[:room])) for one in tokens]
    ids_BT = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=text.padding)
    length_B1 = torch.tensor([[len(row)] for row in rows])
    mask_BT = (torch.arange(ids_BT.shape[1])[None] < length_B1).long()
    index: list[int] = []  # of each token in a mention
    owner: list[int] = []  # its mention
    entity: list[int] = []  # of each mention
    entities = np.cumsum([0] + [len(document.entities) for document in documents])
    for b, document in enumerate(documents):
        first_word = np.cumsum([0, *map(len, document.sentences)])
        starts = words[b][1]
        for e, mentions in enumerate(document.entities):
            for mention in mentions:
                begin, end = (int(first_word[mention.sentence]) + w for w in mention.span)
                span = tokens[b].find((int(starts[begin]), int(starts[end]) - 1))
                if span[1] <= room:
                    offset = b * ids_BT.shape[1] + text.prefix
                    index += range(offset + span[0], offset + span[1])
                    owner += [len(entity)] * (span[1] - span[0])
                    entity.append(int(entities[b]) + e)
    states_BTH = encode(model, ids_BT.to(runtime.device), mask_BT.to(runtime.device))
    entity_EH = pool_entities(
        states_BTH.flatten(0, 1).cpu(),
        torch.tensor(index, dtype=torch.long),
        torch.tensor(owner, dtype=torch.long),
        torch.tensor(entity, dtype=torch.long),
        int(entities[-1]),
    )
    return [part.numpy() for part in entity_EH.split(np.diff(entities).tolist())]


def gather_points(
    choice: Choice, embedded: Sequence[npt.NDArray[np.float32]]
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the chosen entities [E, H] and relations [P, 2H] (head and tail, paper 3.2)."""
    entity_EH = np.array([embedded[d][e] for d, e in choice.entities], np.float32)
    pair_P2H = np.array(
        [np.concatenate([embedded[d][h], embedded[d][t]]) for d, h, t in choice.facts], np.float32
    )
    return entity_EH, pair_P2H
