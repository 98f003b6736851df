from imports import ROOT

from stages.readme import fill, settings_table, stage_table


def test_tables_of_the_readme_are_up_to_date():
    text = (ROOT / "README.md").read_text("utf-8")
    assert fill(text, "stages", stage_table()) == text, "run `make docs`"
    assert fill(text, "settings", settings_table()) == text, "run `make docs`"


def test_fill_replaces_between_the_marks_only():
    text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"
    assert fill(text, "x", r"new \1") == "a\n<!-- x -->\nnew \\1\n<!-- /x -->\nb\n"
