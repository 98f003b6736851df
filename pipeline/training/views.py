"""What the encoder reads of a document: special tokens, the prompt of ED, the text cut to fit.

V views; a view is `[CLS] document [SEP]`, or for entity discrimination (paper 3.3)
`[CLS] relation_name head_mention [SEP] document [SEP]`. The prompt's head mention is no mention of
the document: it is never pooled (footnote 3).
"""

from dataclasses import dataclass

import numpy as np

from pipeline.model.encoder import SpecialTokens
from pipeline.model.ragged import Bools, Ints, expand, offsets, owners
from pipeline.training.corpus import Documents

SPECIAL = 2  # tokens around a document: start and end


@dataclass(frozen=True, slots=True)
class Prompts:
    """Flat token ids in front of each view's document, separator included; may be empty."""

    token: Ints
    length_V: Ints

    @classmethod
    def none(cls, num_views: int) -> "Prompts":
        """Return no prompt for any of `num_views` views."""
        return cls(np.zeros(0, np.int64), np.zeros(num_views, np.int64))


@dataclass(frozen=True, slots=True)
class Views:
    """Token sequences, flat, with the mentions that lie wholly within the length limit.

    Each view has its own entities: entity e of the view's document is number
    `entity_offset[view] + e`. Mention spans count from the start of the sequence.
    """

    doc_V: Ints
    token_T: Ints
    token_offset: Ints
    maskable_T: Bools
    mention_view_M: Ints  # ascending
    mention_start_M: Ints
    mention_end_M: Ints
    mention_entity_M: Ints
    entity_offset: Ints
    kept_E: Bools  # has a mention within the limit

    def __len__(self) -> int:
        """Return the number of views."""
        return len(self.doc_V)


def build_views(
    docs: Documents,
    doc_V: Ints,
    prompts: Prompts,
    *,
    special: SpecialTokens,
    max_length: int,
    mask_prompts: bool = False,
) -> Views:
    """Lay out one sequence per element of `doc_V`.

    Mentions that end beyond the limit are dropped, never shortened.

    Args:
        docs: The documents.
        doc_V: Which document each view shows.
        prompts: What stands in front of each.
        special: Ids of the special tokens.
        max_length: Tokens of a sequence at most, special tokens and prompt included.
        mask_prompts: Whether tokens of prompts (not their separator) are maskable.
    """
    body_V = body_lengths(docs, doc_V, prompts.length_V, max_length)
    token_offset = offsets(SPECIAL + prompts.length_V + body_V)
    token_T = np.empty(token_offset[-1], np.int64)
    maskable_T = np.zeros(len(token_T), np.bool_)
    token_T[token_offset[:-1]] = special.start
    token_T[token_offset[1:] - 1] = special.separator
    prompt_place = expand(token_offset[:-1] + 1, prompts.length_V)
    token_T[prompt_place] = prompts.token
    maskable_T[prompt_place] = mask_prompts & (prompts.token != special.separator)
    body_start_V = 1 + prompts.length_V
    body_place = expand(token_offset[:-1] + body_start_V, body_V)
    body_source = expand(docs.token_offset[doc_V], body_V)
    token_T[body_place] = docs.token_T[body_source]
    maskable_T[body_place] = docs.maskable_T[body_source]

    mentions_D = np.diff(docs.mention_offset)
    view_M = owners(mentions_D[doc_V])
    source_M = expand(docs.mention_offset[doc_V], mentions_D[doc_V])
    fits_M = docs.mention_limit_M[source_M] <= body_V[view_M]
    view_M, source_M = view_M[fits_M], source_M[fits_M]
    entity_offset = offsets(np.diff(docs.entity_offset)[doc_V])
    entity_M = (
        docs.mention_entity_M[source_M] - docs.entity_offset[doc_V[view_M]] + entity_offset[view_M]
    )
    kept_E = np.zeros(entity_offset[-1], np.bool_)
    kept_E[entity_M] = True
    return Views(
        doc_V=doc_V,
        token_T=token_T,
        token_offset=token_offset,
        maskable_T=maskable_T,
        mention_view_M=view_M,
        mention_start_M=docs.mention_start_M[source_M] + body_start_V[view_M],
        mention_end_M=docs.mention_end_M[source_M] + body_start_V[view_M],
        mention_entity_M=entity_M,
        entity_offset=entity_offset,
        kept_E=kept_E,
    )


def body_lengths(docs: Documents, doc_V: Ints, prompt_length_V: Ints, max_length: int) -> Ints:
    """Return how many tokens of its document each view has room for."""
    room_V = np.maximum(max_length - SPECIAL - prompt_length_V, 0)
    return np.minimum(np.diff(docs.token_offset)[doc_V], room_V)
