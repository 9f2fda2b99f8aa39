"""Mailchimp: the subscribed, unsubscribed and cleaned contacts of an audience, a CSV each."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="mailchimp",
    title="Mailchimp",
    link="https://mailchimp.com/help/view-export-contacts/",
    signs=(
        ("Email Address", "MEMBER_RATING", "OPTIN_TIME", "LEID", "EUID"),
        ("Email Address", "MEMBER_RATING", "OPTIN_TIME"),
        ("MEMBER_RATING", "CONFIRM_TIME", "LAST_CHANGED", "LEID"),
    ),
    email=("Email Address", "EMAIL"),
    phone=("Phone Number", "PHONE", "SMS Phone Number"),
    source_key=("EUID", "LEID"),
    region=("CC",),
    order=("LAST_CHANGED", "OPTIN_TIME"),
    account_state=("CLEAN_TIME",),
    fields={
        "first name": ("First Name", "FNAME"),
        "last name": ("Last Name", "LNAME"),
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
