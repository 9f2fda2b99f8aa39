"""Magento (Adobe Commerce): the customers main file, the list of customers in the admin, and the REST API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="magento",
    title="Magento",
    link="https://experienceleague.adobe.com/docs/commerce-admin/systems/data-transfer/data-attributes-customer.html",
    signs=(
        ("email", "_website", "_store", "firstname", "lastname"),
        ("email", "created_in", "disable_auto_group_change", "website_id"),
        ("id", "group_id", "email", "created_in", "firstname", "website_id"),
        ("entity_id", "website_id", "group_id", "email", "created_in"),
        ("ID", "Email", "Customer Since", "Web Site", "Account Created in"),
    ),
    records=("items",),
    email=("email", "Email"),
    phone=("Phone",),
    source_key=("entity_id", "id", "ID"),
    order=("updated_at", "created_at", "Customer Since"),
    account_state=("is_active",),
    region=("Country",),
    fields={
        "first name": ("firstname",),
        "last name": ("lastname",),
        "name": ("Name",),
        "birth date": ("dob", "Date of Birth"),
        "created at": ("created_at", "Customer Since"),
        "updated at": ("updated_at",),
        "company": ("Company",),
        "city": ("City",),
        "postal code": ("ZIP",),
    },
    secrets=("password_hash", "rp_token", "confirmation", "password"),
    notes=(
        "The code in confirmation is of an address that nobody has confirmed yet.",
        "The main file has no id; the email and the web site tell customers apart.",
        "Phones are those of addresses, so the main file and the API give none of the customer.",
    ),
)
