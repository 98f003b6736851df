"""WikiHop: accuracy over all questions; one without prediction is wrong."""

from collections.abc import Mapping


def score_wikihop(gold: Mapping[str, str], predicted: Mapping[str, str]) -> dict[str, float]:
    """Return the accuracy in percent of answers by question id."""
    correct = sum(predicted.get(name) == answer for name, answer in gold.items())
    return {"accuracy": 100.0 * correct / max(len(gold), 1)}
