"""What is compared of two records, and which pairs are worth comparing at all."""

from typing import Final

import pandas as pd
import splink.comparison_level_library as level
from splink import SettingsCreator, block_on
from splink.comparison_library import CustomComparison
from splink.internals.blocking_rule_creator import BlockingRuleCreator

# Rules so strict that nearly all they find are one person's, and what share of all such
# pairs they find: from both follows how many pairs are to be expected.
SURE: Final[list[str | BlockingRuleCreator]] = [
    block_on("email"),
    block_on("phone", "first_name"),
    block_on("first_name", "last_name", "birth_on"),
]
SURE_RECALL: Final = 0.8

# What two records have in common that makes them worth a comparison. Where many have it
# in common, as with common names, it is not: these would be nearly all pairs.
BLOCKS: Final = (
    ("email",),
    ("phone",),
    ("email_name",),
    ("last_name", "email_number"),
    ("first_name", "email_number"),
    ("last_name", "postcode"),
    ("first_name", "postcode"),
    ("street", "city"),
    ("birth_on",),
    ("first_name", "last_name"),
)
LARGEST_BLOCK: Final = 100


def with_blocks(records: pd.DataFrame) -> pd.DataFrame:
    """The records with a column for each of BLOCKS; none where too many have it."""
    found = records.copy()
    for columns in BLOCKS:
        key = records[columns[0]]
        for column in columns[1:]:
            key = key + "|" + records[column]
        size = key.map(key.value_counts())
        found[_block(columns)] = key.where(size <= LARGEST_BLOCK)
    return found


def _block(columns: tuple[str, ...]) -> str:
    return f"block_{'_'.join(columns)}"


def settings() -> SettingsCreator:
    """The model before it has learnt anything."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            _name("first_name", "last_name"),
            _name("last_name", "first_name"),
            _birth(),
            _email(),
            _phone(),
            _address(),
        ],
        blocking_rules_to_generate_predictions=[
            block_on(_block(columns)) for columns in BLOCKS
        ],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
        additional_columns_to_retain=["known_since_at"],
    )


def _name(column: str, other: str) -> CustomComparison:
    """A rare name in common says more than a frequent one; short forms begin alike.

    Who types the first name in the field of the last one has both fields wrong.
    """
    swapped = f"{column}_l = {other}_r and {other}_l = {column}_r"
    short = (
        f"starts_with({column}_l, left({column}_r, 3))"
        f" or starts_with({column}_r, left({column}_l, 1)) and length({column}_l) = 1"
        f" or starts_with({column}_l, left({column}_r, 1)) and length({column}_r) = 1"
    )
    return CustomComparison(
        output_column_name=column,
        comparison_levels=[
            level.NullLevel(column),
            level.ExactMatchLevel(column, term_frequency_adjustments=True),
            level.CustomLevel(swapped, "swapped"),
            level.JaroWinklerLevel(column, 0.92),
            level.JaroWinklerLevel(column, 0.85),
            level.CustomLevel(short, "begins alike"),
            level.ElseLevel(),
        ],
    )


def _birth() -> CustomComparison:
    return CustomComparison(
        output_column_name="birth_on",
        comparison_levels=[
            level.NullLevel("birth_on"),
            level.ExactMatchLevel("birth_on"),
            level.DamerauLevenshteinLevel("birth_on", 1),
            level.DamerauLevenshteinLevel("birth_on", 2),
            level.ElseLevel(),
        ],
    )


def _email() -> CustomComparison:
    """Of addresses that hold names, the names say nothing new; the number does.

    A slip in an address leaves its number alone as a rule, and who has two addresses
    often has one number in both. Where the numbers differ, so do the people.
    """
    incomparable = (
        "email_l is null or email_r is null or"
        " ((email_name_l is null or email_name_r is null) and email_l != email_r)"
    )
    one_number = "email_number_l is not distinct from email_number_r"
    slip = f"damerau_levenshtein(email_name_l, email_name_r) <= 2 and {one_number}"
    return CustomComparison(
        output_column_name="email",
        comparison_levels=[
            level.CustomLevel(incomparable, "unknown").configure(is_null_level=True),
            level.ExactMatchLevel("email"),
            level.ExactMatchLevel("email_name"),
            level.CustomLevel(slip, "a slip"),
            level.CustomLevel("email_number_l = email_number_r", "one number"),
            level.ElseLevel(),
        ],
    )


def _phone() -> CustomComparison:
    return CustomComparison(
        output_column_name="phone",
        comparison_levels=[
            level.NullLevel("phone"),
            level.ExactMatchLevel("phone"),
            level.DamerauLevenshteinLevel("phone", 1),
            level.ElseLevel(),
        ],
    )


def _address() -> CustomComparison:
    """One comparison, since street, postcode and town say one thing."""
    nothing = " and ".join(
        f"({column}_l is null or {column}_r is null)"
        for column in ("street", "postcode", "city")
    )
    place = "(postcode_l = postcode_r or city_l = city_r)"
    alike = f"jaro_winkler_similarity(street_l, street_r) >= 0.9 and {place}"
    return CustomComparison(
        output_column_name="address",
        comparison_levels=[
            level.CustomLevel(nothing, "unknown").configure(is_null_level=True),
            level.CustomLevel(f"street_l = street_r and {place}", "street"),
            level.CustomLevel(alike, "street alike"),
            level.CustomLevel("postcode_l = postcode_r", "postcode"),
            level.CustomLevel("city_l = city_r", "city"),
            level.ElseLevel(),
        ],
    )
