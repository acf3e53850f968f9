"""What `ml.models` tells of a model, for the rules that judge it."""

MODELS = "ml.models"
# In these a model says nothing, and tells why.
SILENT = "('not_enough_data', 'below_floor', 'unusable')"


def untrained(model: str, table: str) -> str:
    """SQL: why no version of this model scored and nothing is to judge, or null."""
    return f"""
        select case
            when count(*) = 0 and not exists (select 1 from {table})
                then 'no {model} model was ever trained'
            when count(*) filter (state = 'champion') > 0 then null
            when count(*) filter (state in {SILENT}) > 0 then coalesce(
                arg_max(nullif(reason, ''), as_of_at), 'there is too little data'
            )
        end
        from {MODELS} where model_name = '{model}'
    """


def card(model: str) -> str:
    """SQL: the relation `card`, whose `metrics` are those of the model that scored."""
    return f"""card as (
        select arg_max(metrics, as_of_at)::json as metrics
        from {MODELS} where model_name = '{model}' and state = 'champion'
    )"""
