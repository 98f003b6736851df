"""Words such as "German": of a people and its country in one sentence, of a language in the next.

Taggers call both NORP, and hyperlinks teach mostly the language, for a people is rarely linked: of
60 such names of the real dumps linked to a language, 34 were none (docs/log.md, 2026-11-30).
"""

import re
from collections.abc import Sequence

from pipeline.entities.evidence import Candidate
from pipeline.entities.types import AGREEING, LANGUAGE

# What taggers call such words, and the types of items that this label, where the words around do
# not contradict it, speaks against.
AGAINST = {
    "NORP": frozenset((LANGUAGE,)),
    "LANGUAGE": frozenset(types for types in range(1, 256) if not types & LANGUAGE),
}
_BEHIND = re.compile(
    r":| for [\"'“‘]| [\u0370-\u1cff\u1f00-\u1fff\u2e80-\uffef]"  # "Latin for 'wise'", "Greek ἀνά"
    r"|[ -](?:languages?|words?|terms?|phrases?|verbs?|nouns?|dialects?|grammar|spelling"
    r"|pronunciation|translations?|speak(?:ers?|ing))(?!\w)"
)
_BEFORE = tuple(
    f" {words} "
    for words in (
        *("in", "in both", "into", "from", "learn", "learns", "learned", "learnt", "learning"),
        *("speak", "speaks", "spoke", "spoken", "speaking", "fluent"),
        *("knowledge of", "translated to"),
    )
)
# Behind a noun, never behind an adjective: "in German is", not "in German cities" ...
_SMALL = (
    r"(?:as|at|are|but|by|can|during|for|from|has|have|in|is|it|meaning|means|on|that|the|this|to"
    r"|under|until|was|were|when|which|with)(?!\w)"
)
# ... "in Greek and Latin", "in Greek and Latin is", not "in Greek and Latin texts".
_ALONE = re.compile(
    rf"$|[^ \w–-]| [\"'“‘(]| {_SMALL}| (?:and|or)(?!\w)(?! [A-Z][\w-]* (?!{_SMALL}|and |or )[a-z])"
)
_QUOTED = re.compile(r" (?:[\"'“‘]|meaning(?!\w))")  # 'from the Greek "ana"': else an army's
_WIDTH = 32  # characters on either side that the patterns may look at


def means_language(text: str, start: int, end: int) -> bool:
    """Say whether the words around a name speak of a language: "Greek: ", "in Greek"."""
    behind = text[end : end + _WIDTH]
    if _BEHIND.match(behind):
        return True
    # endings, not a pattern, which would be tried at every place before a name
    before = f" {text[max(start - _WIDTH, 0) : start].lower()}".replace("(", " ")
    if before.endswith(_BEFORE):
        return _ALONE.match(behind) is not None
    return before.endswith(" from the ") and _QUOTED.match(behind) is not None


def names_both(candidates: Sequence[Candidate]) -> bool:
    """Say whether a name may be of a language that is nothing else, and of a people or a place.

    Of an organisation too: what the tagger calls NORP may be a party.
    """
    types = [types for _, _, types in candidates]
    return LANGUAGE in types and any(own & AGREEING["NORP"] for own in types)
