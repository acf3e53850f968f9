"""A key that another column stands in for is not gone; one that nothing tells is."""

from dataclasses import replace
from pathlib import Path

import pytest

from expectations.engine.gate import Gate
from expectations.ingest import GATE, KEY_COLUMNS_FOUND
from tests.bad_input.conftest import ask, land
from tests.behavior import shop
from warehouse.checkup import check_up
from warehouse.settings import PROJECT_DIR, Settings

ON: dict[str, object] = {"sources": ["segment"]}
ONLY: Gate = replace(GATE, rules=lambda _: [KEY_COLUMNS_FOUND])
MODELS = ("+file_columns", "+quarantine", "+web_events")
# The second row has no moment that can be read, and is set aside.
ROWS = "a,Product Viewed,2025-01-02T10:00:00Z\nb,Product Viewed,soon\n"
STATES = {"timestamp": "passed", "original_timestamp": "passed", "when": "failed"}


@pytest.mark.parametrize(("column", "state"), STATES.items())
def test_a_key_is_gone_where_nothing_stands_in(
    tmp_path: Path, column: str, state: str
) -> None:
    settings = Settings(project_dir=PROJECT_DIR, data_dir=tmp_path)
    text = f"id,event,{column}\n{ROWS}"
    land(settings, "segment/tracks/a.csv", text.encode())
    told = {one.kind for one in check_up(settings, ON).findings}
    assert ("key_gone" in told) is (state == "failed")
    shop.build(settings, MODELS, variables=ON)
    [result] = ONLY.run(settings, "default")
    assert result.state == state
    refused = 2 if state == "failed" else 1
    assert ask(settings, "select count(*) from staging.quarantine") == [(refused,)]
    if state == "failed":
        assert "timestamp or original_timestamp" in result.message
