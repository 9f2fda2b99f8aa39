"""Shopware: customers by the import and export of Shopware 6 and 5, and the table of customers of Shopware 5."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="shopware",
    title="Shopware",
    link="https://docs.shopware.com/en/shopware-6-en/settings/importexport",
    signs=(
        ("customer_number", "email", "customer_group", "sales_channel", "guest"),
        ("customer_number", "email", "customer_group", "sales_channel", "billing_first_name"),
        ("customerNumber", "email", "salesChannelId", "defaultBillingAddressId"),
        ("customernumber", "email", "customergroup", "billing_firstname", "subshopID"),
        ("customernumber", "email", "customergroup", "accountmode", "subshopID"),
    ),
    records=("data",),
    email=("email",),
    phone=("billing_phone_number", "billing_phone", "phone", "defaultBillingAddress.phoneNumber"),
    source_key=("id", "customerId", "userID", "customer_number", "customernumber"),
    region=("billing_country", "billing_countryiso", "billing_country_iso"),
    order=("updatedAt", "lastLogin", "createdAt", "firstLogin"),
    account_state=("active",),
    fields={
        "first name": ("first_name", "firstName", "firstname", "billing_firstname"),
        "last name": ("last_name", "lastName", "lastname", "billing_lastname"),
        "name": ("name",),
        "birth date": ("birthday",),
        "created at": ("createdAt", "firstLogin"),
        "last login": ("lastLogin",),
        "company": ("company", "billing_company"),
        "city": ("billing_city",),
        "postal code": ("billing_zipcode",),
        "newsletter": ("newsletter",),
    },
    secrets=("password", "legacyPassword", "unhashedPassword", "hash", "sessionId", "confirmationkey", "validation"),
    notes=(
        "The export has a semicolon between columns.",
        "The phone is the one of the billing address, as the customer wrote it.",
        "Who bought as a guest has guest = 1, or an accountmode of 1.",
        "Shopware 5 writes the countries of addresses as numbers of its own.",
    ),
)
