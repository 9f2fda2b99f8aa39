"""OpenCart: the table of customers of its database."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="opencart",
    title="OpenCart",
    link="https://docs.opencart.com/en-gb/customers/customer/",
    signs=(("customer_id", "customer_group_id", "firstname", "lastname", "telephone", "date_added"),),
    email=("email",),
    phone=("telephone",),
    source_key=("customer_id",),
    order=("date_modified", "date_added"),
    account_state=("status",),
    open_flags=("status",),
    fields={
        "first name": ("firstname",),
        "last name": ("lastname",),
        "created at": ("date_added",),
        "updated at": ("date_modified",),
        "newsletter": ("newsletter",),
    },
    secrets=("password", "salt", "token", "code"),
    notes=(
        "A status of 0 says that the account is switched off.",
        "Phones are as the customer wrote them, without the country.",
    ),
)
