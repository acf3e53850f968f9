"""The line that every benchmark prints; no timing is asserted here."""

import math

import pytest

from benchmarks.figures import Figure, tell


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (Figure("a.seconds", 12.3456), "figure a.seconds 12.35 goal - ok"),
        (Figure("a.events", 1_234_567), "figure a.events 1234567 goal - ok"),
        (Figure("a.share", 0.00012345), "figure a.share 0.0001234 goal - ok"),
        (Figure("a.pace", 200, at_least=200), "figure a.pace 200 goal 200 ok"),
        (Figure("a.pace", 199.9, at_least=200), "figure a.pace 199.9 goal 200 short"),
        (Figure("a.s", 240, at_most=240), "figure a.s 240 goal 240 ok"),
        (Figure("a.s", 241, at_most=240), "figure a.s 241 goal 240 short"),
        (Figure("a.s", math.nan, at_most=240), "figure a.s nan goal 240 short"),
        (Figure("a.was_done", True, at_least=1), "figure a.was_done 1 goal 1 ok"),
    ],
)
def test_a_figure_is_one_line_in_six_words(figure: Figure, line: str) -> None:
    assert figure.line() == line
    assert len(line.split()) == 6


def test_a_figure_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Figure("first.seconds", 1.5), Figure("second.seconds", 2.0))
    assert capsys.readouterr().out.splitlines() == [
        "figure first.seconds 1.5 goal - ok",
        "figure second.seconds 2 goal - ok",
    ]


@pytest.mark.parametrize("name", ["", "two words", "a line\n"])
def test_a_name_of_several_words_would_break_the_line(name: str) -> None:
    with pytest.raises(ValueError, match="one word"):
        Figure(name, 1.0)


def test_a_line_shows_one_goal() -> None:
    with pytest.raises(ValueError, match="two goals"):
        Figure("a.share", 0.5, at_least=0.1, at_most=0.9)
