"""Mailchimp: the subscribed, unsubscribed and cleaned contacts of an audience, a CSV each, or members by the API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="mailchimp",
    title="Mailchimp",
    link="https://mailchimp.com/help/view-export-contacts/",
    signs=(
        ("Email Address", "MEMBER_RATING", "OPTIN_TIME", "LEID", "EUID"),
        ("Email Address", "MEMBER_RATING", "OPTIN_TIME"),
        ("MEMBER_RATING", "CONFIRM_TIME", "LAST_CHANGED", "LEID"),
        ("email_address", "unique_email_id", "member_rating"),
        ("id", "email_address", "web_id", "status"),
    ),
    records=("members",),
    email=("email_address", "Email Address", "EMAIL"),
    phone=("merge_fields.PHONE", "Phone Number", "PHONE", "SMS Phone Number"),
    source_key=("EUID", "LEID", "unique_email_id", "id"),
    region=("CC", "location.country_code"),
    order=("last_changed", "LAST_CHANGED", "OPTIN_TIME"),
    account_state=("CLEAN_TIME",),
    fields={
        "first name": ("merge_fields.FNAME", "First Name", "FNAME"),
        "last name": ("merge_fields.LNAME", "Last Name", "LNAME"),
        "company": ("Company",),
        "birth date": ("Birthday", "BIRTHDAY"),
        "created at": ("OPTIN_TIME",),
        "newsletter": (),
    },
    notes=(
        "The ZIP file holds a CSV each for those who are subscribed, unsubscribed and cleaned.",
        "A cleaned address does not receive: its person cannot sign in by it.",
        "OPTIN_TIME stays when somebody unsubscribes, so it is no consent.",
        "REGION is that of a state, such as CA for California; CC is the country.",
        "A birthday has a month and a day, and no year.",
    ),
)  # fmt: skip
