"""The walls of the house: data goes one way, one clock, one place for each thing."""

import re
from pathlib import Path

import pytest

from warehouse.settings import PROJECT_DIR

STAGES = (
    "staging",
    "identity",
    "behavior",
    "lifecycle",
    "features",
    "predictions",
    "segments",
    "marts",
)
MODELS = sorted(
    file
    for file in (PROJECT_DIR / "models").rglob("*.*")
    if file.suffix in (".sql", ".py")
)


def stage_of(model: Path) -> str:
    """The folder of `models/` that the model lies in; packs have folders within."""
    return model.relative_to(PROJECT_DIR / "models").parts[0]


STAGE_OF = {file.stem: stage_of(file) for file in MODELS}
SEEDS = {file.stem for file in (PROJECT_DIR / "seeds").glob("*.csv")}
# A model's own way to know what time it is; `as_of` is the only clock.
CLOCKS = re.compile(
    r"current_timestamp|current_date|\bnow\(\)|run_started_at|today\(\)|utcnow"
    r"|datetime\.now|time\.time",
    re.IGNORECASE,
)
UNTRUSTED = re.compile(
    r"\bany_value\(|\bfirst\(|\barg_max\(|\bqualify\b", re.IGNORECASE
)
REF = re.compile(r"ref\(\s*[\"'](\w+)[\"']\s*\)")


@pytest.mark.parametrize("model", MODELS, ids=lambda file: file.stem)
def test_a_model_refers_to_its_own_stage_or_an_earlier_one(model: Path) -> None:
    here = STAGES.index(stage_of(model))
    for name in REF.findall(model.read_text(encoding="utf-8")):
        if name not in SEEDS:
            assert STAGES.index(STAGE_OF[name]) <= here, name


@pytest.mark.parametrize("model", MODELS, ids=lambda file: file.stem)
def test_sources_are_read_where_they_enter(model: Path) -> None:
    if "source(" in model.read_text(encoding="utf-8"):
        assert stage_of(model) in ("staging", "predictions", "identity")


@pytest.mark.parametrize("model", MODELS, ids=lambda file: file.stem)
def test_as_of_is_the_only_clock(model: Path) -> None:
    assert not CLOCKS.search(model.read_text(encoding="utf-8"))


@pytest.mark.parametrize("model", MODELS, ids=lambda file: file.stem)
def test_nothing_is_left_to_the_order_of_rows(model: Path) -> None:
    assert not UNTRUSTED.search(model.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "model",
    [one for one in MODELS if one.stem.startswith("base_")],
    ids=lambda m: m.stem,
)
def test_what_reads_files_says_how_far(model: Path) -> None:
    """Else `set_aside`, run alone, would never ask again for what came after."""
    assert "keep_mark()" in model.read_text(encoding="utf-8")


def test_macros_have_no_clock_either() -> None:
    for macro in (PROJECT_DIR / "macros").glob("*.sql"):
        assert not CLOCKS.search(macro.read_text(encoding="utf-8")), macro.name


def test_only_the_kernel_opens_duckdb() -> None:
    for package in (
        "tessera",
        "orchestration",
        "expectations",
        "simulator",
        "ml",
        "examples",
        "benchmarks",
    ):
        for file in (PROJECT_DIR / package).rglob("*.py"):
            assert "duckdb.connect" not in file.read_text(encoding="utf-8"), file.name
