"""Extractive question answering: exact match and F1, as SQuAD 1.1 and MRQA define them.

Agrees with evaluate-v1.1.py (Rajpurkar et al. 2016) and mrqa_official_eval.py (Fisch et al. 2019),
which normalise and compare alike.
"""

import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.benchmarks.metrics.f1 import f1

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)  # ASCII only, as the official programs


def normalise(answer: str) -> str:
    """Lower-case, drop ASCII punctuation and English articles, and collapse white space."""
    return " ".join(_ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split())


def score_answer(predicted: str, answers: Sequence[str]) -> tuple[float, float]:
    """Return exact match and F1 against the best of the gold answers, in percent.

    Two answers of which nothing remains match exactly but share no token: F1 is then 0.
    """
    guess = normalise(predicted)
    golds = [normalise(answer) for answer in answers]
    exact = 100.0 * any(guess == gold for gold in golds)
    return exact, max((_token_f1(guess.split(), gold.split()) for gold in golds), default=0.0)


def _token_f1(predicted: Sequence[str], gold: Sequence[str]) -> float:
    common = (Counter(predicted) & Counter(gold)).total()
    return f1(100.0 * common / len(predicted), 100.0 * common / len(gold)) if common else 0.0


def score_qa(
    gold: Mapping[str, Sequence[str]],
    predicted: Mapping[str, str],
    *,
    skip_unanswered: bool = False,
) -> dict[str, float]:
    """Return the means over the questions, in percent.

    Args:
        gold: Answers by question id (MRQA: qid).
        predicted: The official prediction file; ids that `gold` does not know are ignored.
        skip_unanswered: MRQA's option: leave unanswered questions out of the mean. Otherwise
            they count 0.

    Returns:
        exact_match, f1.
    """
    if skip_unanswered:
        gold = {number: answers for number, answers in gold.items() if number in predicted}
    rows = [score_answer(predicted[i], a) for i, a in gold.items() if i in predicted]
    total = max(len(gold), 1)
    return {
        "exact_match": sum(exact for exact, _ in rows) / total,
        "f1": sum(score for _, score in rows) / total,
    }
