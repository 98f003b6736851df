"""How entities are shown to the encoder: as they are, between markers, or blanked.

Mean pooling (paper 3.2) changes nothing. Entity markers (paper 5.4): a start and an end token
around each mention, one of 100 pairs drawn at random for each entity of a document, the same for
all its mentions; an entity is then the mean of the states of its start tokens.
"""

import dataclasses
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from pipeline.model.ragged import Bools, Ints, expand, offsets, owners
from pipeline.training.corpus import Documents

EntityEncoding = Literal["mean_pool", "entity_marker"]

NUM_MARKERS = 100  # paper, footnote 12


def add_markers(model: nn.Module, tokenizer: Any, *, seed: int) -> Ints:
    """Add the marker tokens [S1], [E1], ... to tokenizer and embeddings; return their ids [100, 2].

    New embeddings are drawn by `seed` from the model's own initialisation. Tokens that are there
    already (a checkpoint that was trained with them) are kept.
    """
    names = [f"[{side}{n}]" for n in range(1, NUM_MARKERS + 1) for side in ("S", "E")]
    tokenizer.add_tokens(names, special_tokens=True)
    hf_model: Any = model
    if len(tokenizer) > hf_model.get_input_embeddings().num_embeddings:
        torch.manual_seed(seed)
        hf_model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    ids: Ints = np.asarray(tokenizer.convert_tokens_to_ids(names), np.int64).reshape(-1, 2)
    return ids


def insert_markers(docs: Documents, marker_K2: Ints, generator: np.random.Generator) -> Documents:
    """Return the documents with markers around all mentions; a mention is its start marker.

    A document with more entities than pairs uses some pairs twice.

    Args:
        docs: The documents.
        marker_K2: Ids of start and end of each pair.
        generator: One number per document and pair is drawn.
    """
    doc_M = owners(np.diff(docs.mention_offset))
    start_M = docs.token_offset[doc_M] + docs.mention_start_M
    end_M = docs.token_offset[doc_M] + docs.mention_end_M
    size = len(docs.token_T)
    before_T = np.bincount(start_M, minlength=size + 1) + np.bincount(end_M, minlength=size + 1)
    place_T = np.arange(size) + np.cumsum(before_T)[:size]
    token_offset = offsets(np.diff(docs.token_offset) + 2 * np.diff(docs.mention_offset))

    pair_DK = np.argsort(generator.random((len(docs), len(marker_K2))), axis=1)
    local_M = docs.mention_entity_M - docs.entity_offset[doc_M]
    pair_M = pair_DK[doc_M, local_M % len(marker_K2)]
    opening_M, closing_M = place_T[start_M] - 1, place_T[end_M - 1] + 1
    token_T = np.empty(token_offset[-1], np.int64)
    token_T[place_T] = docs.token_T
    token_T[opening_M], token_T[closing_M] = marker_K2[pair_M].T
    maskable_T = np.zeros(len(token_T), np.bool_)
    maskable_T[place_T] = docs.maskable_T
    first_M = opening_M - token_offset[doc_M]
    return dataclasses.replace(
        docs,
        token_T=token_T,
        token_offset=token_offset,
        maskable_T=maskable_T,
        mention_start_M=first_M,
        mention_end_M=first_M + 1,
        mention_limit_M=closing_M - token_offset[doc_M] + 1,
    )


def blank_entities(
    docs: Documents, probability: float, blank_id: int, generator: np.random.Generator
) -> Documents:
    """Return the documents with all mentions of some entities blanked (paper 3.5, its negative).

    Each token of such a mention becomes `blank_id`, so that spans keep their places; it is no
    token to predict.
    """
    blank_E = generator.random(docs.entity_offset[-1]) < probability
    token_T, maskable_T = docs.token_T.copy(), docs.maskable_T.copy()
    place = _mention_tokens(docs, blank_E[docs.mention_entity_M])
    token_T[place] = blank_id
    maskable_T[place] = False
    return dataclasses.replace(docs, token_T=token_T, maskable_T=maskable_T)


def protect_mentions(docs: Documents) -> Documents:
    """Return the documents with the tokens of mentions marked as not maskable."""
    maskable_T = docs.maskable_T.copy()
    maskable_T[_mention_tokens(docs, np.ones(len(docs.mention_entity_M), np.bool_))] = False
    return dataclasses.replace(docs, maskable_T=maskable_T)


def _mention_tokens(docs: Documents, which_M: Bools) -> Ints:
    doc_M = owners(np.diff(docs.mention_offset))[which_M]
    start_M, end_M = docs.mention_start_M[which_M], docs.mention_end_M[which_M]
    return expand(docs.token_offset[doc_M] + start_M, end_M - start_M)
