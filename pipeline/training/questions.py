"""Choose the questions of entity discrimination (paper 3.3): one (head, relation) per document."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.model.encoder import SpecialTokens
from pipeline.model.ragged import Bools, Ints, draw_from_each, expand, offsets, owners
from pipeline.training.corpus import Documents, Relations
from pipeline.training.views import SPECIAL, Prompts, Views

OtherTails = Literal["exclude", "keep"]


@dataclass(frozen=True, slots=True)
class Questions:
    """Which tail does the head have under the relation? A questions, C candidates at most.

    Entities are those of the views. Column 0 of `candidate_AC` is the true tail; -1 is padding.
    """

    view_A: Ints
    head_A: Ints
    candidate_AC: Ints


def answerable(
    docs: Documents, shown: Documents, relations: Relations, *, max_length: int
) -> tuple[Bools, Ints]:
    """Return which triples can be asked, and the first mention of the head of each.

    A triple can be asked if, with its prompt in front, head and tail still have a mention within
    the length limit, and they are two entities.

    Args:
        docs: The documents, which prompts take their mentions from.
        shown: The same documents as the encoder reads them (with markers, say).
        relations: Their names' lengths count.
        max_length: Tokens of a sequence at most.
    """
    end_E = np.full(shown.entity_offset[-1], np.iinfo(np.int64).max)
    np.minimum.at(end_E, shown.mention_entity_M, shown.mention_limit_M)
    first_E = np.full(len(end_E), -1, np.int64)
    reverse = np.arange(len(docs.mention_entity_M))[::-1]
    first_E[docs.mention_entity_M[reverse]] = reverse
    first_R = first_E[docs.head_R]
    head_length_R = np.where(
        first_R >= 0, docs.mention_end_M[first_R] - docs.mention_start_M[first_R], 0
    )
    name_length_R = np.diff(relations.name_offset)[docs.relation_R]
    prompt_R = name_length_R + head_length_R + 1
    room_R = max_length - SPECIAL - prompt_R
    fits_R = np.maximum(end_E[docs.head_R], end_E[docs.tail_R]) <= room_R
    return fits_R & (docs.head_R != docs.tail_R), first_R


def choose_triples(docs: Documents, askable_R: Bools, generator: np.random.Generator) -> Ints:
    """Return one askable triple of each document, uniformly; -1 where there is none."""
    index_R = np.flatnonzero(askable_R)
    doc_R = np.searchsorted(docs.triple_offset, index_R, side="right") - 1
    count_D = np.bincount(doc_R, minlength=len(docs))
    draw_D = offsets(count_D)[:-1] + draw_from_each(count_D, generator)
    chosen_D = np.full(len(docs), -1, np.int64)
    has_D = count_D > 0
    chosen_D[has_D] = index_R[draw_D[has_D]]
    return chosen_D


def write_prompts(
    docs: Documents,
    relations: Relations,
    triple_V: Ints,
    first_R: Ints,
    *,
    special: SpecialTokens,
) -> Prompts:
    """Return `relation_name head_mention [SEP]` of each triple; nothing where it is -1."""
    asked_V = triple_V >= 0
    triple_A = triple_V[asked_V]
    relation_A, first_A = docs.relation_R[triple_A], first_R[triple_A]
    doc_A = np.searchsorted(docs.mention_offset, first_A, side="right") - 1
    name_A = np.diff(relations.name_offset)[relation_A]
    head_A = (docs.mention_end_M - docs.mention_start_M)[first_A]
    length_A = name_A + head_A + 1
    start_A = offsets(length_A)[:-1]
    token = np.full(length_A.sum(), special.separator, np.int64)
    token[expand(start_A, name_A)] = relations.name_ids[
        expand(relations.name_offset[relation_A], name_A)
    ]
    token[expand(start_A + name_A, head_A)] = docs.token_T[
        expand(docs.token_offset[doc_A] + docs.mention_start_M[first_A], head_A)
    ]
    length_V = np.zeros(len(triple_V), np.int64)
    length_V[asked_V] = length_A
    return Prompts(token, length_V)


def list_candidates(
    docs: Documents, views: Views, triple_V: Ints, other_tails: OtherTails
) -> Questions:
    """Return the candidates of Eq. 2: the document's entities but the head.

    Args:
        docs: The documents.
        views: One view per element of `triple_V`, with its prompt.
        triple_V: The triple asked in each view, -1 for none.
        other_tails: Whether other true tails of the same head and relation stand among the
            candidates, as in the equation as printed, or not; nor do then the tails of the head's
            ignored pairs, which may be true ones.
    """
    view_A = np.flatnonzero(triple_V >= 0)
    triple_A, doc_A = triple_V[view_A], views.doc_V[view_A]
    shift_A = views.entity_offset[view_A] - docs.entity_offset[doc_A]
    head_A, tail_A = docs.head_R[triple_A] + shift_A, docs.tail_R[triple_A] + shift_A
    count_A = np.diff(views.entity_offset)[view_A]
    owner = owners(count_A)
    entity = expand(views.entity_offset[view_A], count_A)
    candidate = views.kept_E[entity] & (entity != head_A[owner]) & (entity != tail_A[owner])
    if other_tails == "exclude":
        start_A = offsets(count_A)[:-1] - docs.entity_offset[doc_A]
        triples_A = np.diff(docs.triple_offset)[doc_A]
        other, triple = owners(triples_A), expand(docs.triple_offset[doc_A], triples_A)
        same = (docs.head_R[triple] == docs.head_R[triple_A[other]]) & (
            docs.relation_R[triple] == docs.relation_R[triple_A[other]]
        )
        candidate[start_A[other[same]] + docs.tail_R[triple[same]]] = False
        ignored_A = np.diff(docs.ignored_offset)[doc_A]
        other, pair = owners(ignored_A), expand(docs.ignored_offset[doc_A], ignored_A)
        same = docs.ignored_head_I[pair] == docs.head_R[triple_A[other]]
        candidate[start_A[other[same]] + docs.ignored_tail_I[pair[same]]] = False
    owner, entity = owner[candidate], entity[candidate]
    number_A = np.bincount(owner, minlength=len(view_A))
    width = 1 + int(number_A.max(initial=0))
    candidate_AC = np.full((len(view_A), width), -1, np.int64)
    candidate_AC[:, 0] = tail_A
    candidate_AC[owner, 1 + np.arange(len(owner)) - offsets(number_A)[owner]] = entity
    return Questions(view_A, head_A, candidate_AC)
