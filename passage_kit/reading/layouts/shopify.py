"""Shopify: the CSV of customers that the admin exports, or customers by the Admin API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="shopify",
    title="Shopify",
    link="https://help.shopify.com/en/manual/customers/import-export-customers",
    signs=(
        ("First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent"),
        ("First Name", "Last Name", "Email", "Accepts Marketing", "Total Spent"),
        ("id", "email", "orders_count", "verified_email"),
        ("id", "email", "default_address.customer_id"),
    ),
    records=("customers",),
    email=("Email", "email"),
    phone=("Phone", "phone"),
    source_key=("Customer ID", "id"),
    order=("updated_at", "created_at"),
    no_state=("state",),
    region=("default_address.country_code", "Default Address Country Code", "Country Code", "Default Address Country",
            "Country"),
    fields={
        "first name": ("First Name", "first_name"),
        "last name": ("Last Name", "last_name"),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
        "email verified": ("verified_email",),
        "company": ("Default Address Company", "Company"),
        "city": ("Default Address City", "City"),
        "postal code": ("Default Address Zip", "Zip"),
        "newsletter": ("Accepts Email Marketing", "Accepts Marketing"),
    },
    notes=(
        "An apostrophe stands before ids, postal codes and phones, so that a spreadsheet leaves them alone.",
        "Default Address Phone belongs to the address of a delivery, and may be somebody else's.",
        "The state disabled says that a customer has made no account yet, and not that one was closed.",
        "A customer may have a phone and no email.",
        "The CSV had no id before 2023.",
    ),
)  # fmt: skip
