import gzip
import json

import pytest

from pipeline.benchmarks.readers.qa import (
    find_subjects,
    held_out_pairs,
    read_mrqa,
    read_qa,
    read_squad,
)
from pipeline.errors import InputError


def write_mrqa(path, lines):
    rows = [json.dumps({"header": {"dataset": "X", "split": "dev"}}), *map(json.dumps, lines)]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))


def mrqa_line(number=0, spans=((0, 2), (8, 10))):
    return {
        "context": "Ada met Ada in Alton.",
        "qas": [
            {
                "qid": f"q{number}",
                "id": "other",
                "question": "Who met whom?",
                "answers": ["Ada", "Ada"],
                "detected_answers": [{"text": "Ada", "char_spans": spans}] * 2,
            }
        ],
    }


def test_squad_answers_are_where_the_file_says(squad_folder):
    questions = read_squad(squad_folder / "train-v1.1.json")
    assert len(questions) == 24
    for question in questions:
        assert [question.context[slice(*span)] for span in question.spans] == list(question.answers)
    assert questions[0].title == "A Title"


def test_squad_answer_elsewhere_is_refused(squad_folder):
    path = squad_folder / "dev-v1.1.json"
    data = json.loads(path.read_text("utf-8"))
    data["data"][0]["paragraphs"][1]["qas"][0]["answers"][0]["answer_start"] += 1
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(InputError, match="article 0, question dev-1-0: the context does not read"):
        read_qa(squad_folder)


def test_mrqa_spans_are_inclusive_and_questions_go_by_qid(tmp_path):
    write_mrqa(tmp_path / "dev.jsonl.gz", [mrqa_line()])
    (question,) = read_mrqa(tmp_path / "dev.jsonl.gz")
    assert question.id == "q0"
    assert [question.context[slice(*span)] for span in question.spans] == ["Ada", "Ada"]


def test_mrqa_faults_are_refused_with_the_line(tmp_path):
    path = tmp_path / "dev.jsonl.gz"
    write_mrqa(path, [mrqa_line(), mrqa_line(spans=[(0, 99)])])
    with pytest.raises(InputError, match=":3: question q0: span outside"):
        read_mrqa(path)
    write_mrqa(path, [{"context": "x"}])
    with pytest.raises(InputError, match=":2: Object missing required field 'qas'"):
        read_mrqa(path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match="not a whole gzip file"):
        read_mrqa(path)
    path.write_text("no gzip", "utf-8")
    with pytest.raises(InputError, match="not a whole gzip file"):
        read_mrqa(path)


def test_dev_is_halved_by_context_and_seed(squad_folder):
    splits = read_qa(squad_folder, 1)
    assert (len(splits.train), len(splits.dev), len(splits.test)) == (24, 4, 4)
    assert {q.passage for q in splits.dev}.isdisjoint(q.passage for q in splits.test)
    assert read_qa(squad_folder, 1) == splits
    assert any(read_qa(squad_folder, seed).dev != splits.dev for seed in range(2, 9))


def test_mrqa_form_is_taken_where_both_are_there(squad_folder):
    for name in ("train", "dev"):
        write_mrqa(squad_folder / f"{name}.jsonl.gz", [mrqa_line(i) for i in range(3)])
    splits = read_qa(squad_folder)
    assert [q.id for q in splits.train] == ["q0", "q1", "q2"]


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("Where was Ada Smith born?", ["Ada Smith"]),
        ("What is the capital of the Kingdom of Alton?", ["Kingdom of Alton"]),
        ("In which city did Bela meet Ada?", ["Bela", "Ada"]),
        ("How many people live there?", []),
    ],
)
def test_subjects_are_the_capitalised_phrases(question, subjects):
    assert find_subjects(question) == subjects


def test_subjects_of_a_question_in_lower_case_are_its_phrases():
    subjects = find_subjects("who wrote the lay")
    assert "the lay" in subjects
    assert "who wrote the lay" in subjects
    assert len(subjects) == 10


def test_held_out_pairs_join_title_and_subjects_with_answers(squad_folder):
    pairs = {(pair.head, pair.tail) for pair in held_out_pairs(squad_folder)}
    questions = read_qa(squad_folder).dev
    question = next(q for q in questions if q.text.startswith("Where"))
    person = question.text.split()[2]
    assert (person, question.answers[0]) in pairs
    assert ("A Title", question.answers[0]) in pairs


@pytest.mark.real
def test_official_counts(shared):
    folder = shared / "data" / "benchmarks"
    assert len(read_squad(folder / "squad" / "train-v1.1.json")) == 87_599
    assert len(read_squad(folder / "squad" / "dev-v1.1.json")) == 10_570
    counts = {
        "SQuAD.dev": 10_507,
        "NaturalQuestions.dev.2655": 2_655,
        "TriviaQA.sample.train": 14,
        "TriviaQA.sample.dev": 2,
    }
    for name, number in counts.items():
        questions = read_mrqa(folder / "mrqa" / f"{name}.jsonl.gz")
        assert len(questions) == number
        assert all(question.spans for question in questions)
