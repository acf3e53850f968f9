"""What packs of web events tell in any loads comes to what a full refresh makes."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.behavior import shop
from tests.sources.conftest import land
from tests.sources.packs import backwards, declared, fixtures, packs, switches
from warehouse.settings import PROJECT_DIR, Settings

COMPARED: Final = ("staging.web_events", "behavior.sessions", "behavior.carts")
NEEDED: Final = [f"+{name.split('.')[1]}" for name in COMPARED]
# A copy that was collected first lands second: it must not move the event to its hour.
COPIES: Final = """\
event_id,event,event_name,collector_tstamp,derived_tstamp,domain_userid
e,page_view,page_view,2025-03-01 {hour}:00:00,2025-03-01 {hour}:00:00,d
"""


def web_packs() -> list[str]:
    """Every pack that has a part in the web's vocabulary."""
    told = {source for source, *_ in declared("vocabulary")["web_events"]}
    sources = declared("packs")
    return [
        pack
        for pack in packs()
        if any(told & set(sources[name]) for name in switches(pack))
    ]


def test_there_are_packs_of_web_events() -> None:
    assert {"segment", "ga4", "snowplow"} <= set(web_packs())


def test_loads_leave_what_a_full_refresh_leaves(tmp_path: Path) -> None:
    """All these packs at once, each turned round, as a shop between two trackers."""
    settings = Settings(PROJECT_DIR, tmp_path / "data")
    variables = {"sources": [name for pack in web_packs() for name in switches(pack)]}
    files = [file for pack in web_packs() for file in fixtures(pack)]
    for load in backwards(files):
        land(settings, load)
        shop.build(settings, NEEDED, variables=variables)
    same_as_afresh(settings, variables)


def test_no_copy_moves_an_event(tmp_path: Path) -> None:
    settings = Settings(PROJECT_DIR, tmp_path / "data")
    variables = {"sources": ["snowplow"]}
    folder = settings.raw_dir / "snowplow/events"
    folder.mkdir(parents=True)
    for hour in ("10", "06"):
        (folder / f"at_{hour}.csv").write_text(COPIES.format(hour=hour))
        shop.build(settings, NEEDED, variables=variables)
    same_as_afresh(settings, variables)


def same_as_afresh(settings: Settings, variables: dict[str, list[str]]) -> None:
    """Fail where a table is not what a full refresh makes of the same files."""
    afresh = replace(settings, build_name="rebuilt")
    shop.build(afresh, NEEDED, full_refresh=True, variables=variables)
    for name in COMPARED:
        ours, theirs = shop.table(settings, name), shop.table(afresh, name)
        columns = list(theirs[0]) if theirs else []
        assert len(ours) == len(theirs), name
        assert shop.counted(ours, columns) == shop.counted(theirs, columns), name
