"""What a plain model of Splink, the library that we match with, reaches by itself.

The comparisons are those that the library has ready for such columns, learnt in its own
way; the pairs that it finds 95 % likely or more are joined to people.
"""

import logging
from typing import Any, TypeAlias

import pandas as pd
import splink.comparison_library as ready
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI
from splink.internals.blocking_rule_creator import BlockingRuleCreator

from warehouse.connection import connect
from warehouse.settings import Settings

SURE = 0.95
SEED = 1
Rules: TypeAlias = list[BlockingRuleCreator | dict[str, Any]]
RULES: Rules = [
    block_on("first_name", "last_name"),
    block_on("last_name"),
    block_on("first_name"),
    block_on("birth_date"),
    block_on("email"),
]
# For many records: a name alone would be half a billion pairs.
NARROW_RULES: Rules = [
    block_on("email"),
    block_on("phone"),
    block_on("birth_date"),
    block_on("last_name", "postcode"),
    block_on("first_name", "postcode"),
    block_on("first_name", "last_name"),
]


def splink_alone(settings: Settings, rules: Rules = RULES) -> pd.DataFrame:
    """Who is who among the contacts that landed: `record_id` and `customer_id`.

    Pairs are compared that one of the rules finds.
    """
    files = settings.raw_dir / "crm" / "contacts" / "*.csv"
    with connect() as connection:
        connection.execute("set enable_progress_bar = false")
        contacts = connection.execute(
            "select * from read_csv(?, all_varchar = true) order by contact_id",
            [str(files)],
        ).df()
        engine = DuckDBAPI(connection)
        linker = Linker(
            engine.register(contacts), _model(rules), log_level=logging.ERROR
        )
        _train(linker)
        pairs = linker.inference.predict(threshold_match_probability=SURE)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=SURE
        )
        found = connection.table(clusters.physical_name).df()
    return pd.DataFrame(
        {
            "record_id": "crm:" + found["contact_id"].astype(str),
            "customer_id": found["cluster_id"].astype(str),
        }
    )


def _model(rules: Rules) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="contact_id",
        comparisons=[
            ready.NameComparison("first_name"),
            ready.NameComparison("last_name"),
            ready.DateOfBirthComparison("birth_date", input_is_string=True),
            ready.EmailComparison("email"),
            ready.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=rules,
    )


def _train(linker: Linker) -> None:
    training = linker.training
    sure: list[str | BlockingRuleCreator] = [
        block_on("first_name", "last_name", "birth_date"),
        block_on("email"),
    ]
    training.estimate_probability_two_random_records_match(sure, recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=2e6, seed=SEED)
    for rule in (block_on("birth_date"), block_on("first_name", "last_name")):
        training.estimate_parameters_using_expectation_maximisation(rule)
