"""What stands beside a pre-trained encoder: a model card, and what it was made from."""

import hashlib
import importlib.metadata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.io import write_json

_METHODS = {
    "erica": "the objectives {}",
    "mtb": "the baseline MTB (Soares et al., 2019)",
    "cp": "the baseline CP (Peng et al., 2020)",
    "mlm": "the baseline that only continues masked language modelling,",
}

LIBRARIES = ("torch", "transformers", "tokenizers", "safetensors", "numpy")

_TEMPLATE = """\
---
library_name: transformers
pipeline_tag: fill-mask
language: {{ language }}
tags: [erica, entity-discrimination, relation-discrimination, relation-extraction]
model-index:
- name: erica
  results:
{%- for name, value in metrics %}
  - task: {type: feature-extraction}
    dataset: {name: held-out pages of the pre-training corpus, type: wikipedia}
    metrics: [{type: {{ name }}, value: {{ value }}}]
{%- endfor %}
---

# An encoder pre-trained with ERICA

An encoder that was trained further, on documents whose entities are linked to Wikidata, with
{{ method }} of *ERICA: Improving Entity and Relation Understanding for Pre-trained
Language Models via Contrastive Learning* (Qin et al., ACL 2021). It loads with
`AutoModel.from_pretrained` and `AutoModelForMaskedLM.from_pretrained`. An entity is represented by
the mean over its mentions of the means over their tokens.

## Training data

| | |
|---|---|
| documents | {{ report.documents }} |
| tokens | {{ report.tokens }} |
| relational triples | {{ report.triples }} |
| relations | {{ report.relations }} |
| passes over the documents | {{ report.epochs }} |

Relations between entities are distant labels: Wikidata says that they hold, not that the document
says so. Some are wrong or missing.

## Does it discriminate?

Measured on pages that were not trained on, before and after.
{% if report.heldout %}
| | chance | before | after |
|---|---|---|---|
| the true tail is the nearest entity to the head | {{ pct(after.ed_chance) }} \
| {{ pct(before.ed_accuracy) }} | {{ pct(after.ed_accuracy) }} |
| mean rank of the true tail | | {{ "%.2f" % before.ed_mean_rank }} \
| {{ "%.2f" % after.ed_mean_rank }} |
| the nearest pair of another document shares a relation | {{ pct(after.rd_chance) }} \
| {{ pct(before.rd_retrieval) }} | {{ pct(after.rd_retrieval) }} |
{% else %}
There were no held-out documents.
{% endif %}
## Parameters

| parameter | value |
|---|---|
{% for name, value in params -%}
| {{ name }} | {{ value }} |
{% endfor %}
## Licences

The weights start from the encoder in `train`'s input; its licence applies to them. The text is
Wikipedia's (CC BY-SA) or the invented world of the sample, the facts Wikidata's (CC0). The code is
under Apache-2.0.
"""


def write_card(folder: Path, report: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Write README.md, the model card, into an encoder's folder.

    Args:
        folder: The Hugging Face folder.
        report: What data/reports/train.json holds.
        params: The section `train` as plain values.
    """
    from jinja2 import Environment, StrictUndefined

    heldout = report["heldout"]
    after, before = heldout.get("after", {}), heldout.get("before", {})
    metrics = [(name, after[name]) for name in ("ed_accuracy", "rd_retrieval") if name in after]
    template = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    text = template.from_string(_TEMPLATE).render(
        language="en",
        method=_METHODS[params["objective_family"]].format(", ".join(params["objectives"])),
        report=report,
        before=before,
        after=after,
        metrics=metrics,
        params=list(params.items()),
        pct=lambda share: f"{100 * share:.1f} %",
    )
    (folder / "README.md").write_text(text, "utf-8")


def write_provenance(folder: Path, params: Mapping[str, Any], inputs: Sequence[Path]) -> None:
    """Write provenance.json: parameters, library versions and hashes of the inputs.

    Nothing in it depends on when or where the run took place.

    Args:
        folder: The Hugging Face folder.
        params: The section `train` as plain values.
        inputs: Folders whose files are hashed, named relative to the working directory.
    """
    files = sorted(file for root in inputs for file in root.rglob("*") if file.is_file())
    write_json(
        folder / "provenance.json",
        {
            "params": dict(params),
            "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
            "inputs": {file.as_posix(): _sha256(file) for file in files},
        },
    )


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
