"""`tessera segments ...` on a published shop: each answers, and fits a pipe."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tessera.main import commands
from tessera.output import console
from tessera.segments.overlap import Pair, matrix
from tessera.segments.parts import note
from tessera.segments.show import shown
from tests.pipeline.conftest import AS_OF
from tests.segments.conftest import entry
from warehouse.connection import connect
from warehouse.errors import TesseraError
from warehouse.publications import current
from warehouse.publishing import publish
from warehouse.segments import published
from warehouse.settings import PROJECT_DIR, Settings

Says = Callable[..., Result]
PIPE = 80


@pytest.fixture(scope="module")
def published_shop(
    small_shop: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """The marts of the small shop, published in a folder of their own."""
    data_dir = tmp_path_factory.mktemp("published shop") / "data"
    shop = Settings(PROJECT_DIR, data_dir)
    shop.build_dir.mkdir(parents=True)
    shutil.copy(small_shop.build_path, shop.build_path)
    publish(shop, AS_OF)
    return shop


@pytest.fixture
def say(published_shop: Settings, monkeypatch: pytest.MonkeyPatch) -> Says:
    """Type a command about segments; nothing that it says is wider than a pipe."""

    def spoken(*words: str) -> Result:
        monkeypatch.setenv("TESSERA_DATA", str(published_shop.data_dir))
        monkeypatch.setattr("tessera.output.console.width", PIPE)
        result = CliRunner().invoke(commands, ["segments", *words])
        assert max(map(len, result.output.splitlines()), default=0) <= PIPE
        return result

    return spoken


def test_the_bare_command_lists(say: Says) -> None:
    bare, listed = say(), say("list")
    assert bare.exit_code == listed.exit_code == 0
    assert bare.output == listed.output
    assert "Cart abandoner" in bare.output


def test_show_tells_of_one_segment(say: Says) -> None:
    said = say("show", "cart_abandoner").output
    for word in ("CRM team", "and (last_order_at is null or", "reachable by SMS"):
        assert word in said
    assert "no other segment" in say("show", "everyone_else").output
    refused = say("show", "cart_abandonr").exception
    assert isinstance(refused, TesseraError)
    assert "Did you mean `cart_abandoner`?" in str(refused)


def test_preview_tries_a_rule(say: Says) -> None:
    result = say("preview", "--where", "order_count > 1 and not_in_segment('lapsed')")
    assert result.exit_code == 0, result.exception
    for word in ("customers", "not_in_segment('lapsed')", "Jaccard", "For example"):
        assert word in result.output
    assert "@" not in result.output
    assert "0 customers" in say("preview", "--where", "order_count > 1000").output


def test_explain_takes_any_name_of_a_customer(
    say: Says, published_shop: Settings
) -> None:
    with connect(published_shop.published_link / "tessera.duckdb", read_only=True) as c:
        ((customer, record),) = c.execute(
            "select customer_id, min(record_id) from identity_map group by all"
            " having customer_id in (select customer_id from segment_memberships"
            " where segment_name = 'repeat_buyer') order by all limit 1"
        ).fetchall()
    by_customer, by_record = say("explain", customer), say("explain", record)
    assert by_customer.exit_code == 0, by_customer.exception
    assert by_customer.output == by_record.output
    for word in ("A member of", "Not a member of", "order_count >= 2"):
        assert word in by_customer.output


def test_overlap_lists_pairs_and_a_matrix_that_fits(say: Says) -> None:
    said = say("overlap", "--most", "3").output
    assert "so many are in both" in said
    assert "The 3 closest of" in said


def test_the_matrix_crops_names_before_it_gives_up() -> None:
    names = [f"segment_of_a_long_name_{number:02}" for number in range(12)]
    pairs = [Pair(a, b, 1, 1.0, 1.0) for a in names for b in names]
    assert "wider terminal" in str(matrix(pairs, 63))
    with console.capture() as shown:
        console.print(matrix(pairs, 69), width=69)
    lines = [line.rstrip() for line in shown.get().splitlines()]
    assert max(map(len, lines)) <= 69
    rows = [line for line in lines if "segment_of_a_lon…" in line]
    assert len(rows) == len(names)
    assert all(row.split().count("100") == len(names) - 1 for row in rows)


def test_what_no_model_said_is_told_wherever_it_is_asked_for(say: Says) -> None:
    """The small shop has no models: what asks for one is not empty in silence."""
    said = "no model has said purchase_30d_probability of the customers of this moment"
    for words in (["show", "high_value"], ["list"], ["diff"]):
        told = " ".join(say(*words).output.replace("`", "").split())
        assert said in told
    rule = "in_segment('high_value') or order_count > 1"
    told = " ".join(say("preview", "--where", rule).output.replace("`", "").split())
    assert f"Note: {said}." in told


def test_show_tells_what_the_rule_of_a_ready_segment_asks_for_in_vain(
    published_shop: Settings, tmp_path: Path
) -> None:
    publication = current(published_shop)
    assert publication is not None
    shutil.copy(publication.database, tmp_path)
    with connect(tmp_path / "tessera.duckdb") as connection:
        connection.execute(
            "update segment_summary set rule_text ="
            " 'order_count > 0 or churn_probability > 0.5'"
            " where segment_name = 'lapsed'"
        )
    told = list(shown(replace(publication, path=tmp_path), "lapsed"))
    assert (
        note("no model has said `churn_probability` of the customers of this moment.")
        in told
    )


def test_diff_of_what_was_built_is_empty(say: Says) -> None:
    """Also: the statement that previews render is the one that dbt built."""
    result = say("diff")
    assert result.exit_code == 0, result.exception
    assert "Nobody would enter or leave a segment." in result.output


def test_diff_of_an_edit_says_who_moves(
    say: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = published._read

    def edited(file: object) -> object:
        content = read(file)
        segments = content["models"][0]["config"]["meta"]["segments"]
        segments.append(entry("buyer", "in_segment('lapsed') or order_count > 1", 5))
        return content

    monkeypatch.setattr(published, "_read", edited)
    result = say("diff")
    assert result.exit_code == 0, result.exception
    assert "buyer" in result.output
    told = " ".join(result.output.split())
    assert "another primary segment" in told
    # All who lapsed are in it, and neither names the other.
    assert "The gate would stop these" in told
    assert re.search(r"buyer lapsed (\S+) \1 ", told)
