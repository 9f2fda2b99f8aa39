"""Stripe: the customers that the dashboard exports as CSV, or the list of them by the API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="stripe",
    title="Stripe",
    link="https://docs.stripe.com/api/customers/list",
    signs=(
        ("id", "Email", "Created (UTC)", "Delinquent"),
        ("id", "Email", "Created (UTC)", "Card ID"),
        ("id", "object", "email", "invoice_prefix"),
        ("id", "object", "email", "livemode"),
    ),
    records=("data", "."),
    email=("Email", "email"),
    phone=("phone", "Phone"),
    source_key=("id",),
    region=("address.country", "Customer Address Country", "Card Address Country"),
    order=("Created (UTC)", "created"),
    account_state=("deleted",),
    no_state=("Status", "delinquent"),
    fields={
        "name": ("Name", "name"),
        "created at": ("Created (UTC)", "created"),
        "city": ("address.city", "Customer Address City"),
        "postal code": ("address.postal_code", "Customer Address Postal Code"),
        "plan": ("Plan",),
    },
    secrets=("Card Fingerprint",),
    notes=(
        "Times of the API are seconds since 1970; those of the CSV are in UTC.",
        "shipping.phone and shipping.name belong to a delivery, and may be somebody else's.",
        "Status is that of a subscription, and not of the customer.",
        "The same address may be on several customers.",
    ),
)  # fmt: skip
