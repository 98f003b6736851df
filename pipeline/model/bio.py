"""Names as labels of words and back: B-X where a name of kind X begins, I-X inside, O outside."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.model.windows import Ints, Window

Named = tuple[int, int, str]  # first character, last + 1, label

OUTSIDE = "O"


def bio_labels(kinds: Iterable[str]) -> list[str]:
    """Return O, and B- and I- of each kind, in the order of their names."""
    return [OUTSIDE, *(f"{mark}-{kind}" for kind in sorted(set(kinds)) for mark in "BI")]


def number_words(window: Window, spans: Sequence[Named], labels: Sequence[str]) -> Ints:
    """Return the number of the BIO label of each word of a window [W]: the words in a span are its.

    Args:
        window: From `cut_windows`.
        spans: Names of its text. Of those that overlap the first in the list counts.
        labels: As `bio_labels` gives them.
    """
    numbers = np.full(len(window.token), labels.index(OUTSIDE), np.int64)
    free = np.ones(len(numbers), bool)
    for start, end, kind in spans:
        words = np.flatnonzero((window.start < end) & (window.end > start))
        if len(words) and free[words].all():
            free[words] = False
            numbers[words] = labels.index(f"I-{kind}")
            # a name whose first word stands before this window goes on here
            if words[0] or start >= window.before:
                numbers[words[0]] = labels.index(f"B-{kind}")
    return numbers


def follow(labels: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return [L, L] whether a label may stand behind another: an I-X only behind B-X and I-X.

    Labels without B and I (PER, O) and models without any B are free.
    """
    kinds = [_split(label) for label in labels]
    marked = any(begins for begins, _ in kinds)
    return np.array(
        [
            [not marked or begins or not kind or kind == before for begins, kind in kinds]
            for _, before in kinds
        ]
    )


def best_sequences(
    score_BTL: npt.NDArray[np.float32], words: Sequence[Ints], allowed_LL: npt.NDArray[np.bool_]
) -> list[Ints]:
    """Return the allowed labels whose scores sum up highest, of the words of each row (Viterbi).

    Args:
        score_BTL: Log-probabilities of the labels at every piece.
        words: Positions of the words' first pieces [W], for each row.
        allowed_LL: Whether the second label may follow the first.
    """
    width = max(map(len, words))
    score_BWL = np.zeros((len(words), width, score_BTL.shape[2]), np.float64)
    for row, places in enumerate(words):  # padding scores 0: it changes no path before it
        score_BWL[row, : len(places)] = score_BTL[row, places]
    cost_LL = np.where(allowed_LL, 0.0, -np.inf)
    back_WBL = np.zeros((width, *score_BWL[:, 0].shape), np.int64)
    # nothing stands before the first word: as behind an O, which any B and O may follow
    total_BL = score_BWL[:, 0] + cost_LL[allowed_LL.sum(1).argmin()]
    for word in range(1, width):
        path_BLL = total_BL[:, :, None] + cost_LL
        back_WBL[word] = path_BLL.argmax(1)
        total_BL = path_BLL.max(1) + score_BWL[:, word]
    label_BW = np.zeros((len(words), width), np.int64)
    label_BW[:, -1] = total_BL.argmax(1)
    rows = np.arange(len(words))
    for word in range(width - 1, 0, -1):
        label_BW[:, word - 1] = back_WBL[word, rows, label_BW[:, word]]
    return [label_BW[row, : len(places)] for row, places in enumerate(words)]


def decode(
    texts: Sequence[str],
    windows: Sequence[Window],
    best: Sequence[Ints],
    labels: Sequence[str],
) -> list[list[Named]]:
    """Return the names that the words' labels spell: an I-X that follows no X begins a name."""
    found: list[list[Named]] = [[] for _ in texts]
    kinds = [_split(label) for label in labels]
    open_at: dict[int, str] = {}  # text -> label of the name that the next word may continue
    for window, numbers in zip(windows, best, strict=True):
        names = found[window.text]
        columns = (window.start, window.end, numbers, window.judged)
        for start, end, number, judged in zip(*(c.tolist() for c in columns), strict=True):
            if not judged:
                continue
            begins, label = kinds[number]
            if label and not begins and open_at.get(window.text) == label:
                names[-1] = (names[-1][0], end, label)
            elif label:
                names.append((start, end, label))
            open_at[window.text] = label
    return found


def _split(label: str) -> tuple[bool, str]:
    """Return whether a label begins a name, and the kind of name, "" for none."""
    mark, dash, kind = label.partition("-")
    if label == OUTSIDE:
        return False, ""
    if not dash:
        return False, label
    return mark in ("B", "S", "U"), kind
