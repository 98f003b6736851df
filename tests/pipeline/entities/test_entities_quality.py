import pytest
from small_linking import CONFIG, mark

from pipeline.entities.evidence import Lookup, Target
from pipeline.entities.quality import is_sampled, measure_page, summarize
from pipeline.entities.tagged import TaggedDocument

TARGETS = {
    "Oda": Target(2, True, 0, "Oda"),
    "Oda (band)": Target(3, True, 0, "Oda"),
    "Salt": Target(5, True, 0, "salt"),
    "Many": Target(0, False, 0, ""),
}


def measure(marked, names, rests=None):
    text, links, tagged = mark(marked)
    document = TaggedDocument("7-0", "Nothing", text, links, tagged, [0])
    counts = {}
    lookup = Lookup(TARGETS, names, rests or dict.fromkeys(names, 200))
    measure_page([document], lookup, CONFIG, counts)
    assert names == lookup.names  # left as it was
    return counts


def test_quality_counts_what_is_found_and_right():
    names = {"Oda": [(2, 9_000, 0), (3, 1_000, 0)], "salt": [(5, 1_500, 0)]}
    counts = measure("[Oda>Oda] and [Oda>Oda (band)] and [salt>Salt] and [Oda>Many].", names)
    assert (counts["hidden_links"], counts["hidden_found"], counts["hidden_right"]) == (3, 3, 2)
    assert counts["hidden_found_0.9"] == 2


def test_quality_forgets_what_the_page_taught():
    counts = measure("[salt>Salt]", {"salt": [(5, 1_000, 0)]})
    assert counts == {"hidden_links": 1}
    counts = measure("[salt>Salt]", {"salt": [(5, 1_500, 0)]})
    assert counts["hidden_right"] == 1
    assert "hidden_found_0.9" not in counts  # 500 of 700
    # a hyperlink that leads to no item is forgotten too: 500 of 500 + 200
    counts = measure("[salt>Gone]", {"salt": [(5, 500, 0)]}, {"salt": 1_200})
    assert counts == {"hidden_outside": 1, "hidden_outside_found": 1}


def test_quality_a_tagged_name_gives_its_label_but_not_its_span():
    names = {"Oda": [(2, 9_000, 0)], "Great Oda": [(3, 9_000, 0)]}
    counts = measure("{Great [Oda>Oda]|GPE} lies there.", names)
    assert counts["hidden_right"] == 1


def test_quality_summary():
    counts = {"hidden_links": 8, "hidden_found": 4, "hidden_right": 3, "mentions_link": 2}
    summary = summarize(counts)
    assert (summary["accuracy"], summary["coverage"], summary["links"]) == (0.75, 0.5, 8)
    assert summary["coverage_0.9"] == summary["accuracy_0.9"] == 0.0
    assert counts == {"mentions_link": 2}
    assert summarize({})["accuracy"] == 0.0


@pytest.mark.parametrize("fraction", [0.0, 0.2, 1.0])
def test_quality_samples_whole_pages(fraction):
    pages = [is_sampled(f"{page}-0", fraction) for page in range(5_000)]
    assert sum(pages) / 5_000 == pytest.approx(fraction, abs=0.02)
    assert pages == [is_sampled(f"{page}-3", fraction) for page in range(5_000)]
