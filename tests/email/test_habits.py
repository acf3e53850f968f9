"""A customer's habits are the sums of their messages, and stay within their bounds."""

from tests.email.conftest import rows
from warehouse.settings import Settings

TRENDS = {None, "rise", "steady", "decline", "sudden_drop", "silent"}


def test_a_customer_has_the_sums_of_the_messages(mail_shop: Settings) -> None:
    query = """
        select customer_id, {columns} from {table}
        {group} order by customer_id
    """
    habits = query.format(
        columns="""opened_count, clicked_count, replied_count, bounced_count,
            unsubscribed_count, complaint_count, dwell_seconds""",
        table="marts.email_habits",
        group="",
    )
    messages = query.format(
        columns="""count(*) filter (open_count > 0), count(*) filter (click_count > 0),
            count(*) filter (reply_count > 0), count(*) filter (is_bounced),
            count(*) filter (is_unsubscribed), count(*) filter (is_complaint),
            sum(dwell_seconds)""",
        table="marts.email_engagement",
        group="group by customer_id",
    )
    told = rows(mail_shop, habits)
    assert len(told) > 100
    assert told == rows(mail_shop, messages)


def test_shares_and_trends_are_what_they_say(mail_shop: Settings) -> None:
    wrong = rows(
        mail_shop,
        """
        select customer_id from marts.email_habits
        where opened_count > delivered_count or clicked_count > delivered_count
            or opened_share not between 0 and 1 or clicked_share not between 0 and 1
            or replied_share not between 0 and 1 or messages_per_week < 0
            or recent_reacted_count > recent_delivered_count
            or habit_reacted_count > habit_delivered_count
            or (trend is not null and habit_delivered_count < 6)
        """,
    )
    assert wrong == []
    trends = {
        row[0]
        for row in rows(mail_shop, "select distinct trend from marts.email_habits")
    }
    assert trends <= TRENDS
    assert len(trends) >= 4


def test_the_links_of_a_message_add_up(mail_shop: Settings) -> None:
    sums = rows(
        mail_shop,
        """
        select sum(click_count), sum(dwell_seconds),
            sum(list_sum(list_transform(clicked_links, lambda one: one.click_count))),
            sum(list_sum(list_transform(clicked_links, lambda one: one.dwell_seconds)))
        from marts.email_engagement where click_count > 0
        """,
    )
    ((clicks, dwell, link_clicks, link_dwell),) = sums
    assert clicks > 50
    assert (clicks, dwell) == (link_clicks, link_dwell)
