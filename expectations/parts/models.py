"""What `ml.models` tells of a model, for the rules that judge it."""

MODELS = "ml.models"


def untrained(model: str, table: str) -> str:
    """SQL: why the newest state of this model leaves nothing to judge, or null."""
    return f"""
        select case
            when count(*) = 0 and not exists (select 1 from {table})
                then 'no {model} model was ever trained'
            when arg_max(state, as_of_at) = 'not_enough_data' then coalesce(
                arg_max(nullif(reason, ''), as_of_at), 'there is too little data'
            )
        end
        from {MODELS} where model_name = '{model}'
    """


def card(model: str) -> str:
    """SQL: the relation `card`, whose `metrics` are the newest of this model."""
    return f"""card as (
        select arg_max(metrics, as_of_at)::json as metrics
        from {MODELS} where model_name = '{model}'
    )"""
