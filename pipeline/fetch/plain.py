"""Folders of encoders that are trained from nothing: the CNN and the BiLSTM of the paper's Table 1.

Such a folder has a description (plain.json), the tokenizer of the base encoder and, where the user
names a file of them, word vectors. It has no weights: fine-tuning draws them by its seed
(pipeline/model/plain.py).
"""

from pathlib import Path
from typing import Literal

from pipeline.errors import InputError
from pipeline.fetch.dumps import copy_file
from pipeline.io import write_json

Plain = Literal["cnn", "bilstm"]
PLAIN: tuple[Plain, ...] = ("cnn", "bilstm")
VECTORS = "vectors.txt"
SKIPPED = ("config.json", "model.safetensors", "pytorch_model.bin")


def write_plain_encoders(base: Path, out: Path, *, vectors: Path | None) -> None:
    """Write the folders `out/cnn` and `out/bilstm`.

    Args:
        base: The base encoder, whose tokenizer they share.
        out: Where the folders go.
        vectors: A text file, a word and its numbers a line (GloVe's form), or none.

    Raises:
        InputError: `vectors` is not such a file.
    """
    width = None if vectors is None else count_numbers(vectors)
    for name in PLAIN:
        folder = out / name
        folder.mkdir(parents=True)
        for file in sorted(base.iterdir()):
            if file.name not in SKIPPED:
                copy_file(file, folder / file.name)
        description = {"model_type": f"plain_{name}", "embedding_size": width}
        write_json(folder / "plain.json", description)
        if vectors is not None:
            copy_file(vectors, folder / VECTORS)


def count_numbers(vectors: Path) -> int:
    """Return the length of the vectors in a file, read off its first line.

    Raises:
        InputError: There is no such file, or its first line is no word with numbers.
    """
    try:
        with vectors.open(encoding="utf-8") as stream:
            _, *numbers = stream.readline().split()
            width = len([float(number) for number in numbers])
    except (OSError, ValueError):
        width = 0
    if width < 2:  # two numbers in the first line are word2vec's head
        raise InputError(
            f"fetch.word_vectors: {vectors}: expected a text file with a word and its numbers in "
            "each line, as GloVe's; null leaves word vectors out"
        )
    return width
