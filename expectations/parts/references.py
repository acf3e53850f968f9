"""Which segments a segment hangs on: what is true of their rules is so of its own."""

DEFINITIONS = "segments.segment_definitions"
NAMED = rf"""
    select segment_name, unnest(regexp_extract_all(
        rule_text, 'in_segment\s*\(\s*''(\w+)''', 1, 'i'
    )) as asked
    from {DEFINITIONS}
"""
# The others of an exclusive group come first by priority; the catch-all comes last.
BEFORE_IT = f"""
    select later.segment_name, earlier.segment_name as asked
    from {DEFINITIONS} as later inner join {DEFINITIONS} as earlier
        on later.is_catch_all or (
            later.exclusive_group = earlier.exclusive_group
            and later.priority > earlier.priority
        )
"""


def _reached(steps: str) -> str:
    """By segment, itself and all that it leads to: the relation `reached`."""
    return f"""
        steps as ({steps}),
        reached as (
            select segment_name, segment_name as asked from {DEFINITIONS}
            union
            select reached.segment_name, steps.asked
            from reached inner join steps on reached.asked = steps.segment_name
        )
    """


# To be read after `with recursive`: what a rule asks for, and what decides its members.
ASKED = _reached(NAMED)
DECIDING = _reached(f"{NAMED} union all {BEFORE_IT}")
