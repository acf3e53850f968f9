"""What every asset of a run shares: the data folder, the run's options and its lock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dagster import ConfigurableResource, DagsterInstance, InitResourceContext
from pydantic import Field, PrivateAttr

from orchestration.housekeeping import tidy
from warehouse.history import StepNote, recorded_step
from warehouse.locking import run_lock
from warehouse.settings import BUILD, Settings, load_settings
from warehouse.variables import variables, whole_number
from warehouse.versions import definition_versions

# Scheduled runs queue behind one that is at work; a nightly one may take hours.
WAIT_SECONDS = 6 * 3600
# What our tags of a run begin with.
TAG = "tessera"
# Asks a run to train the models; without it the standing ones score.
RETRAIN = f"{TAG}/retrain"


class Run(ConfigurableResource):  # type: ignore[type-arg]
    """The options of one run; empty ones mean the project's own data and clock.

    `accepted` lists gate entries that may fail once: `gate`, `entry` and `reason`.
    """

    data_dir: str = ""
    build_name: str = BUILD
    profile: str = ""
    as_of: str = ""
    variables: dict[str, Any] = Field(default_factory=dict)
    full_refresh: bool = False
    accepted: list[dict[str, str]] = Field(default_factory=list)
    wait_seconds: int = WAIT_SECONDS
    retrain: bool = False
    _tags: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _run_id: str = PrivateAttr(default="")
    _instance: DagsterInstance | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator["Run"]:
        """Hold the run lock from the first asset to the last."""
        self._run_id = context.run.run_id if context.run else ""
        self._tags = context.run.tags if context.run else {}
        self._instance = context.instance
        with run_lock(
            self.settings, wait_seconds=self.wait_seconds, run_id=self._run_id
        ) as former_runs:
            # Whoever started it: a file may have changed while the run was queued.
            self.tag(definition_versions(self.settings))
            if context.instance:
                tidy(
                    self.settings,
                    context.instance,
                    former_runs,
                    keep=self.kept("dagster_runs_kept"),
                    days=self.kept("leftovers_kept_days"),
                )
            yield self

    @property
    def settings(self) -> Settings:
        """The settings of this run's data folder."""
        settings = load_settings()
        data_dir = Path(self.data_dir) if self.data_dir else settings.data_dir
        return replace(settings, data_dir=data_dir, build_name=self.build_name)

    @property
    def run_id(self) -> str:
        """Dagster's name of the run; every record of it carries that."""
        return self._run_id

    @property
    def is_to_retrain(self) -> bool:
        """Whether the models are to be trained anew, by option or by tag."""
        return self.retrain or self._tags.get(RETRAIN) == "true"

    @property
    def gate_profile(self) -> str:
        """The profile of expectations: as given, or by where the data came from."""
        simulated = self.settings.truth_dir.is_dir()
        return self.profile or ("simulated" if simulated else "default")

    @property
    def dbt_variables(self) -> dict[str, Any]:
        """dbt's variables for every step of this run."""
        return {**self.variables, **({"as_of": self.as_of} if self.as_of else {})}

    def kept(self, name: str) -> int:
        """How many of something are kept, or for how long, as the vars say.

        Raises:
            TesseraError: the var is no whole number, or less than one.
        """
        return whole_number(
            {**variables(self.settings.project_dir), **self.variables}, name
        )

    def tag(self, told: Mapping[str, str]) -> None:
        """Add tags to this run, which the UI shows and can search for."""
        if self._instance and self._instance.has_run(self._run_id):
            named = {f"{TAG}/{name}": value for name, value in told.items()}
            self._instance.add_run_tags(self._run_id, named)

    @contextmanager
    def step(self, name: str) -> Iterator[StepNote]:
        """A step of this run, timed and recorded in `ops.run_history`."""
        with recorded_step(self.settings, self.run_id, name) as note:
            yield note
