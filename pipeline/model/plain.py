"""The CNN and the BiLSTM of the paper's Table 1, as encoders that fine-tuning trains from nothing.

They follow the baselines of DocRED (Yao et al. 2019): word vectors of 100 numbers, three
convolutions of width 3 with 200 channels, or one LSTM of 128 cells each way. They read the word
pieces of the base encoder's tokenizer and have no weights before fine-tuning, but for word vectors
that a user may give: a piece that is a whole word takes its vector, the others are drawn.

B texts, T tokens, D numbers of an embedding, H hidden size.
"""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from pipeline.errors import InputError

VECTORS = "vectors.txt"
EMBEDDING, CHANNELS, CELLS, DROPOUT = 100, 200, 128, 0.2  # DocRED's baselines


@dataclass(slots=True)
class PlainConfig:
    """What fine-tuning asks of an encoder's config."""

    model_type: str
    hidden_size: int


class States(NamedTuple):
    """The output, named as that of other encoders."""

    last_hidden_state: torch.Tensor


class PlainEncoder(nn.Module):
    """Embeddings of word pieces, and `body` on top of them."""

    def __init__(self, model_type: str, vocabulary: int, width: int, dropout: float) -> None:
        """Take "plain_cnn" or "plain_bilstm", the numbers of embeddings and of one's numbers."""
        super().__init__()
        self.embeddings = nn.Embedding(vocabulary, width)
        self.dropout = nn.Dropout(dropout)
        self.body: nn.Module
        if model_type == "plain_cnn":
            self.body, hidden = _Convolutions(width, dropout), CHANNELS
        else:
            self.body, hidden = _Lstm(width), 2 * CELLS
        self.config = PlainConfig(model_type, hidden)

    def get_input_embeddings(self) -> nn.Embedding:
        """Return the embeddings of the word pieces."""
        return self.embeddings

    def resize_token_embeddings(self, number: int, *, mean_resizing: bool) -> None:  # noqa: ARG002  # as HF's
        """Append rows for markers; the caller sets them, as for every encoder."""
        old = self.embeddings.weight.detach()
        self.embeddings = nn.Embedding(number, old.shape[1])
        with torch.no_grad():
            self.embeddings.weight[: len(old)] = old

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> States:
        """Return the states [B, T, H]; padding has no influence on those of tokens."""
        embedded_BTD = self.dropout(self.embeddings(input_ids)) * attention_mask[:, :, None]
        return States(self.dropout(self.body(embedded_BTD, attention_mask)))


class _Convolutions(nn.Module):
    """Three of width 3: a state sees three tokens to each side."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv1d(before, after, kernel_size=3, padding=1)
            for before, after in itertools.pairwise([width, CHANNELS, CHANNELS, CHANNELS])
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, embedded_BTD: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        states_BHT, mask_B1T = embedded_BTD.transpose(1, 2), mask_BT[:, None, :]
        for number, layer in enumerate(self.layers):
            dropped_BHT = self.dropout(states_BHT) if number else states_BHT
            states_BHT = torch.relu(layer(dropped_BHT)) * mask_B1T
        return states_BHT.transpose(1, 2)


class _Lstm(nn.Module):
    """One layer each way: a state sees the whole text."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(width, CELLS, batch_first=True, bidirectional=True)

    def forward(self, embedded_BTD: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        packed = nn.utils.rnn.pack_padded_sequence(
            embedded_BTD, mask_BT.sum(dim=1).cpu(), batch_first=True, enforce_sorted=False
        )
        states_BTH: torch.Tensor
        states_BTH, _ = nn.utils.rnn.pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=mask_BT.shape[1]
        )
        return states_BTH


def load_plain(folder: Path, dropout: float | None) -> tuple[PlainEncoder, Any] | None:
    """Return the encoder of such a folder, by torch's seed, and its tokenizer; None for others.

    Args:
        folder: As `write_plain_encoders` makes it (pipeline/fetch/plain.py).
        dropout: Every dropout probability; None is that of the baselines.

    Raises:
        InputError: A line of the word vectors has another number of numbers than the first.
    """
    if not (folder / "plain.json").exists():
        return None
    from transformers import PreTrainedTokenizerFast

    found = json.loads((folder / "plain.json").read_text("utf-8"))
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    width = found["embedding_size"] or EMBEDDING
    model = PlainEncoder(
        found["model_type"], len(tokenizer), width, DROPOUT if dropout is None else dropout
    )
    if (folder / VECTORS).exists():
        _take_vectors(model.embeddings, folder / VECTORS, tokenizer.get_vocab())
    return model, tokenizer


def _take_vectors(embeddings: nn.Embedding, path: Path, vocabulary: dict[str, int]) -> None:
    with path.open(encoding="utf-8") as stream, torch.no_grad():
        for number, line in enumerate(stream, 1):
            word, _, rest = line.rstrip().partition(" ")
            if word not in vocabulary:
                continue
            values = rest.split()
            if len(values) != embeddings.embedding_dim:
                raise InputError(
                    f"{path}:{number}: {len(values)} numbers, expected {embeddings.embedding_dim}, "
                    "as in the first line; name another file in fetch.word_vectors"
                )
            embeddings.weight[vocabulary[word]] = torch.tensor([float(value) for value in values])
