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
    document = TaggedDocument("7-0", "Nothing", text, links, tagged)
    counts = {}
    lookup = Lookup(TARGETS, names, rests or dict.fromkeys(names, 200))
    measure_page([document], lookup, CONFIG, counts)
    assert names == lookup.names  # left as it was
    return counts


def test_quality_counts_what_is_found_and_right():
    names = {"Oda": [(2, 9_000, 0), (3, 1_000, 0)], "salt": [(5, 1_500, 0)]}
    counts = measure("[Oda>Oda] and [Oda>Oda (band)] and [salt>Salt] and [Oda>Many].", names)
    found = {int(name[13:]): n for name, n in counts.items() if name.startswith("hidden_found_")}
    right = {int(name[13:]): n for name, n in counts.items() if name.startswith("hidden_right_")}
    assert (counts["hidden_links"], sum(found.values()), sum(right.values())) == (3, 3, 2)
    assert found == {100: 2, 71: 1}  # all of what is left of 200; 500 of 700


def test_quality_forgets_what_the_page_taught():
    counts = measure("[salt>Salt]", {"salt": [(5, 1_000, 0)]})
    assert counts == {"hidden_links": 1}
    counts = measure("[salt>Salt]", {"salt": [(5, 1_500, 0)]})
    assert counts == {"hidden_links": 1, "hidden_found_71": 1, "hidden_right_71": 1}  # 500 of 700
    # a hyperlink that leads to no item is forgotten too: 500 of 500 + 200
    counts = measure("[salt>Gone]", {"salt": [(5, 500, 0)]}, {"salt": 1_200})
    assert counts == {"hidden_outside": 1, "hidden_outside_found": 1}


def test_quality_a_tagged_name_gives_its_label_but_not_its_span():
    names = {"Oda": [(2, 9_000, 0)], "Great Oda": [(3, 9_000, 0)]}
    counts = measure("{Great [Oda>Oda]|GPE} lies there.", names)
    assert sum(n for name, n in counts.items() if name.startswith("hidden_right_")) == 1


def test_quality_summary():
    found = {"hidden_found_95": 4, "hidden_found_50": 2, "hidden_found_49": 1, "hidden_found_0": 1}
    right = {"hidden_right_95": 4, "hidden_right_50": 1, "hidden_right_0": 1}
    counts = {"hidden_links": 10, **found, **right, "mentions_link": 2}
    summary = summarize(counts)
    assert (summary["accuracy"], summary["coverage"], summary["links"]) == (0.75, 0.8, 10)
    assert (summary["accuracy_0.9"], summary["coverage_0.9"]) == (1.0, 0.4)
    assert (summary["accuracy_0.5"], summary["coverage_0.5"]) == (0.8333, 0.6)
    assert (summary["accuracy_at_80"], summary["confidence_at_80"]) == (0.75, 0.0)
    assert counts == {"mentions_link": 2}
    more = summarize({"hidden_links": 5, **found, **right})
    assert (more["accuracy_at_80"], more["confidence_at_80"]) == (1.0, 0.95)
    assert summarize({"hidden_links": 9, "hidden_found_95": 1})["accuracy_at_80"] == 0.0
    assert summarize({})["accuracy"] == 0.0


@pytest.mark.parametrize("fraction", [0.0, 0.2, 1.0])
def test_quality_samples_whole_pages(fraction):
    pages = [is_sampled(f"{page}-0", fraction) for page in range(5_000)]
    assert sum(pages) / 5_000 == pytest.approx(fraction, abs=0.02)
    assert pages == [is_sampled(f"{page}-3", fraction) for page in range(5_000)]
