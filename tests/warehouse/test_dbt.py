"""dbt steps in process: quick the second time, no lock left, failures in sentences."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.errors import TesseraError
from warehouse.progress import Progress, listening
from warehouse.settings import PROJECT_DIR, Settings

PROJECT = """
name: tiny
config-version: 2
profile: tessera
test-paths: [tests/dbt]
flags: {send_anonymous_usage_stats: false}
models: {tiny: {first: {+schema: first}, second: {+schema: second}}}
"""
FILES = {
    "dbt_project.yml": PROJECT,
    "models/first/numbers.sql": 'select 1 as id, \'{{ var("word", "") }}\' as word',
    "models/second/doubled.sql": "select id * 2 as id from {{ ref('numbers') }}",
    "tests/dbt/no_threes.sql": "select * from {{ ref('numbers') }} where id = 3",
    "tests/dbt/across.sql": "select * from {{ ref('numbers') }} as one"
    " inner join {{ ref('doubled') }} as two on one.id = two.id",
}
TABLE = "{{ config(materialized='table') }}"
VIEW = "{{ config(materialized='view') }}"


@pytest.fixture
def tiny(tmp_path: Path) -> Settings:
    """A dbt project of two models in two stages, and two tests."""
    project = tmp_path / "tiny project"
    for name, text in FILES.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    shutil.copy(PROJECT_DIR / "profiles.yml", project)
    (project / "macros").mkdir()
    for name in ("generate_schema_name.sql", "materializations.sql"):
        shutil.copy(PROJECT_DIR / "macros" / name, project / "macros")
    return Settings(project_dir=project, data_dir=tmp_path / "data")


def test_one_manifest_serves_steps_variables_and_data_folders(tiny: Settings) -> None:
    for word, folder in (("one", "a"), ("two", "b")):
        settings = Settings(tiny.project_dir, tiny.data_dir / folder)
        dbt_build(settings, variables={"word": word})
        with connect(settings.build_path, read_only=True) as connection:
            assert connection.execute("from first.numbers").fetchall() == [(1, word)]


def test_no_file_keeps_the_words_of_the_command_line(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys, "argv", ["tessera", "erase", "--email", "ann@mail.example"]
    )
    monkeypatch.setenv("DBT_WRITE_JSON", "true")
    monkeypatch.setenv("DBT_LOG_LEVEL_FILE", "debug")
    dbt_build(tiny)
    assert sys.argv[-1] == "ann@mail.example"
    files = [path for path in tiny.build_dir.rglob("*") if path.is_file()]
    assert "run_results.json" in {path.name for path in files}
    assert [path.name for path in files if b"ann@mail" in path.read_bytes()] == []


def test_a_test_runs_once_all_its_tables_are_built(tiny: Settings) -> None:
    first = dbt_build(tiny, select=["first"])
    second = dbt_build(tiny, select=["second"])
    assert [result.name for result in first.results] == ["numbers", "no_threes"]
    assert [result.name for result in second.results] == ["doubled", "across"]


def test_whoever_watches_sees_each_node(tiny: Settings) -> None:
    seen: list[Progress] = []
    with listening(seen.append):
        dbt_build(tiny, select=["first"], step="one")
    parts = [(told.step, told.part, told.index, told.total) for told in seen]
    assert parts == [("one", "numbers", 1, 2), ("one", "no_threes", 2, 2)]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("models/first/numbers.sql", "select nothing", "`numbers` failed.*nothing"),
        ("models/first/numbers.sql", "select 3 as id", "`no_threes` failed"),
        ("models/second/doubled.sql", "{{ ref('gone') }}", "named 'gone'"),
        ("dbt_project.yml", "name: [", "could not start"),
    ],
)
def test_failures_are_sentences(
    tiny: Settings, file: str, text: str, told: str
) -> None:
    (tiny.project_dir / file).write_text(text)
    with pytest.raises(TesseraError, match=told) as caught:
        dbt_build(tiny)
    assert "Traceback" not in str(caught.value)


def test_a_failing_python_model_shows_its_error_alone(tiny: Settings) -> None:
    (tiny.project_dir / "models/first/broken.py").write_text(
        "def model(dbt, session):\n    raise ValueError('no such moment')\n"
        "    return session.sql('select 1')\n"
    )
    with pytest.raises(TesseraError, match="no such moment") as caught:
        dbt_build(tiny)
    assert "File" not in str(caught.value)


def test_an_edited_model_is_seen_by_the_next_step(tiny: Settings) -> None:
    dbt_build(tiny, select=["first"])
    (tiny.project_dir / "models/first/numbers.sql").write_text("select 12345 as id")
    dbt_build(tiny, select=["first"])
    with connect(tiny.build_path, read_only=True) as connection:
        assert connection.execute("from first.numbers").fetchall() == [(12345,)]


def numbers(settings: Settings) -> list[tuple[int]]:
    with connect(settings.build_path, read_only=True) as connection:
        return connection.execute("select id from first.numbers").fetchall()


def test_a_model_that_fails_leaves_what_stood(tiny: Settings) -> None:
    model = tiny.project_dir / "models/first/numbers.sql"
    model.write_text(f"{TABLE} select 1 as id")
    dbt_build(tiny, select=["first"])
    model.write_text(
        f"{TABLE} select cast(word as int) as id from (select 'no' as word)"
    )
    with pytest.raises(TesseraError, match="`numbers` failed"):
        dbt_build(tiny, select=["first"])
    assert numbers(tiny) == [(1,)]


def test_a_table_may_become_a_view_and_be_written_in_python(tiny: Settings) -> None:
    model = tiny.project_dir / "models/first/numbers.sql"
    for number, config in enumerate((TABLE, VIEW, VIEW, TABLE, TABLE), 4):
        model.write_text(f"{config} select {number} as id")
        dbt_build(tiny, select=["numbers"])
        assert numbers(tiny) == [(number,)]
    model.unlink()
    for number in (10, 11):
        model.with_suffix(".py").write_text(
            "def model(dbt, session):\n"
            f"    return session.sql('select {number} as id')\n"
        )
        dbt_build(tiny, select=["numbers"])
        assert numbers(tiny) == [(number,)]


@pytest.mark.parametrize("level", ["info", "debug"])
def test_debugging_is_told_to_a_log_that_keeps_it(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    monkeypatch.setenv("DBT_LOG_LEVEL_FILE", level)
    dbt_build(tiny, select=["first"])
    log = (tiny.build_dir / "logs/dbt.log").read_text()
    assert "numbers" in log
    assert ("Began running node" in log) == (level == "debug")


def test_the_working_directory_and_environment_stay(
    tiny: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    dbt_build(tiny, select=["first"])
    assert Path.cwd() == tmp_path
    assert {name: os.environ[name] for name in before} == before
