"""Each segment has a plausible size, and the rules claim enough of the customers."""

from collections.abc import Mapping

from expectations.engine.profiles import Bounds, bounds_table
from expectations.engine.rules import NoOffenders, Rule, WithinBounds
from expectations.engine.words import number, percent
from expectations.parts.references import ASKED, DEFINITIONS

MEMBERSHIPS = "segments.segment_memberships"
PRIMARY = "segments.primary_segments"
SUMMARY = "segments.segment_summary"
NOW = "features.customers_now"
NOBODY = f"""
    select case when (select count(*) from {NOW}) = 0
            and (select count(*) from {PRIMARY}) = 0
        then 'there are no customers yet' end
"""
RULES_FILE = "models/segments/segments.yml"
ALL = f"(select count(*) from {NOW})"
# A rule that asks for what no source tells can be neither kept nor broken, and neither
# can one that asks for the members of such a segment.
SILENT_SOURCES = f"""
    {ASKED},
    silent as (
        select asks_for, 'its rule asks for ' || what || ', and no line of ' || source
            || '/events was accepted' as silence
        from (values
            ('esp', 'emails', 'email_|high_value_click'),
            ('web', 'visits', 'page_view|product_view|cart_add|checkout')
        ) as needs(source, what, asks_for)
        where not exists (
            select 1 from staging.file_reconciliation as files
            where files.source = needs.source and entity = 'events'
                and accepted_count > 0
        )
    ),
    silences as (
        select reached.segment_name, min(silence) as silence
        from reached
        inner join {DEFINITIONS} as definitions
            on reached.asked = definitions.segment_name
        inner join silent on regexp_matches(definitions.rule_text, silent.asks_for)
        group by reached.segment_name
    )
"""


def coverage(bounds: Bounds) -> Rule:
    """Who was claimed on purpose: clusters claim everybody, the catch-all the rest."""
    return WithinBounds(
        entry="coverage",
        expects="Enough customers are claimed by a rule that somebody wrote",
        table=MEMBERSHIPS,
        measures=f"""
            with claimed as (
                select count(distinct customer_id) as claimed_count, {ALL} as all_count
                from {MEMBERSHIPS} inner join {DEFINITIONS} using (segment_name)
                where kind in ('rule', 'score')
            )
            select null as item, {bounds.sql()}, null as reason,
                claimed_count / all_count as observed,
                'The rules claim ' || {number("claimed_count")} || ' of '
                    || {number("all_count")} || ' customers (' || {percent("observed")}
                    || '); at least ' || {percent("minimum")} || ' is expected' as told
            from claimed
        """,
        unit="share",
        severity="warn",
        unless=NOBODY,
        remedy="The others are in a cluster or in the catch-all alone, and no campaign "
        f"is meant for them: add a segment to {RULES_FILE}, or widen one",
    )


def catch_all(bounds: Bounds) -> Rule:
    """Of the primary segments: what is left over when no rule holds."""
    return WithinBounds(
        entry="catch_all_share",
        expects="The catch-all does not catch too many",
        table=PRIMARY,
        measures=f"""
            with caught as (
                select segment_name, max(maximum_share) as declared
                from {DEFINITIONS} where is_catch_all group by segment_name
            ),
            bounds as (select {bounds.sql()}),
            counted as (
                select max(caught.segment_name) as item, min(bounds.minimum) as minimum,
                    coalesce(max(declared), min(bounds.maximum)) as maximum,
                    count(caught.segment_name) as caught_count, count(*) as all_count
                from {PRIMARY} as tiles cross join bounds
                left join caught on tiles.segment_name = caught.segment_name
            )
            select item, minimum, maximum, null as reason,
                caught_count / all_count as observed,
                'No rule claims ' || {number("caught_count")} || ' of '
                    || {number("all_count")} || ' customers (' || {percent("observed")}
                    || '), so they are in the catch-all `' || item || '`; allowed is '
                    || coalesce({percent("maximum")}, 'any share') as told
            from counted
        """,
        unit="share",
        unless=NOBODY,
        remedy=f"Add a segment for them to {RULES_FILE}, or see which claims too few",
    )


def shares(expected: Mapping[str, Bounds]) -> Rule:
    """A profile's bounds stand in place of those that segments.yml declares."""
    return WithinBounds(
        entry="share",
        expects="Each segment has its expected share of the customers",
        table=SUMMARY,
        measures=f"""
            with recursive expected as ({bounds_table(expected)}),
            {SILENT_SOURCES},
            bounded as (
                select summary.segment_name as item, customer_count, owner,
                    {ALL} as all_count,
                    if(state = 'ready', null, coalesce(reason, state)) as own_reason,
                    silence,
                    if(expected.item is null, minimum_share, expected.minimum)
                        as minimum,
                    if(expected.item is null, maximum_share, expected.maximum)
                        as maximum
                from {SUMMARY} as summary
                left join {DEFINITIONS} as definitions
                    on summary.segment_name = definitions.segment_name
                left join expected on summary.segment_name = expected.item
                left join silences on summary.segment_name = silences.segment_name
                where not coalesce(is_catch_all, false)
            )
            select item, minimum, maximum,
                customer_count / nullif(all_count, 0) as observed,
                coalesce(own_reason, silence) as reason,
                '`' || item || '` has ' || {number("customer_count")} || ' of '
                    || {number("all_count")} || ' customers (' || {percent("observed")}
                    || '); expected is '
                    || concat_ws(' and ', 'at least ' || {percent("minimum")},
                        'at most ' || {percent("maximum")})
                    || coalesce(' (owner: ' || owner || ')', '') as told
            from bounded
            where coalesce(own_reason, silence) is not null
                or minimum is not null or maximum is not null
        """,
        unit="share",
        unless=NOBODY,
        remedy=f"See its rule in {RULES_FILE}; if the share is right, move its bounds "
        "(`expected_share`, or `segment_shares` in expectations/profiles.yml)",
    )


def profile_names(expected: Mapping[str, Bounds]) -> Rule:
    """A name that no segment has would expect nothing, unnoticed."""
    return NoOffenders(
        entry="profile_names",
        expects="Every segment that the profile expects is defined",
        table=SUMMARY,
        offenders=f"""
            select item as segment_name, '`' || item || '` is no segment' as told
            from ({bounds_table(expected)})
            where item not in (select segment_name from {SUMMARY})
        """,
        noun="name",
        severity="warn",
        remedy="Its name has changed: mend expectations/profiles.yml",
    )
