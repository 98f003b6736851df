"""The eight GLUE tasks in their official tsv columns."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.sample.benchmarks.glue_text import CORRECT, WRONG, make_opinion
from pipeline.sample.benchmarks.sentences import state_fact
from pipeline.sample.benchmarks.worlds import open_world
from pipeline.sample.counter import stream
from pipeline.sample.phrases import find_phrases
from pipeline.sample.world import Block, Fact

SIZES = {"train": 200, "dev": 80}
# Properties with one tail for a head: another tail contradicts.
FUNCTIONAL = (19, 20, 22, 25, 36, 50, 57, 84, 112, 115, 123, 159, 175, 176, 264, 276, 1346)

Pair = tuple[str, str, str]  # two sentences and a label


class _Source:
    """Draws facts and says them."""

    def __init__(self, block: Block, rng: random.Random) -> None:
        self.block, self.rng = block, rng
        self.facts = [
            fact
            for fact in block.facts
            if fact.relation in FUNCTIONAL and len(block.kinds[fact.tail.kind.name]) > 2
        ]

    def draw(self) -> Fact:
        return self.rng.choice(self.facts)

    def say(self, fact: Fact) -> str:
        sentence = state_fact(self.block, fact, self.rng.randrange(1 << 30))
        return sentence.text if sentence else ""

    def rephrase(self, fact: Fact) -> tuple[str, str]:
        """Return two different sentences that state the same."""
        one = other = self.say(fact)
        while other == one:
            other = self.say(fact)
        return one, other

    def other_tail(self, fact: Fact) -> Fact:
        """Return a false variant of a fact."""
        while True:
            tail = self.rng.choice(self.block.kinds[fact.tail.kind.name])
            if tail.item not in (fact.tail.item, fact.head.item):
                return fact._replace(tail=tail, year=0)

    def other_fact(self, fact: Fact) -> Fact | None:
        """Return another fact about the same head."""
        facts = [
            f
            for f in self.block.out[fact.head.item]
            if f.relation != fact.relation
            and f.tail.kind.name != "shared"
            and find_phrases(f.relation, f.head.kind.name)
        ]
        return self.rng.choice(facts) if facts else None

    def ask(self, fact: Fact) -> str:
        phrases = find_phrases(fact.relation, fact.head.kind.name)
        pieces = self.rng.choice(phrases.questions) if phrases else ()
        text = "".join(map(str, pieces)).replace("{h}", fact.head.name)
        return text.replace("{hn}", fact.head.noun).replace("{tn}", fact.tail.noun)


def _mrpc(source: _Source, positive: bool) -> Pair:
    fact = source.draw()
    one, other = source.rephrase(fact)
    if not positive:
        other = source.say(source.other_tail(fact))
    return one, other, str(int(positive))


def _sts_b(source: _Source, positive: bool) -> Pair:
    fact = source.draw()
    one, other = source.rephrase(fact)
    score = 4.4 + 0.6 * source.rng.random()
    if not positive:
        draw = source.rng.random()
        extra = source.other_fact(fact)
        if draw < 0.4:
            other, score = source.say(source.other_tail(fact)), 2.6 + draw
        elif draw < 0.7 and extra:
            other, score = source.say(extra), 1.0 + draw
        else:
            other, score = source.say(source.draw()), 0.5 * draw
    return one, other, f"{score:.3f}"


def _qqp(source: _Source, positive: bool) -> Pair:
    fact = source.draw()
    one, other = source.ask(fact), source.ask(fact)
    if positive and other == one:
        other = f"Can you tell me: {other[0].lower()}{other[1:]}"
    elif not positive:
        extra = source.other_fact(fact)
        other = source.ask(extra if extra and source.rng.random() < 0.5 else source.draw())
    return one, other, str(int(positive and bool(other)))


def _mnli(source: _Source, positive: bool) -> Pair:
    fact = source.draw()
    one, other = source.rephrase(fact)
    if positive:
        return one, other, "entailment"
    extra = source.other_fact(fact)
    if extra and source.rng.random() < 0.5:
        return one, source.say(extra), "neutral"
    return one, source.say(source.other_tail(fact)), "contradiction"


def _qnli(source: _Source, positive: bool) -> Pair:
    fact = source.draw()
    extra = source.other_fact(fact)
    said = source.say(fact) if positive or not extra else source.say(extra)
    return source.ask(fact), said, "entailment" if positive or not extra else "not_entailment"


def _rte(source: _Source, positive: bool) -> Pair:
    fact = source.draw()
    extra = source.other_fact(fact)
    one, other = source.rephrase(fact)
    premise = f"{one} {source.say(extra)}" if extra else one
    if not positive:
        other = source.say(source.other_tail(fact))
    return premise, other, "entailment" if positive else "not_entailment"


_PAIRS: dict[str, tuple[Callable[[_Source, bool], Pair], float, str]] = {
    "MRPC": (_mrpc, 0.65, "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"),
    "STS-B": (
        _sts_b,
        0.35,
        "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore",
    ),
    "QQP": (_qqp, 0.4, "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate"),
    "MNLI": (
        _mnli,
        0.34,
        "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\t"
        "sentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tgold_label",
    ),
    "QNLI": (_qnli, 0.5, "index\tquestion\tsentence\tlabel"),
    "RTE": (_rte, 0.5, "index\tsentence1\tsentence2\tlabel"),
}
_DEV_MNLI = _PAIRS["MNLI"][2].replace("label1", "label1\tlabel2\tlabel3\tlabel4\tlabel5")


def _row(task: str, number: int, pair: Pair, genre: str, labels: int) -> str:
    one, other, label = pair
    if task == "MRPC":
        cells = [label, str(700_000 + number), str(800_000 + number), one, other]
    elif task == "STS-B":
        cells = [str(number), "main-news", "sample", "2020", f"{number:04}", "none", "none"]
        cells += [one, other, label]
    elif task == "QQP":
        cells = [str(number), str(2 * number + 1), str(2 * number + 2), one, other, label]
    elif task == "MNLI":
        cells = [str(number), f"{number}", f"{number}n", genre, "-", "-", "-", "-", one, other]
        cells += [label] * (labels + 1)
    else:
        cells = [str(number), one, other, label]
    return "\t".join(cells)


def _pairs(seed: int, task: str, name: str, size: int) -> Iterator[Pair]:
    make, share, _ = _PAIRS[task]
    world = open_world(seed, "glue")
    rng = stream(seed, 82, list(_PAIRS).index(task), len(name))
    # The last countries are for dev sets.
    first, count = (0, 4) if name == "train" else (4, 1) if name.endswith("matched") else (4, 2)
    if name == "dev_mismatched":
        first = 5
    sources = [_Source(world.block(world.first + first + k), rng) for k in range(count)]
    for number in range(size):
        yield make(sources[number % count], rng.random() < share)


def _opinions(seed: int, name: str, size: int) -> list[str]:
    rng = stream(seed, 83, len(name))
    return ["sentence\tlabel", *(make_opinion(rng) for _ in range(size))]


def _judgements(seed: int, name: str, size: int) -> list[str]:
    rng = stream(seed, 84)
    good = [f"s{k:02}\t1\t\t{text}" for k, text in enumerate(CORRECT)]
    bad = [f"s{k:02}\t0\t*\t{text}" for k, text in enumerate(WRONG)]
    rng.shuffle(good)
    rng.shuffle(bad)
    cut = SIZES["train"] * 2 // 3, SIZES["train"] - SIZES["train"] * 2 // 3
    if name == "train":
        lines = good[: cut[0]] + bad[: cut[1]]
    else:
        rest = size * 2 // 3
        lines = good[cut[0] : cut[0] + rest] + bad[cut[1] : cut[1] + size - rest]
    stream(seed, 85, size).shuffle(lines)
    return lines


def write_glue(folder: Path, seed: int) -> None:
    """Write a folder for each task with `train.tsv` and `dev.tsv` (MNLI: two dev files)."""
    for task in ("CoLA", "SST-2", *_PAIRS):
        (folder / task).mkdir(parents=True, exist_ok=True)
        names = ["train", "dev_matched", "dev_mismatched"] if task == "MNLI" else list(SIZES)
        for name in names:
            size = SIZES["train" if name == "train" else "dev"]
            if task == "CoLA":
                lines = _judgements(seed, name, size)
            elif task == "SST-2":
                lines = _opinions(seed, name, size)
            else:
                dev_mnli = task == "MNLI" and name != "train"
                genre = "travel" if name == "dev_mismatched" else "fiction"
                lines = [_DEV_MNLI if dev_mnli else _PAIRS[task][2]]
                lines += [
                    _row(task, number, pair, genre, 5 if dev_mnli else 1)
                    for number, pair in enumerate(_pairs(seed, task, name, size))
                ]
            start = "\ufeff" if task == "MRPC" else ""  # the official file begins with this mark
            text = start + "\n".join(lines) + "\n"
            (folder / task / f"{name}.tsv").write_text(text, "utf-8")
