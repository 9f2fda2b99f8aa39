"""Shopify: the CSV of customers that the admin exports."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="shopify",
    title="Shopify",
    link="https://help.shopify.com/en/manual/customers/import-export-customers",
    signs=(
        ("First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent"),
        ("First Name", "Last Name", "Email", "Accepts Marketing", "Total Spent"),
    ),
    email=("Email",),
    phone=("Phone",),
    source_key=("Customer ID",),
    region=("Default Address Country Code", "Country Code", "Default Address Country", "Country"),
    fields={
        "first name": ("First Name",),
        "last name": ("Last Name",),
        "company": ("Default Address Company", "Company"),
        "city": ("Default Address City", "City"),
        "postal code": ("Default Address Zip", "Zip"),
        "newsletter": ("Accepts Email Marketing", "Accepts Marketing"),
    },
    notes=(
        "An apostrophe stands before ids, postal codes and phones, so that a spreadsheet leaves them alone.",
        "Default Address Phone belongs to the address of a delivery, and may be somebody else's.",
        "A customer may have a phone and no email.",
        "The CSV had no id before 2023.",
    ),
)  # fmt: skip
