"""Names in texts, found by a Hugging Face token classifier (paper 5.2).

A text is read in windows that overlap; each word is judged in the window in which it stands
farthest from an edge, by its first piece. Any encoder with a token classification head and labels of the
forms B-X, I-X and O (or IO, IOBES, BILOU) will do.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pipeline.entities.types import LITERALS
from pipeline.errors import InputError
from pipeline.training.runtime import Runtime

Ints = npt.NDArray[np.int64]
Named = tuple[int, int, str]  # first character, last + 1, label

# Tokens that two windows share, half a window at most: each word has 64 of context, or the text's
# end.
OVERLAP = 128
BATCH_TOKENS = 4_096  # padded tokens of a batch
OUTSIDE = "O"
VALUES = LITERALS | {"NUM"}  # kinds that are written small: "two years"


@dataclass(frozen=True, slots=True)
class Window:
    """Part of a text as the model reads it.

    `ids` [T] has the special tokens; `token` [W] are the positions of the words' first pieces, and
    `start` and `end` [W] their characters. `judged` [W] says which words are judged here and not in
    a neighbouring window.
    """

    text: int
    ids: Ints
    token: Ints
    start: Ints
    end: Ints
    judged: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Tagger:
    """A token classifier, its tokenizer and its labels by number."""

    model: nn.Module
    tokenizer: Any
    labels: tuple[str, ...]
    max_tokens: int
    runtime: Runtime


@functools.lru_cache(maxsize=1)
def load_tagger(folder: Path) -> Tagger:
    """Return the token classifier of a folder, loaded once per process.

    It computes in one thread: the workers of `ner` are processes, and sums keep their order.

    Raises:
        InputError: The folder is missing, does not load, or its labels are not of the BIO kind.
    """
    import transformers

    torch.set_num_threads(1)
    runtime = Runtime.start("fp32", 0)
    model, tokenizer, missing = load_classifier(folder, None)
    names: dict[int, str] = model.config.id2label
    labels = tuple(names[number] for number in range(len(names)))
    if missing or OUTSIDE not in labels:
        raise InputError(
            f"{folder}: not a trained token classifier with BIO labels (it has "
            f"{', '.join(labels[:4])}{' and no weights of a head' if missing else ''}); "
            "train one with the stage `tagger`"
        )
    if not isinstance(tokenizer, transformers.PreTrainedTokenizerFast):
        raise InputError(f"{folder}: needs a fast tokenizer (tokenizer.json): spans come from it")
    return Tagger(
        model.to(runtime.device).eval(),
        tokenizer,
        labels,
        longest_input(model, tokenizer),
        runtime,
    )


def load_classifier(
    folder: Path, labels: Sequence[str] | None, *, dropout: float | None = None
) -> tuple[Any, Any, bool]:
    """Return a model with a token classification head, its tokenizer, and whether the head is new.

    Args:
        folder: A Hugging Face folder of an encoder with such a head or without.
        labels: Those of a new head; None keeps the folder's.
        dropout: Every dropout probability; None keeps those of the folder.

    Raises:
        InputError: It does not load.
    """
    import transformers
    from safetensors import SafetensorError

    if not (folder / "config.json").is_file():
        raise InputError(f"{folder}: no config.json there; it must be a Hugging Face folder")
    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        config = transformers.AutoConfig.from_pretrained(folder)
        if labels is not None:
            config.id2label = dict(enumerate(labels))
            config.label2id = {label: number for number, label in enumerate(labels)}
        if dropout is not None:
            for name, value in config.to_dict().items():
                if "dropout" in name and isinstance(value, float):
                    setattr(config, name, dropout)
        model, info = transformers.AutoModelForTokenClassification.from_pretrained(
            folder, config=config, output_loading_info=True, dtype=torch.float32
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    except (ValueError, OSError, RuntimeError, KeyError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{folder}: no token classifier that can be loaded: {reason}") from None
    finally:
        transformers.logging.set_verbosity(level)
    return model, tokenizer, any("classifier" in name for name in info["missing_keys"])


def longest_input(model: Any, tokenizer: Any) -> int:
    """Return how many tokens the model reads; RoBERTa counts positions from the padding id + 1."""
    positions = int(getattr(model.config, "max_position_embeddings", 512))
    offset = model.config.pad_token_id + 1 if "roberta" in model.config.model_type else 0
    return min(positions - offset, int(tokenizer.model_max_length))


def tag_texts(folder: Path, texts: Sequence[str]) -> list[list[Named]]:
    """Return the names in each text, by start, never overlapping.

    What comes out for a text may depend, in the last bit of a logit, on the texts beside it, and on
    nothing else.
    """
    return find_names(load_tagger(folder), texts)


def find_names(tagger: Tagger, texts: Sequence[str]) -> list[list[Named]]:
    """Return the names in each text.

    An encoder without capital letters cannot see that "baroque" is no name: what is written small
    is left out then, but for values. Of 20,958 names in DocRED's test documents 0.5 % are.
    """
    windows = cut_windows(tagger.tokenizer, texts, tagger.max_tokens)
    found = decode(texts, windows, predict(tagger, windows), tagger.labels)
    if tagger.tokenizer("A")["input_ids"] != tagger.tokenizer("a")["input_ids"]:
        return found
    return [
        [name for name in names if name[2] in VALUES or not _is_small(text[name[0] : name[1]])]
        for text, names in zip(texts, found, strict=True)
    ]


def cut_windows(tokenizer: Any, texts: Sequence[str], max_tokens: int) -> list[Window]:
    """Return the windows of all texts, in order; a text without words has none."""
    prefix, suffix = special_ids(tokenizer)
    room = max_tokens - len(prefix) - len(suffix)
    overlap = min(OVERLAP, room // 2)
    rows = tokenizer(
        list(texts),
        add_special_tokens=False,
        return_offsets_mapping=True,
        return_attention_mask=False,
        return_token_type_ids=False,
        verbose=False,
    )
    windows = []
    for text, ids in enumerate(rows["input_ids"]):
        words = np.array([-1 if w is None else w for w in rows.word_ids(text)], np.int64)
        offsets = np.array(rows["offset_mapping"][text], np.int64).reshape(-1, 2)
        first = np.flatnonzero(np.diff(words, prepend=-1))
        if not len(first):
            continue
        last = np.append(first[1:], len(ids)) - 1
        starts = range(0, max(len(ids) - overlap, 1), room - overlap)
        for number, begin in enumerate(starts):
            end = min(begin + room, len(ids))
            inside = (begin <= first) & (first < end)
            # half of what two windows share belongs to each
            low = begin + overlap // 2 if number else 0
            high = end - (overlap - overlap // 2) if end < len(ids) else len(ids)
            token = first[inside]
            windows.append(
                Window(
                    text=text,
                    ids=np.concatenate([prefix, np.array(ids[begin:end], np.int64), suffix]),
                    token=token - begin + len(prefix),
                    start=offsets[token, 0],
                    end=offsets[last[inside], 1],
                    judged=(low <= token) & (token < high),
                )
            )
    return windows


def special_ids(tokenizer: Any) -> tuple[Ints, Ints]:
    """Return the special tokens that stand before and behind a text."""
    row = tokenizer("a", return_special_tokens_mask=True)
    ids, special = np.array(row["input_ids"], np.int64), np.array(row["special_tokens_mask"], bool)
    inner = np.flatnonzero(~special)
    return ids[: inner[0]], ids[inner[-1] + 1 :]


def predict(tagger: Tagger, windows: Sequence[Window]) -> list[Ints]:
    """Return the numbers of the best labels of the words of each window [W], as a sequence."""
    lengths = np.array([len(window.ids) for window in windows], np.int64)
    order = np.argsort(-lengths, kind="stable").tolist()
    best: list[Ints] = [np.empty(0, np.int64)] * len(windows)
    allowed_LL = follow(tagger.labels)
    hf_model: Any = tagger.model
    padding = tagger.tokenizer.pad_token_id or 0
    with torch.inference_mode():
        while order:
            size = max(1, BATCH_TOKENS // int(lengths[order[0]]))
            batch, order = order[:size], order[size:]
            ids_BT, mask_BT = stack([windows[i].ids for i in batch], padding, tagger.runtime)
            logits_BTL = hf_model(input_ids=ids_BT, attention_mask=mask_BT).logits
            score_BTL = logits_BTL.float().log_softmax(-1).cpu().numpy()
            words = [windows[i].token for i in batch]
            for index, labels in zip(
                batch, best_sequences(score_BTL, words, allowed_LL), strict=True
            ):
                best[index] = labels
    return best


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


def stack(
    rows: Sequence[Ints], padding: int, runtime: Runtime
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return rows of different length as ids and mask [B, T] on the runtime's device."""
    width = max(map(len, rows))
    ids_BT = np.full((len(rows), width), padding, np.int64)
    mask_BT = np.zeros((len(rows), width), np.int64)
    for number, row in enumerate(rows):
        ids_BT[number, : len(row)] = row
        mask_BT[number, : len(row)] = 1
    device = runtime.device
    return torch.from_numpy(ids_BT).to(device), torch.from_numpy(mask_BT).to(device)


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
            if window.start[words[0]] >= start:
                numbers[words[0]] = labels.index(f"B-{kind}")
    return numbers


def _is_small(name: str) -> bool:
    return name.islower() and not any(map(str.isdigit, name))


def _split(label: str) -> tuple[bool, str]:
    """Return whether a label begins a name, and the kind of name, "" for none."""
    mark, dash, kind = label.partition("-")
    if label == OUTSIDE:
        return False, ""
    if not dash:
        return False, label
    return mark in ("B", "S", "U"), kind
