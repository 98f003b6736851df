"""The parameters of pre-training: section `train` of params.yaml."""

from dataclasses import dataclass
from typing import Literal

from pipeline.config import require
from pipeline.training.entities import EntityEncoding
from pipeline.training.optimizer import OptimizerConfig
from pipeline.training.pairs import RdPairs
from pipeline.training.questions import OtherTails
from pipeline.training.runtime import Precision

ObjectiveName = Literal["ed", "rd", "mlm"]
Profile = Literal["paper", "released"]
Family = Literal["erica", "mtb", "cp", "mlm"]
ContrastScope = Literal["micro_batch", "process", "global"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LossWeights:
    """Factor on each objective's mean loss (paper Eq. 4: all 1)."""

    ed: float
    rd: float
    mlm: float

    def __post_init__(self) -> None:
        """Refuse negative weights."""
        for name, value in (("ed", self.ed), ("rd", self.rd), ("mlm", self.mlm)):
            require(value >= 0, f"{name}: must be >= 0, got {value}")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """What is optimised, on which batches, for how long (paper 3 and 4.2)."""

    profile: Profile
    objective_family: Family
    objectives: tuple[ObjectiveName, ...]
    loss_weights: LossWeights
    tau: float
    ed_other_tails: OtherTails
    rd_pairs: RdPairs
    rd_negatives: int
    no_relation_pairs: int
    contrast_scope: ContrastScope
    mlm_probability: float
    mask_mentions: bool
    entity_encoding: EntityEncoding
    entity_masking: float
    shared_encoding: bool  # RD reads ED's states; means nothing unless both are objectives
    batch_size: int
    micro_batch_size: int
    num_steps: int
    max_length: int
    learning_rate: float
    weight_decay: float
    warmup_fraction: float
    max_gradient_norm: float
    dropout: float | None
    precision: Precision
    seed: int
    heldout_triples: int
    heldout_steps: int

    def __post_init__(self) -> None:
        """Refuse what cannot train, each with its field's name."""
        chosen = self.objectives
        require(len(chosen) > 0, "objectives: must name one of ed, rd, mlm, got none")
        require(len(set(chosen)) == len(chosen), f"objectives: repeats in {list(chosen)}")
        require(self.tau > 0, f"tau: must be above 0, got {self.tau}")
        share = self.mlm_probability
        require(0 < share < 1, f"mlm_probability: must be between 0 and 1, got {share}")
        blanks = self.entity_masking
        require(0 <= blanks < 1, f"entity_masking: must be 0 or between 0 and 1, got {blanks}")
        counts = ("rd_negatives", "batch_size", "micro_batch_size", "num_steps")
        for name in (*counts, "heldout_triples", "heldout_steps"):
            require(getattr(self, name) > 0, f"{name}: must be above 0, got {getattr(self, name)}")
        pairs = self.no_relation_pairs
        require(pairs >= 0, f"no_relation_pairs: must be >= 0, got {pairs}")
        require(self.max_length >= 16, f"max_length: must be at least 16, got {self.max_length}")
        require(self.seed >= 0, f"seed: must be >= 0, got {self.seed}")
        if self.dropout is not None:
            drop = self.dropout
            require(0 <= drop < 1, f"dropout: must be null or between 0 and 1, got {drop}")
        plain = self.profile == "paper" and self.entity_encoding == "mean_pool"
        require(
            plain or self.objective_family not in ("mtb", "cp"),
            f"objective_family: {self.objective_family} has markers and losses of its own; set "
            "profile: paper and entity_encoding: mean_pool",
        )
        _ = self.optimizer

    @property
    def optimizer(self) -> OptimizerConfig:
        """The part that the optimiser reads."""
        return OptimizerConfig(
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            warmup_fraction=self.warmup_fraction,
            max_gradient_norm=self.max_gradient_norm,
        )
