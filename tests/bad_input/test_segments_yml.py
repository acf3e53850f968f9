"""Every mistake of segments.yml is a sentence, told before anything is built."""

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bad_input.conftest import Says, ask, land
from tests.bad_input.odd_files import HEADER, person
from warehouse.dbt import dbt_build
from warehouse.errors import TesseraError
from warehouse.segments import mistakes
from warehouse.settings import PROJECT_DIR, Settings

SEGMENTS = Path("models/segments/segments.yml")
CATCH_ALL = {
    "name": "others",
    "label": "Others",
    "description": "Whoever is left.",
    "owner": "CRM team",
    "kind": "catch_all",
    "priority": 1000,
    "expected_share": [0, 1],
}


@cache
def project_entries() -> list[dict[str, Any]]:
    """The entries of the project's own segments.yml."""
    content = yaml.safe_load((PROJECT_DIR / SEGMENTS).read_text(encoding="utf-8"))
    entries: list[dict[str, Any]] = content["models"][0]["config"]["meta"]["segments"]
    return entries


@cache
def input_columns() -> dict[str, str]:
    """The columns of customer_features, by the contract of segment_inputs."""
    file = PROJECT_DIR / "models/segments/_segments.yml"
    models = yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    (columns,) = [m["columns"] for m in models if m["name"] == "segment_inputs"]
    return {column["name"]: column["data_type"] for column in columns}


def told(entries: Any) -> list[str]:
    """The mistakes in these entries, without the place that each begins with."""
    found = mistakes(json.dumps(entries), json.dumps(input_columns())).splitlines()
    place = f"{SEGMENTS}: "
    assert all(line.startswith(place) for line in found)
    return [line.removeprefix(place) for line in found]


def rule(where: Any = "order_count > 1", **keys: Any) -> list[dict[str, Any]]:
    """A list of one rule and the catch-all."""
    entry = {**CATCH_ALL, "name": "rule", "kind": "rule", "priority": 1}
    return [entry | {"where": where} | keys, CATCH_ALL]


def test_the_projects_own_segments_are_right() -> None:
    assert told(project_entries()) == []
    assert told(rule()) == []


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            "orders_count > 1",
            "uses `orders_count`, which customer_features does not have."
            " Did you mean `order_count`?",
        ),
        (
            "high_value",
            "uses `high_value`, which customer_features does not have. Known:",
        ),
        ("order_count >", "is no SQL predicate: syntax error"),
        ("order_count > 1)", "is no SQL predicate: syntax error"),
        ("order_count > 'many'", "is no SQL predicate: Conversion Error"),
        ("orderly(order_count)", "is no SQL predicate: Catalog Error"),
        ("order_count", "of type BIGINT; a predicate is true or false"),
        ("", "has no `where`"),
        (17, "has no `where`"),
        ("true", "asks for no column"),
        ("order_count > 1; drop table inputs", "has a semicolon"),
        ("order_count > 1 -- often", "has a comment"),
        ("order_count /* of all */ > 1", "has a comment"),
        ("order_count > 1), (order_count > 2", "more than one expression"),
        ("order_count > (select 1)", "has a subquery"),
        ("exists (select 1)", "has a subquery"),
        ("sum(order_count) > 1", "uses `sum`, a function of many rows"),
        ("unnest([order_count > 1])", "uses `unnest`, a function of many rows"),
        ("row_number() over () > order_count", "has a window function"),
        ("columns('order_count') > 1", "name the columns"),
        ("order_count > $least", "has a parameter"),
        ("random() > order_count", "uses `random`, which says something else"),
        ("last_order_at > now() - interval 1 day", "the only clock is `as_of_at`"),
        ("last_order_at > current_timestamp", "the only clock is `as_of_at`"),
        ("inputs.order_count > 1", "write `order_count` alone"),
    ],
)
def test_a_wrong_predicate_is_refused(where: Any, sentence: str) -> None:
    found = told(rule(where))
    assert len(found) == 1
    assert found[0].startswith("segment `rule` ")
    assert sentence in found[0]


@pytest.mark.parametrize(
    "where",
    [
        "lifecycle_stage = 'one; two -- three'",
        "coalesce(order_count, 0) between 1 and 3 and not is_identified",
        "last_order_at > as_of_at - interval 3 day",
        "case when order_count > 1 then true else cluster_name in ('a', 'b') end",
    ],
)
def test_a_right_predicate_is_not(where: str) -> None:
    assert told(rule(where)) == []


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"were": "x"}, "has the unknown key `were`. Did you mean `where`?"),
        ({"kind": "rules"}, "has the kind `rules`. Did you mean `rule`?"),
        ({"kind": ["rule"]}, "has the kind `['rule']`"),
        ({"priority": "first"}, "has the priority `first`, which is no whole number"),
        ({"priority": True}, "has the priority `True`, which is no whole number"),
        ({"label": 3}, "has the label `3`, which is no text"),
        ({"expected_share": [0.5, 0.1]}, "it is [least, most] between 0 and 1"),
        ({"expected_share": "few"}, "it is [least, most] between 0 and 1"),
        ({"may_overlap": ["otters"]}, "no segment. Did you mean `others`?"),
        ({"may_overlap": "others"}, "it is a list of segments"),
        ({"ownr": "x"}, "has the unknown key `ownr`. Did you mean `owner`?"),
        ({"owner": 3}, "has the owner `3`, which is no text"),
        ({"owner": " "}, "has an empty owner"),
        ({"destinations": "klaviyo"}, "has the destinations `klaviyo`; it is a list"),
        ({"destinations": ["The Ads"]}, "a destination's name is of lower-case"),
        ({"destinations": ["ads", "ads"]}, "destination `ads` more than once"),
        ({"live": "yes"}, "has the live `yes`; it is true or false"),
        ({"live": 1}, "has the live `1`; it is true or false"),
        ({"live": True, "kind": "score"}, "only a `rule` can be live"),
        ({"reentry": "onc"}, "`{after_days: N}`. Did you mean `once`?"),
        ({"reentry": None}, "has the reentry `None`; it is `always`"),
        ({"reentry": {}}, "has an empty reentry; it is `always`"),
        ({"reentry": {"after_day": 3}}, "Did you mean `after_days`?"),
        ({"reentry": {"after_days": 0}}, "no whole number from 1 on"),
        ({"reentry": {"after_days": 1.5}}, "no whole number from 1 on"),
    ],
)
def test_a_wrong_key_is_refused(keys: dict[str, Any], sentence: str) -> None:
    (found,) = told(rule(**keys))
    assert found.startswith("segment `rule` ")
    assert sentence in found


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Two Words", "lower-case letters, digits and underscores"),
        ("order_count", "has the name of a column"),
        ("select", "means something in SQL"),
        ("holds", "the tables of segments use"),
        ("segment_name", "the tables of segments use"),
        ("cluster_quiet", "begins with `cluster_`, as those of clusters do"),
        (3, "is no text"),
    ],
)
def test_a_wrong_name_is_refused(name: Any, sentence: str) -> None:
    assert sentence in told(rule(name=name))[0]


@pytest.mark.parametrize(
    "keys",
    [
        {"destinations": [], "live": False, "reentry": "always"},
        {"destinations": ["klaviyo", "ads"], "live": True, "reentry": "once"},
        {"reentry": {"after_days": 1}},
    ],
)
def test_right_keys_are_not(keys: dict[str, Any]) -> None:
    assert told(rule(**keys)) == []


def test_what_only_the_whole_list_shows_is_told() -> None:
    twice = [*rule(), *rule(priority=2)]
    assert "2 segments have the name `rule`; each needs its own." in told(twice)
    same = (
        "2 segments have the priority `1000` (`others`, `others`); each needs its own."
    )
    assert same in told(twice)
    assert told(twice)[-1].startswith("there are 2 entries of kind `catch_all`")
    assert told(rule()[:1])[0].startswith("there are 0 entries of kind `catch_all`")
    clusters = [*rule(kind="cluster"), *rule(kind="cluster", name="b", priority=2)[:1]]
    assert told(clusters)[0].startswith("there are 2 entries of kind `cluster`")
    assert told(["rule", CATCH_ALL]) == ["entry 1 is `rule`, and not a list of keys."]
    for nothing in (None, [], "rule", {}):
        assert told(nothing) == [
            "`segments` under `config: meta:` is no list of entries."
        ]


def test_all_mistakes_come_at_once() -> None:
    wrong = rule("orders_count > 1", priority="first", were=1)[0]
    del wrong["label"], wrong["owner"]
    assert (
        len(told([wrong, wrong | {"name": "b", "where": "sum(order_count) > 1"}])) == 12
    )


@pytest.fixture(scope="module")
def broken_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dbt project in a folder of its own, with two mistakes in segments.yml."""
    copy = tmp_path_factory.mktemp("broken project")
    for folder in ("models", "macros", "seeds"):
        shutil.copytree(PROJECT_DIR / folder, copy / folder)
    for file in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_DIR / file, copy)
    text = (copy / SEGMENTS).read_text(encoding="utf-8")
    text = text.replace("cart_add_48h_count = 0", "cart_adds_48h_count = 0")
    text = text.replace("expected_share: [0, 0.3]", "expected_share: [0.3, 0]")
    (copy / SEGMENTS).write_text(text, encoding="utf-8")
    other = copy / "models/identity/survivorship.yml"
    wrong = other.read_text(encoding="utf-8").replace("[verified,", "[verifed,")
    other.write_text(wrong, encoding="utf-8")
    return copy


@pytest.fixture
def broken(broken_project: Path, tmp_path: Path) -> Settings:
    """The broken project on a folder in which a customer has landed."""
    settings = Settings(broken_project, tmp_path / "data")
    land(settings, "shop/customers/a.csv", (HEADER + person("ann")).encode())
    return settings


def built_tables(settings: Settings) -> list[Any]:
    """What stands in the build database, but for the seeds' and runs' own tables."""
    if not settings.build_path.exists():
        return []
    return ask(
        settings,
        "select table_name from duckdb_tables()"
        " where schema_name not in ('ops', 'ledger')",
    )


def assert_told(text: str) -> None:
    """The mistakes of both files are there, and no stack trace."""
    assert "uses `cart_adds_48h_count`, which customer_features does not have" in text
    assert "Did you mean `cart_add_48h_count`?" in text
    assert "segment `highly_engaged` has the expected_share [0.3, 0]" in text
    assert "survivorship.yml: group `email` names `verifed` in criteria" in text
    assert "Traceback" not in text


def assert_nothing_else(text: str) -> None:
    """Each line is a sentence that begins with its file, and none is of dbt."""
    lines = text.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("models/") for line in lines)
    assert lines[-1].endswith(" Nothing was built; mend this and run again.")
    assert not any(word in text for word in ("Compilation", "macro", "operation"))


def test_a_lone_dbt_build_tells_and_builds_nothing(
    broken: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(TesseraError) as told_by_us:
        dbt_build(broken)
    assert_told(str(told_by_us.value))
    assert_nothing_else(str(told_by_us.value))
    assert built_tables(broken) == []
    assert lone_dbt(broken, monkeypatch) is False
    assert_told(capsys.readouterr().out)
    assert built_tables(broken) == []


def lone_dbt(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> bool:
    """`dbt build` as a person types it in the project's folder; whether it succeeds."""
    from dbt.cli.main import dbtRunner

    from warehouse.dbt import _closed_connections, load_manifest

    monkeypatch.chdir(settings.project_dir)
    monkeypatch.setenv("TESSERA_DATA", str(settings.data_dir))
    with _closed_connections():
        return dbtRunner(manifest=load_manifest(settings)).invoke(["build"]).success


def test_tessera_run_tells_and_publishes_nothing(
    broken: Settings, monkeypatch: pytest.MonkeyPatch, tessera: Says
) -> None:
    from orchestration.definitions import pipeline

    # Dagster's graph stays the project's own; the dbt steps run on the broken copy.
    pipeline()
    monkeypatch.setattr("warehouse.settings.PROJECT_DIR", broken.project_dir)
    code, said = tessera(broken, "run")
    assert code == 2
    assert_told(said)
    assert "Compilation Error" not in said
    assert built_tables(broken) == []
    assert not broken.published_link.exists()


@pytest.mark.parametrize("break_it", ["    where: [", "\t- name: tab"])
def test_yaml_that_does_not_parse_is_told_with_its_line(
    broken: Settings, break_it: str
) -> None:
    file = broken.project_dir / SEGMENTS
    right = file.read_text(encoding="utf-8")
    lines = right.splitlines()
    lines.insert(30, break_it)
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(TesseraError) as error:
        dbt_build(broken)
    file.write_text(right, encoding="utf-8")
    said = str(error.value)
    assert "segments/segments.yml" in said
    assert re.search(r"line 3\d, column \d+", said)
    assert "Traceback" not in said
    assert built_tables(broken) == []
