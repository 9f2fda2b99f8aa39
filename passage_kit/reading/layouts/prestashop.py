"""PrestaShop: the list of customers that the back office exports, and the table of customers of its database."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="prestashop",
    title="PrestaShop",
    link="https://docs.prestashop-project.org/1.7-documentation/user-guide/managing-customers/your-customers",
    signs=(
        ("ID", "Email address", "Enabled", "Registration", "Last visit"),
        ("id_customer", "email", "date_add", "active", "newsletter"),
        ("id_customer", "firstname", "lastname", "email", "id_default_group"),
    ),
    email=("Email address", "email"),
    source_key=("ID", "id_customer"),
    order=("Last visit", "date_upd", "Registration", "date_add"),
    account_state=("Enabled", "active"),
    fields={
        "first name": ("First name", "firstname"),
        "last name": ("Last name", "lastname"),
        "birth date": ("birthday",),
        "created at": ("Registration", "date_add"),
        "updated at": ("date_upd",),
        "last login": ("Last visit",),
        "company": ("Company", "company"),
        "newsletter": ("Newsletter", "News.", "newsletter"),
    },
    secrets=("passwd", "secure_key", "reset_password_token"),
    notes=(
        "The export of the back office has a semicolon between columns.",
        "Phones are kept with the addresses, and are in neither export.",
        "A customer who bought as a guest has is_guest = 1.",
    ),
)
