"""Promises every model keeps: each file of ml/ is found and put through them all."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import ml
from ml.common.frames import empty
from ml.life.artifacts import pack, unpack
from ml.spec import SCORING, ModelSpec, discover
from tests.ml.running import YEARS, Said, Tables, ask, halves, inputs_of, moment_of, say
from warehouse.errors import TesseraError

MODELS = discover()
NOW = "features.customers_now"


@pytest.fixture(scope="module", params=MODELS.values(), ids=list(MODELS))
def model(request: pytest.FixtureRequest) -> ModelSpec:
    return request.param


@pytest.fixture(scope="module")
def result(model: ModelSpec, tables: Tables) -> Said:
    return say(model, tables)


def assert_same(one: Said, other: Said) -> None:
    assert one.version == other.version
    assert one.card == other.card
    for name, frame in one.frames.items():
        pd.testing.assert_frame_equal(frame, other.frames[name], check_exact=True)


def test_it_learns_and_meets_its_floor(result: Said) -> None:
    assert (result.state, result.reason) == ("trained", "")
    assert result.card["is_above_floor"]


def test_same_input_gives_the_same_bytes_and_is_left_alone(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    copy = {name: frame.copy() for name, frame in tables.items()}
    assert_same(say(model, copy), result)
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(copy[name], frame)


def test_the_order_of_rows_and_columns_does_not_matter(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    mixed = {
        name: frame.sample(frac=1, random_state=1).iloc[:, ::-1]
        for name, frame in tables.items()
    }
    assert_same(say(model, mixed), result)


def test_a_seed_is_part_of_the_version(model: ModelSpec) -> None:
    assert model.version(0, "data") == model.version(0, "data")
    assert model.version(0, "data") != model.version(1, "data")
    assert model.version(0, "data") != model.version(0, "other data")


def test_the_spec_is_part_of_the_version(model: ModelSpec) -> None:
    others = [
        replace(model, settings={**model.settings, "more": 1}),
        replace(model, features=(*model.features, "another")),
        replace(model, target="another"),
        replace(model, quality_floor={"another": 0.5}),
    ]
    known = {one.version(0, "data") for one in (model, *others)}
    assert len(known) == len({one.hash() for one in (model, *others)}) == 5


def test_data_of_which_it_was_refused_is_not_learned_from_again(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    inputs = inputs_of(model, tables, moment_of(tables))
    asked: list[str] = []

    def is_refused(data: str) -> bool:
        asked.append(data)
        return data == result.trained.data

    again = model.train(replace(inputs, is_refused=is_refused), None, 3)
    assert (again.state, again.data) == ("refused", result.trained.data)
    assert again.estimator is None
    assert asked == [result.trained.data]


def test_what_is_kept_of_it_says_the_same(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    content = pack(result.trained, model.name)
    kept = unpack(content, hashlib.sha256(content).hexdigest(), model.name)
    inputs = inputs_of(model, tables, moment_of(tables))
    batches = halves(inputs[SCORING])
    frames = model.score(kept.estimator, inputs, batches, result.version)
    for name, frame in result.frames.items():
        pd.testing.assert_frame_equal(frames[name], frame, check_exact=True)


def test_what_is_kept_of_it_names_no_customer(tables: Tables, result: Said) -> None:
    """An erased person must not live on in a model or on its card."""
    content = pack(result.trained, "here")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        texts = [parts.read(name) for name in parts.namelist()]
    texts.append(json.dumps(result.card).encode())
    for text in texts:
        for encoding in ("utf-8", "utf-32-le"):
            ids = (one.encode(encoding) for one in tables[NOW]["customer_id"])
            assert not any(one in text for one in ids)


def test_a_contest_with_itself_is_not_won(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    if model.contest is None:
        return
    own = result.trained.judged
    inputs = inputs_of(model, tables, moment_of(tables))
    assert not model.contest(own, own, inputs, 0).is_better


def test_outputs_are_typed_finite_and_about_every_customer(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    assert set(result.frames) == set(model.outputs)
    for name, frame in result.frames.items():
        assert frame.dtypes.astype(str).to_dict() == dict(model.outputs[name])
        # Not every reason names a product.
        named = frame.drop(columns="reason_product_id", errors="ignore")
        assert not named.isna().any(axis=None)
        assert np.isfinite(frame.select_dtypes("number")).all(axis=None)
        if "customer_id" in frame:
            everyone = sorted(tables[NOW]["customer_id"])
            several = (
                frame["customer_id"]
                if "rank" not in frame
                else set(frame["customer_id"])
            )
            assert sorted(several) == everyone


def test_the_card_is_json(result: Said) -> None:
    assert json.loads(json.dumps(result.card, allow_nan=False))["state"] == "trained"


@pytest.mark.parametrize("columns", [True, False], ids=["columns", "no columns"])
def test_no_rows_give_a_reason_and_empty_typed_frames(
    model: ModelSpec, tables: Tables, columns: bool
) -> None:
    nothing = {
        name: frame.iloc[:0] if columns else pd.DataFrame()
        for name, frame in tables.items()
    }
    result = say(model, nothing)
    assert result.state == "not_enough_data"
    assert result.reason.endswith(".")
    json.dumps(result.card, allow_nan=False)
    for name, frame in result.frames.items():
        pd.testing.assert_frame_equal(frame, empty(model.outputs[name]))


def test_missing_and_infinite_numbers_do_not_pass(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    scoring = tables[NOW].copy()
    numeric = [name for name in scoring if name.endswith(("_count", "_amount"))]
    scoring[numeric] = scoring[numeric].astype("float64")
    scoring.loc[scoring.index[:50], numeric] = np.nan
    scoring.loc[scoring.index[50:60], numeric] = np.inf
    broken = {**tables, NOW: scoring, YEARS: scoring}
    for frame in ask(model, result.trained, broken).frames.values():
        assert np.isfinite(frame.select_dtypes("number")).all(axis=None)


def test_a_missing_column_is_named(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    table = model.reads["scoring"]
    if table not in (NOW, YEARS):
        return
    renamed = tables[table].rename(columns={"order_count": "orders_count"})
    with pytest.raises(TesseraError, match=r"`order_count`.*mean `orders_count`"):
        ask(model, result.trained, {**tables, table: renamed})


def test_a_repeated_customer_is_refused(
    model: ModelSpec, tables: Tables, result: Said
) -> None:
    table = model.reads["scoring"]
    twice = pd.concat([tables[table], tables[table].iloc[[5]]])
    with pytest.raises(TesseraError, match="one row per customer_id"):
        ask(model, result.trained, {**tables, table: twice})


def test_importing_the_package_loads_no_scikit_learn() -> None:
    code = "import sys, ml, ml.spec; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_file_without_a_model_is_refused(
    tmp_path: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_done.py").write_text("MODEL = 'soon'\n")
    monkeypatch.setattr(ml, "__path__", [str(tmp_path)])
    with pytest.raises(TesseraError, match=r"half_done\.py.*declares no model"):
        discover()
