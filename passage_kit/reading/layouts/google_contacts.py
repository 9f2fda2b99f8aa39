"""Google Contacts: the "Google CSV" that it exports, in the present and in the former form."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="google_contacts",
    title="Google Contacts",
    link="https://support.google.com/contacts/answer/7199294",
    signs=(
        ("First Name", "Last Name", "E-mail 1 - Value"),
        ("Name", "Given Name", "Family Name", "E-mail 1 - Value"),
        ("Name", "Given Name", "Family Name", "Phone 1 - Value"),
        ("First Name", "Last Name", "Phone 1 - Value"),
    ),
    email=("E-mail 1 - Value",),
    phone=("Phone 1 - Value",),
    region=("Address 1 - Country",),
    fields={
        "first name": ("First Name", "Given Name"),
        "last name": ("Last Name", "Family Name"),
        "name": ("Name",),
        "birth date": ("Birthday",),
        "company": ("Organization Name", "Organization 1 - Name"),
        "city": ("Address 1 - City",),
        "postal code": ("Address 1 - Postal Code",),
    },
    notes=(
        "Several values in one cell are joined with three colons.",
        "A birthday without a year begins with two hyphens.",
        "Contacts have no id.",
    ),
)
