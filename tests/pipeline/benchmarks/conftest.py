"""A tiny random BERT whose tokenizer splits words into letters, and small benchmark folders."""

import json
import random
import string

import pytest

WORDS = [
    "the",
    "a",
    "of",
    "in",
    "by",
    "was",
    "born",
    "wrote",
    "is",
    "capital",
    "city",
    "country",
    "river",
    "ada",
    "bela",
    "cora",
    "dora",
    "emil",
    "fay",
    "gus",
    "hal",
    "ida",
    "jon",
    "alton",
    "breda",
    "corin",
    "delft",
    "elba",
    "france",
    "ghana",
    "haiti",
    "india",
    "japan",
    "who",
    "where",
    "what",
    "person",
    "novel",
    "company",
    "founded",
    "lives",
    "works",
]


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory):
    """Return a Hugging Face folder: hidden size 16, two layers, 64 positions."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("encoder") / "tiny"
    letters = string.ascii_lowercase + string.digits + string.punctuation
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    vocabulary += [piece for letter in letters for piece in (letter, f"##{letter}")]
    vocabulary = list(dict.fromkeys(vocabulary))
    backend = Tokenizer(
        models.WordPiece({w: i for i, w in enumerate(vocabulary)}, unk_token="[UNK]")
    )
    backend.normalizer = normalizers.Lowercase()
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


PEOPLE, PLACES = ["Ada", "Bela", "Cora", "Dora", "Emil"], ["Alton", "Breda", "Corin", "Delft"]


def semeval_block(number, text, label):
    return f'{number}\t"{text}"\n{label}\nComment:\n\n'


@pytest.fixture
def semeval_folder(tmp_path):
    """Write 60 sentences whose relation is plain from one word."""
    folder = tmp_path / "data" / "fetch" / "benchmarks" / "semeval"
    folder.mkdir(parents=True)
    chooser = random.Random(1)
    patterns = [
        ("The <e1>{}</e1> was born in <e2>{}</e2>.", "Entity-Origin(e1,e2)"),
        ("The <e1>{}</e1> wrote the <e2>{}</e2>.", "Product-Producer(e2,e1)"),
        ("A <e1>{}</e1> of the <e2>{}</e2>.", "Other"),
    ]
    for name, first, count in (("TRAIN_FILE.TXT", 1, 60), ("TEST_FILE_FULL.TXT", 8001, 12)):
        blocks = []
        for index in range(count):
            text, label = patterns[index % 3]
            pair = chooser.choice(PEOPLE).lower(), chooser.choice(PLACES).lower()
            blocks.append(semeval_block(first + index, text.format(*pair), label))
        (folder / name).write_text("".join(blocks), "utf-8")
    return folder


def docred_document(title, person, place, country):
    """Return a document: the person was born in the place, which is in the country."""
    sentences = [
        [person, "Smith", "was", "born", "in", place, "."],
        [place, "is", "a", "city", "of", country, "."],
    ]
    mention = {"type": "X"}
    return {
        "title": title,
        "sents": sentences,
        "vertexSet": [
            [{"name": f"{person} Smith", "pos": [0, 2], "sent_id": 0} | mention],
            [
                {"name": place, "pos": [5, 6], "sent_id": 0} | mention,
                {"name": place, "pos": [0, 1], "sent_id": 1} | mention,
            ],
            [{"name": country, "pos": [5, 6], "sent_id": 1} | mention],
        ],
        "labels": [
            {"h": 0, "t": 1, "r": "P19", "evidence": [0]},
            {"h": 1, "t": 2, "r": "P17", "evidence": [1]},
            {"h": 0, "t": 2, "r": "P27", "evidence": [0, 1]},
        ],
    }


@pytest.fixture
def docred_folder(tmp_path):
    """Write 20 training documents, 6 dev and 6 test."""
    folder = tmp_path / "data" / "fetch" / "benchmarks" / "docred"
    folder.mkdir(parents=True)
    chooser = random.Random(2)
    names = {"P17": "country", "P19": "place of birth", "P27": "country of citizenship"}
    (folder / "rel_info.json").write_text(json.dumps(names), "utf-8")
    for name, count in (("train_annotated", 20), ("dev", 6), ("test", 6)):
        documents = [
            docred_document(
                f"{name} {index}",
                chooser.choice(PEOPLE),
                chooser.choice(PLACES),
                chooser.choice(["France", "Ghana", "Haiti", "India", "Japan"]),
            )
            for index in range(count)
        ]
        (folder / f"{name}.json").write_text(json.dumps(documents), "utf-8")
    return folder


@pytest.fixture
def squad_folder(tmp_path):
    """Write 24 training and 8 dev questions on contexts of two sentences."""
    folder = tmp_path / "data" / "fetch" / "benchmarks" / "squad"
    folder.mkdir(parents=True)
    chooser = random.Random(3)
    for name, count in (("train", 12), ("dev", 4)):
        paragraphs = []
        for index in range(count):
            person, place = chooser.choice(PEOPLE), chooser.choice(PLACES)
            context = f"{person} was born in {place}. {person} wrote a novel."
            paragraphs.append(
                {
                    "context": context,
                    "qas": [
                        {
                            "id": f"{name}-{index}-{number}",
                            "question": question,
                            "answers": [{"text": text, "answer_start": context.index(text)}],
                        }
                        for number, (question, text) in enumerate(
                            [(f"Where was {person} born?", place), ("Who wrote a novel?", person)]
                        )
                    ],
                }
            )
        data = {"version": "1.1", "data": [{"title": "A_Title", "paragraphs": paragraphs}]}
        (folder / f"{name}-v1.1.json").write_text(json.dumps(data), "utf-8")
    return folder
