"""Words such as "German": of a people and its country in one sentence, of a language in the next.

Taggers call both NORP, and hyperlinks teach mostly the language, for a people is rarely linked: of
60 such names of the real dumps linked to a language, 34 were none (docs/log.md, 2026-11-30).
"""

import re
from collections.abc import Sequence

from pipeline.entities.evidence import Candidate
from pipeline.entities.types import AGREEING, LANGUAGE

LABELS = frozenset(("NORP", "LANGUAGE"))  # what taggers give to such words
# Types of items that the label and the words around such a name speak against.
AGAINST = {
    "NORP": frozenset((LANGUAGE,)),
    "LANGUAGE": frozenset(types for types in range(1, 256) if not types & LANGUAGE),
}
_BEHIND = re.compile(
    r":| for [\"'“‘]| [\u0370-\u1fff\u2e80-\uffef]"  # "Latin for 'wise'", "Greek ἀνά"
    r"|[ -](?:languages?|words?|terms?|phrases?|verbs?|nouns?|dialects?|grammar|spelling"
    r"|pronunciation|translat(?:ions?|ors?)|speak(?:ers?|ing))(?!\w)"
)
_BEFORE = re.compile(
    r"\b(?:in|into|from|from the|sp(?:ea|o)k(?:e|en|s|ing)?|learn(?:s|ed|t|ing)?|fluent) $",
    re.IGNORECASE,
)
# The word stands alone, as no adjective does: "in German.", not "in German cities".
_ALONE = re.compile(
    r"$|[^ \w-]| [\"'“‘]"
    r"| (?:and|or|as|by|with|is|was|means|meaning|at|but|which|that|to|on)(?!\w)"
)
_WIDTH = 16  # characters on either side that the patterns may look at


def means_language(text: str, start: int, end: int) -> bool:
    """Say whether the words around a name speak of a language: "Greek: ", "in Greek"."""
    behind = text[end : end + _WIDTH]
    if _BEHIND.match(behind):
        return True
    before = text[max(start - _WIDTH, 0) : start]
    return _BEFORE.search(before) is not None and _ALONE.match(behind) is not None


def is_of_both(candidates: Sequence[Candidate]) -> bool:
    """Say whether some item of a name is a language and another a people or a place."""
    types = [types for _, _, types in candidates]
    return LANGUAGE in types and any(own & AGREEING["NORP"] for own in types)
