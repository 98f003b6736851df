from hypothesis import given
from hypothesis import strategies as st

from pipeline.benchmarks.readers.docred import Document, Fact, Mention
from pipeline.benchmarks.readers.running_text import set_in_print

TOKENS = st.sampled_from(
    ["Ada", ",", ".", "(", ")", '"', "'s", "'", "-", "/", "\xa0", "$", "5", "%"]
)


def test_tokens_are_set_as_in_print():
    document = Document(
        title="T",
        sentences=[
            [
                "Ada",
                "'s",
                '"',
                "Blue",
                "-",
                "Book",
                '"',
                "(",
                "1",
                ",",
                "2",
                ";",
                "$",
                "5",
                ")",
                "cost",
                "5",
                "%",
                ".",
            ],
            ["The", "Odas", "'", "U.S.", "tour", "."],
        ],
        entities=[
            [Mention(name="Blue", span=(3, 6), sentence=0, type="MISC")],
            [
                Mention(name="Ada", span=(0, 1), sentence=0, type="PER"),
                Mention(name="Ada", span=(0, 1), sentence=0, type="PER"),
            ],
            [Mention(name="U.S.", span=(3, 4), sentence=1, type="LOC")],
        ],
        facts=[Fact(relation="P17", head=1, tail=2)],
    )
    found = set_in_print(document)
    assert found.text == "Ada's \"Blue-Book\" (1, 2; $5) cost 5%. The Odas' U.S. tour."
    names = [[found.text[s:e] for s, e, _ in mentions] for mentions in found.entities]
    assert names == [["Blue-Book"], ["Ada"], ["U.S."]]
    assert found.facts == {(1, 2, 17)}
    assert set_in_print(Document("T", [["a"]], [])).facts is None


@given(st.lists(st.lists(TOKENS, min_size=1, max_size=12), min_size=1, max_size=4), st.data())
def test_every_mention_covers_its_tokens(sentences, data):
    number = data.draw(st.integers(0, len(sentences) - 1))
    start = data.draw(st.integers(0, len(sentences[number]) - 1))
    end = data.draw(st.integers(start + 1, len(sentences[number])))
    mention = Mention(name="x", span=(start, end), sentence=number, type="ORG")
    found = set_in_print(Document("T", sentences, [[mention]]))
    ((first, last, kind),) = found.entities[0]
    wanted = "".join(sentences[number][start:end])
    assert (found.text[first:last].replace(" ", ""), kind) == (wanted, "ORG")
