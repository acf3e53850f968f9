"""Frames go in and out of the build database without a surprise."""

import pandas as pd
import pytest

from ml.common.frames import empty
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.settings import Settings
from warehouse.tables import read_batches, read_frame, row_counts, write_frames


@pytest.fixture
def built(settings: Settings) -> Settings:
    settings.build_dir.mkdir(parents=True)
    with connect(settings.build_path) as connection:
        connection.execute("create schema ml; create table ml.scores (a int, b text)")
    return settings


def test_rows_are_replaced_and_types_kept(built: Settings) -> None:
    for value in (1, 2):
        write_frames(built, {"ml.scores": pd.DataFrame({"b": ["x"], "a": [value]})})
    frame = read_frame(built, "ml.scores")
    assert frame.to_dict("list") == {"a": [2], "b": ["x"]}
    assert str(frame["a"].dtype) == "int32"


def test_other_columns_make_the_table_anew(built: Settings) -> None:
    write_frames(built, {"ml.scores": pd.DataFrame({"c": [1.5]})})
    assert list(read_frame(built, "ml.scores").columns) == ["c"]


def test_all_tables_or_none(built: Settings) -> None:
    good = pd.DataFrame({"a": [1], "b": ["x"]})
    bad = pd.DataFrame({"a": ["no number"], "b": ["x"]})
    write_frames(built, {"ml.scores": good})
    with pytest.raises(Exception, match="no number"):
        write_frames(built, {"ml.others": good, "ml.scores": bad})
    assert row_counts(built, ["ml.scores", "ml.others"]) == {"ml.scores": 1}


def test_a_missing_table_is_named(built: Settings) -> None:
    with pytest.raises(TesseraError, match=r"features\.none"):
        read_frame(built, "features.none")


ROWS = """
    select 'c' || (i * 7 % 10) as id, i::decimal(18, 2) / 4 as amount,
        case when i != 3 then i end as number, timestamp '2025-01-01' as at
    from range(10) as rows(i)
"""


@pytest.fixture
def rows(built: Settings) -> Settings:
    with connect(built.build_path) as connection:
        connection.execute(f"create table ml.rows as {ROWS}")
    return built


def test_batches_are_the_frame_in_its_order(rows: Settings) -> None:
    with read_batches(rows, "ml.rows", 4) as batches:
        read = list(batches)
    assert [len(batch) for batch in read] == [4, 4, 2]
    together = pd.concat(read, ignore_index=True)
    whole = read_frame(rows, "ml.rows").astype({"number": "float64"})
    pd.testing.assert_frame_equal(together, whole)
    with read_batches(rows, "ml.rows", 4, key="id") as batches:
        pd.testing.assert_frame_equal(pd.concat(batches, ignore_index=True), whole)


def test_numbers_of_every_kind_come_as_floats(built: Settings) -> None:
    with connect(built.build_path) as connection:
        connection.execute(
            "create table ml.kinds as select 'a' as id, 3::hugeint as \"at\","
            " null::bigint as n, true as yes, 1.25::decimal(9, 2) as amount"
        )
    with read_batches(built, "ml.kinds") as batches:
        (frame,) = batches
    assert set(frame.drop(columns="id").dtypes.astype(str)) == {"float64"}
    assert frame[["at", "yes", "amount"]].iloc[0].to_list() == [3, 1, 1.25]
    assert frame["n"].isna().all()


def test_words_of_which_there_are_few_are_written_as_words(built: Settings) -> None:
    words = pd.DataFrame({"why": pd.Categorical(["b", "a", "b"])}, index=[3, 1, 2])
    for frame in (empty({"why": "category"}), words):
        write_frames(built, {"ml.words": frame})
        with connect(built.build_path, read_only=True) as connection:
            assert connection.table("ml.words").types == ["VARCHAR"]
            told = connection.execute("from ml.words").fetchall()
        assert [why for (why,) in told] == frame["why"].to_list()


def test_a_batch_left_half_read_locks_nothing(rows: Settings) -> None:
    with read_batches(rows, "ml.rows", 4) as batches:
        first = next(batches)
    write_frames(rows, {"ml.rows": first})
    assert row_counts(rows, ["ml.rows"]) == {"ml.rows": 4}


def test_batches_of_a_missing_table_name_it(built: Settings) -> None:
    with (
        pytest.raises(TesseraError, match=r"features\.none"),
        read_batches(built, "features.none"),
    ):
        pass
