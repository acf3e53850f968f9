"""Nothing unchecked is ever unpickled: artifacts are whole, known and harmless."""

import hashlib
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io

from ml.life.artifacts import pack, unpack
from ml.spec import Estimator, Trained
from warehouse.errors import TesseraError


class Bomb:
    """What leaves a file behind wherever it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def trained(estimator: Estimator) -> Trained:
    return Trained("trained", "", {}, estimator=estimator, judged=None)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_packed_comes_back() -> None:
    content = pack(trained({"names": ["a"], "rows": np.arange(3.0)}), "here")
    kept = unpack(content, sha256(content), "here")
    assert kept.estimator["names"] == ["a"]
    np.testing.assert_array_equal(kept.estimator["rows"], np.arange(3.0))
    assert kept.judged is None


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_changed_byte_is_refused_before_it_is_read(
    place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = pack(trained({"a": 1}), "here")
    changed = bytearray(content)
    changed[place] ^= 1
    monkeypatch.setattr(skops.io, "loads", lambda *_, **__: pytest.fail("was read"))
    with pytest.raises(TesseraError, match="not the one that was registered"):
        unpack(bytes(changed), sha256(content), "here")


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    content = pickle.dumps(Bomb(mark))
    with pytest.raises(TesseraError, match="holds what no model may keep"):
        unpack(content, sha256(content), "here")
    assert not mark.exists()
    pickle.loads(content)
    assert mark.exists()


def test_a_pickle_within_an_array_is_never_opened(tmp_path: Path) -> None:
    """A file of numpy may hold pickled objects; none of ours does."""
    mark = tmp_path / "mark"
    array = io.BytesIO()
    np.save(array, np.array([Bomb(mark)], dtype=object), allow_pickle=True)
    whole = skops.io.dumps({"estimator": np.arange(3.0), "judged": None})
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as old,
        zipfile.ZipFile(content, "w") as new,
    ):
        for name in old.namelist():
            is_array = name.endswith(".npy")
            new.writestr(name, array.getvalue() if is_array else old.read(name))
    hostile = content.getvalue()
    with pytest.raises((TesseraError, ValueError)):
        unpack(hostile, sha256(hostile), "here")
    assert not mark.exists()


def test_a_type_that_is_not_named_is_refused_by_name(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    content = skops.io.dumps({"estimator": Bomb(mark), "judged": None})
    with pytest.raises(TesseraError, match=r"given: .*(Bomb|touch|Path)"):
        unpack(content, sha256(content), "here")
    assert not mark.exists()


def test_a_model_that_could_not_be_read_back_is_not_kept() -> None:
    with pytest.raises(TesseraError, match=r"ml/mine.*Bomb"):
        pack(trained({"odd": Bomb(Path("nowhere"))}), "ml/mine")
