"""Names in texts, found by a Hugging Face token classifier (paper 5.2).

A text is read in windows that overlap; each word is judged in the window in which it stands
farthest from an edge, by its first piece. Any encoder with a token classification head and labels
of the forms B-X, I-X and O will do; labels X alone are read as I-X, S-X and U-X as B-X.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pipeline.entities.types import LITERALS
from pipeline.errors import InputError
from pipeline.model.bio import OUTSIDE, Named, best_sequences, decode, follow
from pipeline.model.encoder import num_positions
from pipeline.model.windows import Ints, Window, cut_windows
from pipeline.training.runtime import Runtime

BATCH_TOKENS = 4_096  # padded tokens of a batch
VALUES = LITERALS | {"NUM"}  # kinds that are written small: "two years"


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
    """Return how many tokens the model reads."""
    return min(num_positions(model, otherwise=512), int(tokenizer.model_max_length))


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


def _is_small(name: str) -> bool:
    return name.islower() and not any(map(str.isdigit, name))
