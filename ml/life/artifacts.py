"""Fitted models as bytes and back, so that nothing unchecked is ever unpickled.

skops writes the parts of an object with the names of their types, and makes none of a
type that is not known to be harmless or named here.
"""

import hashlib
import zipfile
from dataclasses import dataclass

from ml.spec import Estimator, Trained
from warehouse.errors import TesseraError

# What models keep beside plain values, arrays, and scikit-learn's public estimators. A
# name here is a promise: to make such an object, or to call it, does no harm.
TRUSTED = (
    "ml.common.classifiers.MeanOdds",
    "ml.common.encoding.signed_log1p",
    "scipy.sparse._csr.csr_matrix",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
REMEDY = "The next run trains anew; `tessera models promote` names another version"


@dataclass(frozen=True)
class Kept:
    """What an artifact holds: what scores, and what a contest asks."""

    estimator: Estimator
    judged: Estimator


def pack(trained: Trained, where: str) -> bytes:
    """Return what was fitted as bytes that `unpack` takes.

    Raises TesseraError for a part of a type that is not trusted: it could not be read.
    """
    import skops.io  # takes seconds: it imports every estimator there is
    from skops.io.exceptions import UnsupportedTypeException

    kept = {"estimator": trained.estimator, "judged": trained.judged}
    try:
        content = skops.io.dumps(kept, compression=zipfile.ZIP_DEFLATED)
    except UnsupportedTypeException as error:
        raise _refused(where, str(error)) from error
    _require_trusted(content, where)
    return bytes(content)


def unpack(content: bytes, sha256: str, where: str) -> Kept:
    """Return what was packed; `sha256` is the hash that the registry has of it.

    Raises TesseraError, before anything is made of it, for another content than the
    registered one, and for a part of a type that is not trusted.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise TesseraError(
            "the artifact is not the one that was registered",
            where=where,
            given=f"SHA-256 {found[:12]}",
            allowed=f"SHA-256 {sha256[:12]}",
            remedy=REMEDY,
        )
    import skops.io

    _require_trusted(content, where)
    kept = skops.io.loads(content, trusted=list(TRUSTED))
    return Kept(kept["estimator"], kept["judged"])


def _require_trusted(content: bytes, where: str) -> None:
    import skops.io

    try:
        unknown = set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED)
    # Bytes of another hand may break skops's reading anywhere.
    except Exception as error:
        raise _refused(where, f"{type(error).__name__}: {error}") from error
    if unknown:
        raise _refused(where, ", ".join(sorted(unknown)))


def _refused(where: str, given: str) -> TesseraError:
    return TesseraError(
        "the artifact holds what no model may keep",
        where=where,
        given=given[:200],
        allowed="plain values, arrays, scikit-learn's estimators and the types that"
        " ml/life/artifacts.py names",
        remedy=REMEDY,
    )
