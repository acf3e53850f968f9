"""The models that keep rows, or run in Python: found, not listed."""

from warehouse.settings import PROJECT_DIR

INCREMENTAL = "materialized='incremental'"
SWITCHED = "enabled=is_read("


def kept_models() -> list[str]:
    """Their names, but for those of packs that are not switched on.

    Told from the files, since tests bear these names; a manifest takes seconds.
    """
    models = PROJECT_DIR / "models"
    texts = {file.stem: file.read_text("utf-8") for file in models.rglob("*.sql")}
    kept = [
        name
        for name, text in texts.items()
        if INCREMENTAL in text and SWITCHED not in text
    ]
    return sorted([*kept, *(file.stem for file in models.rglob("*.py"))])
