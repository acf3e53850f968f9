"""What a person mends comes back as it was written, whatever the lines look like."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warehouse.errors import TesseraError
from warehouse.mending import header_line, lines_of, read_mended, write_aside
from warehouse.quarantine import Aside

SIGNS = st.sampled_from('#>| \n\r",ab')
LETTERS = st.one_of(SIGNS, st.characters(exclude_categories=["Cs"]))
TEXTS = st.text(LETTERS, min_size=1).filter(lambda text: text.strip("\r\n"))


def aside(text: str, line: int = 1, load: int = 1, path: str = "a/b/c d.csv") -> Aside:
    return Aside("a", "b", path, load, line, "malformed_line", text)


def written(folder: Path, *rows: Aside) -> Path:
    out = folder / "to mend.txt"
    write_aside(out, rows, {1: "id,name", 2: "key"})
    return out


@given(st.lists(TEXTS, min_size=1, max_size=4))
@example(["#> a/b/c.csv:1 load 1 malformed_line", "##> x", "#| id", "###|"])
@example(["#>", "a\n#> b\n##| c", "# Lines", '"two\r\nlines"'])
def test_lines_come_back_as_they_were(texts: list[str]) -> None:
    rows = [aside(text, number) for number, text in enumerate(texts, start=1)]
    with TemporaryDirectory() as folder:
        mended = read_mended(written(Path(folder), *rows))
    assert [one.text for one in mended] == [text.strip("\r\n") for text in texts]
    assert [one.line_number for one in mended] == [row.line_number for row in rows]


def test_each_line_keeps_the_header_of_its_file(tmp_path: Path) -> None:
    rows = [aside("1,a"), aside("2,b", line=2), aside("3", load=2)]
    mended = read_mended(written(tmp_path, *rows))
    assert [one.header for one in mended] == ["id,name", "id,name", "key"]


def test_an_editor_of_another_system_changes_nothing(tmp_path: Path) -> None:
    out = written(tmp_path, aside("1,a"), aside('2,"b\nc"', line=2))
    foreign = out.read_text().replace("\n", "\r\n")
    out.write_bytes(b"\xef\xbb\xbf" + foreign.encode())
    mended = read_mended(out)
    assert [lines_of(one.text) for one in mended] == [["1,a"], ['2,"b', 'c"']]
    assert {one.header for one in mended} == {"id,name"}


def test_a_removed_text_is_no_line(tmp_path: Path) -> None:
    out = written(tmp_path, aside("1,a"), aside("2,b", line=2))
    out.write_text(out.read_text().replace("1,a\n", ""))
    assert [one.line_number for one in read_mended(out)] == [2]


def test_a_place_that_stands_twice_is_refused(tmp_path: Path) -> None:
    out = written(tmp_path, aside("1,a"), aside("2,b"))
    with pytest.raises(TesseraError, match="more than once"):
        read_mended(out)


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"", b"id,name\n1,a\n"])
def test_a_file_that_is_none_says_where_one_comes_from(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "other.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TesseraError, match="tessera quarantine --out FILE"):
        read_mended(file)


def test_odd_names_make_one_line_of_header() -> None:
    assert header_line(["id", "two\nlines", 'a "b", c']) == 'id,two lines,"a ""b"", c"'
