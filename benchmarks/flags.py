"""How well bots and machine opens are told from people, by the simulator's truth.

The truth only judges: the flags rest on what a shop can see. The seeds are those that
no development run uses.
"""

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, tell
from simulator import simulate
from warehouse.connection import connect
from warehouse.dbt import dbt_build
from warehouse.settings import PROJECT_DIR, Settings

CUSTOMERS = 3_000
DAYS = 180
HELD_OUT = (101, 102, 103)
PRECISION = 0.95
RECALL = 0.90
MODELS = ("email_events", "bot_visitors")

# Each yields one row a thing that is judged: whether it is flagged, and whether it is
# a machine's in truth.
OPENS = """
select
    judged.machine_reason is not null as is_flagged,
    truth.sg_event_id is not null as is_machine
from behavior.email_events as judged
inner join staging.stg_esp__events as staged on judged.event_id = staged.event_id
left join read_parquet($truth || '/machine_opens.parquet') as truth
    on staged.source_event_id = truth.sg_event_id
where judged.event_name = 'email_opened'
"""
BOT_EVENTS = """
select
    bots.record_id is not null as is_flagged,
    truth.anonymous_id is not null as is_machine
from staging.stg_web__events as staged
left join identity.bot_visitors as bots on staged.visitor_id = bots.record_id
left join read_parquet($truth || '/bot_devices.parquet') as truth
    on staged.anonymous_id = truth.anonymous_id
where staged.anonymous_id is not null
"""
BOT_DEVICES = """
select
    bool_or(bots.record_id is not null) as is_flagged,
    bool_or(truth.anonymous_id is not null) as is_machine
from staging.stg_web__events as staged
left join identity.bot_visitors as bots on staged.visitor_id = bots.record_id
left join read_parquet($truth || '/bot_devices.parquet') as truth
    on staged.anonymous_id = truth.anonymous_id
where staged.anonymous_id is not null
group by staged.anonymous_id
"""
SUBJECTS = {
    "machine_opens": OPENS,
    "bot_events": BOT_EVENTS,
    "bot_devices": BOT_DEVICES,
}
COUNTED = """
select
    count(*) filter (where is_flagged and is_machine) as hits,
    count(*) filter (where is_flagged) as flagged,
    count(*) filter (where is_machine) as machines
from ({query})
"""


def main() -> None:
    """Judge a shop of each seed, and tell its figures as soon as they are known."""
    for seed in HELD_OUT:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(project_dir=PROJECT_DIR, data_dir=Path(folder))
            build(settings, CUSTOMERS, DAYS, seed)
            tell(*figures(settings, f"flags.seed{seed}"))


def build(settings: Settings, customers: int, days: int, seed: int) -> None:
    """Simulate a shop and build the flags, and what they need, from its raw files.

    Raises:
        TesseraError: the raw folder has files already, or a model failed.
    """
    simulate(settings.raw_dir, customers=customers, days=days, seed=seed)
    needed = [f"+{model},resource_type:model" for model in MODELS]
    dbt_build(settings, select=["resource_type:seed", *needed])


def figures(settings: Settings, name: str) -> list[Figure]:
    """Precision and recall of each kind of flag, as shares, with their goals.

    Precision is the share of the flagged that are machines in truth; recall the share
    of the machines that are flagged. Where nothing is flagged, or nothing is a
    machine, the share is no number and falls short.
    """
    told = []
    for subject, query in SUBJECTS.items():
        hits, flagged, machines = _counts(settings, query)
        precision, recall = _share(hits, flagged), _share(hits, machines)
        told += [
            Figure(f"{name}.{subject}.count", machines),
            Figure(f"{name}.{subject}.precision", precision, at_least=PRECISION),
            Figure(f"{name}.{subject}.recall", recall, at_least=RECALL),
        ]
    return told


def _counts(settings: Settings, query: str) -> tuple[int, int, int]:
    with connect(settings.build_path, read_only=True) as connection:
        rows: list[tuple[int, int, int]] = connection.execute(
            COUNTED.format(query=query), {"truth": str(settings.truth_dir)}
        ).fetchall()
    return rows[0]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


if __name__ == "__main__":
    main()
