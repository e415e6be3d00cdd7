"""What is an option, what is the expression, and what is neither."""

from __future__ import annotations

import pytest

from graphviz_ad.requests.arguments import OPTIONS, VERBS, UsageError, read


@pytest.mark.parametrize("expression", ["f=x*y", "-x", "-x*o", "-o*y", "-(x)", "--x*y", "-2**x", "-", "@f.gv", "x", "", "-V"])
def test_the_first_word_is_the_expression(expression: str) -> None:
    line = read([expression, "x=1", "-o", "a.svg", "o=2", "--json"])
    assert line.verb == ""
    assert line.words == [expression, "x=1", "o=2"]
    assert line.many("--output") == ["a.svg"]
    assert line.flag("--json")


def test_options_may_stand_before_the_expression() -> None:
    assert read(["--no-draw", "--of", "q", "x*y", "x=1"]).words == ["x*y", "x=1"]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_one_only_in_front(verb: str) -> None:
    assert read([verb, "x"]).verb == verb
    assert read([verb, "x"]).words == ["x"]
    assert read(["--", verb, f"{verb}=2"]).words == [verb, f"{verb}=2"]
    assert read(["--", verb]).verb == ""
    assert read(["x", verb]).words == ["x", verb]
    assert read([verb, "--", verb]).words == [verb]


def test_two_dashes_end_the_options() -> None:
    line = read(["--", "--x", "--json", "-o"])
    assert line.words == ["--x", "--json", "-o"]
    assert line.options == {}


def test_output_is_repeatable_and_others_are_not() -> None:
    assert read(["x", "-o", "a.svg", "--output=b.png", "--output", "-"]).many("--output") == ["a.svg", "b.png", "-"]
    with pytest.raises(UsageError, match="--theme is given twice"):
        read(["x", "--theme", "dark", "--theme", "light"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x", "--ouput", "f.svg"], "did you mean --output"),
        (["x", "--out", "f.svg"], "did you mean --output"),
        (["--x"], "gradviz -- --x"),
        (["x", "-of.svg"], "-o f.svg"),
        (["x", "-q"], "no option -q"),
        (["x", "-o"], "needs a value"),
        (["x", "--theme"], "needs a value"),
        (["x", "--of="], "needs a value"),
        (["x", "--json=1"], "takes no value"),
        (["x", "--theme", "drak"], "did you mean dark"),
        (["x", "--precision", "many"], "whole number"),
        (["x", "--precision", "-1"], "whole number"),
        (["x", "--depth", "1.5"], "whole number"),
        (["x", "--form", "latex"], "not an option of gradviz EXPRESSION"),
        (["check", "x", "--title", "t"], "not an option of gradviz check"),
    ],
)
def test_mistakes_are_answered_with_the_next_step(arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(arguments)


def test_every_choice_of_every_option_is_taken() -> None:
    for option in OPTIONS:
        for verb in option.verbs:
            for choice in option.choices:
                assert read([*([verb] if verb else []), "x", option.name, choice]).text(option.name) == choice


def test_a_title_may_be_anything() -> None:
    assert read(["x", "--title", "--json"]).text("--title") == "--json"
    assert read(["x", "--title", ""]).text("--title") == ""


def test_numbers_have_their_own_limits() -> None:
    assert read(["practice", "x*y", "--seed", "4294967295"]).number("--seed") == 4294967295
    with pytest.raises(UsageError, match="--seed is a whole number from 0 to 4294967295, not '4294967296'"):
        read(["practice", "x*y", "--seed", "4294967296"])
    with pytest.raises(UsageError, match="from 0 to 17"):
        read(["x", "--precision", "18"])
    assert read(["x", "--focus", "q", "--radius", "100", "--expand", "a", "--expand", "b"]).many("--expand") == ["a", "b"]
