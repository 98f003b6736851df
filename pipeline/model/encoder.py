"""Encoders as Hugging Face folders: any architecture with a masked language model class.

No architecture is named here. Special tokens come from the tokenizer: BERT's [CLS] and [SEP],
RoBERTa's <s> and </s>, whatever else it has.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from pipeline.errors import InputError
from pipeline.model.plain import load_plain


@dataclass(frozen=True, kw_only=True, slots=True)
class SpecialTokens:
    """Ids of the tokens that stand around a document."""

    start: int
    separator: int
    padding: int
    mask: int


def load_encoder(folder: Path, *, dropout: float | None = None) -> tuple[nn.Module, Any]:
    """Return the encoder in `folder` without a head, and its tokenizer.

    Args:
        folder: A Hugging Face folder: config.json, weights, tokenizer files.
        dropout: Every dropout probability of the encoder; None keeps those of its config. On a
            CPU 0.0 doubles the speed.

    Raises:
        InputError: The folder is missing or is no encoder.
    """
    import transformers

    if plain := load_plain(folder, dropout):
        return plain
    config = _read_config(folder, dropout)
    model, tokenizer, _ = _load(folder, transformers.AutoModel, config)
    return model, tokenizer


def load_masked_lm(
    folder: Path, *, seed: int, dropout: float | None = None
) -> tuple[nn.Module, Any]:
    """Return the encoder in `folder` with its masked language model head, and its tokenizer.

    A head that the folder does not hold (sentence encoders have none) is initialised by `seed`,
    and a line on stderr says so: its loss then starts near log(vocabulary) and must be learnt.

    Raises:
        InputError: The folder is missing, is no encoder, or its tokenizer has no mask token.
    """
    import transformers

    config = _read_config(folder, dropout)
    torch.manual_seed(seed)
    model, tokenizer, missing = _load(folder, transformers.AutoModelForMaskedLM, config)
    special_tokens(tokenizer)
    if missing:
        sys.stderr.write(
            f"{folder}: no weights for {len(missing)} tensors ({missing[0]}, ...): initialised "
            f"with seed {seed}\n"
        )
    return model, tokenizer


def base_model(model: nn.Module) -> nn.Module:
    """Return the encoder inside a model with a head; it gives hidden states."""
    inner: nn.Module = model.base_model  # type: ignore[assignment]  # never a Tensor
    return inner


def compile_blocks(model: nn.Module) -> None:
    """Compile the encoder's repeated blocks in place with torch.compile.

    One block is compiled for all of them, in a few seconds where the whole model takes half a
    minute, and once for all lengths. Parameters keep their names.
    """
    for block in repeated_blocks(model):
        block.compile(dynamic=True)


def round_norms(model: nn.Module) -> None:
    """Have normalisation answer in bf16 under a bf16 autocast, which leaves it in float32.

    It is computed in float32 as before. The next layers round its answer anyway; the residual sum
    then carries bf16 too, and so do the states that entities are pooled from (in float32) where the
    encoder ends in a norm. Only torch's own norm classes are found; an architecture's own (T5's,
    the first DeBERTa's) stay as they are. BERT-base on an H200: 193 ms a step instead of 201,
    34.4 GB instead of 37.6.
    """
    for module in model.modules():
        if isinstance(module, (nn.LayerNorm, nn.RMSNorm)):
            module.register_forward_hook(_round)


def _round(_module: nn.Module, _inputs: Any, states: torch.Tensor) -> torch.Tensor:
    return states.to(torch.bfloat16) if torch.is_autocast_enabled(states.device.type) else states


def repeated_blocks(model: nn.Module) -> list[nn.Module]:
    """Return the layers that the encoder applies one after another: of its longest list."""
    lists = [m for m in base_model(model).modules() if isinstance(m, nn.ModuleList)]
    longest = max(lists, key=len, default=nn.ModuleList())
    return list(longest) if len(longest) > 1 else []


def encode(model: nn.Module, input_ids_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
    """Return the last layer's states [B, T, H]. `mask_BT` is 1 at tokens, 0 at padding."""
    output: Any = base_model(model)(input_ids=input_ids_BT, attention_mask=mask_BT)
    states_BTH: torch.Tensor = output.last_hidden_state
    return states_BTH


def special_tokens(tokenizer: Any) -> SpecialTokens:
    """Return the special tokens of a tokenizer.

    Raises:
        InputError: It lacks one; a model that only generates text has no mask token.
    """
    ids = {
        "start": _first(tokenizer.cls_token_id, tokenizer.bos_token_id),
        "separator": _first(tokenizer.sep_token_id, tokenizer.eos_token_id),
        "padding": tokenizer.pad_token_id,
        "mask": tokenizer.mask_token_id,
    }
    for name, value in ids.items():
        if value is None:
            raise InputError(
                f"{tokenizer.name_or_path}: the tokenizer has no {name} token; choose an encoder "
                "that was trained by masking (BERT, RoBERTa, DistilBERT, ...)"
            )
    return SpecialTokens(**ids)


def save_masked_lm(
    model: nn.Module,
    tokenizer: Any,
    folder: Path,
    *,
    source: Path,
    weights: dict[str, torch.Tensor] | None = None,
) -> None:
    """Write a folder that `AutoModel` and `AutoModelForMaskedLM` load unchanged.

    The dropout that pre-training ran with is no property of the encoder: the config gets back the
    probabilities of `source`, the folder that it was loaded from. `weights` stand in for those of a
    model that holds only a part of them.
    """
    import transformers

    hf_model: Any = model
    before = _read_config(source, None)
    for name in _dropout_fields(before):
        setattr(hf_model.config, name, getattr(before, name))
    transformers.logging.disable_progress_bar()
    hf_model.save_pretrained(folder, state_dict=weights)
    tokenizer.save_pretrained(folder)


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _read_config(folder: Path, dropout: float | None) -> Any:
    import transformers

    if not (folder / "config.json").is_file():
        raise InputError(
            f"{folder}: no config.json there; it must be a Hugging Face folder: run `dvc repro`, "
            "or set fetch.encoder"
        )
    try:
        config = transformers.AutoConfig.from_pretrained(folder)
    except (ValueError, OSError) as error:
        raise InputError(f"{folder / 'config.json'}: {str(error).splitlines()[0]}") from None
    if dropout is not None:
        for name in _dropout_fields(config):
            setattr(config, name, dropout)
    return config


def _dropout_fields(config: Any) -> list[str]:
    return [
        name
        for name, value in config.to_dict().items()
        if "dropout" in name and isinstance(value, (int, float)) and not isinstance(value, bool)
    ]


def _load(folder: Path, auto_class: Any, config: Any) -> tuple[nn.Module, Any, list[str]]:
    import transformers
    from safetensors import SafetensorError

    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()  # its table of missing tensors: we say it in a line
    transformers.logging.disable_progress_bar()
    try:
        model, info = auto_class.from_pretrained(
            folder, config=config, output_loading_info=True, dtype=torch.float32
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    except (ValueError, OSError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{folder}: not an encoder that can be loaded: {reason}") from None
    finally:
        transformers.logging.set_verbosity(level)
    return model, tokenizer, sorted(info["missing_keys"])


def first_position(model: nn.Module) -> int:
    """Return the position of a sequence's first token: RoBERTa's stand behind the padding's."""
    config: Any = model.config
    positions = getattr(config, "max_position_embeddings", None)
    for name, table in model.named_modules():
        if (
            "position" in name
            and isinstance(table, nn.Embedding)
            and table.num_embeddings == positions
        ):
            return 0 if table.padding_idx is None else table.padding_idx + 1
    return 0


def num_positions(model: nn.Module, *, otherwise: int) -> int:
    """Return the longest input in tokens; `otherwise` for encoders that count no positions."""
    positions = getattr(model.config, "max_position_embeddings", None)
    return int(positions) - first_position(model) if positions else otherwise
