"""Zoho CRM: contacts, exported as CSV."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="zoho",
    title="Zoho CRM",
    link="https://help.zoho.com/portal/en/kb/crm/data-administration/export-data/articles/export-data-from-zoho-crm",
    signs=(
        ("Record Id", "First Name", "Last Name", "Email", "Contact Owner", "Contact Owner.id"),
        ("Record Id", "Last Name", "Email", "Secondary Email", "Email Opt Out", "Account Name"),
    ),
    email=("Email",),
    phone=("Mobile", "Phone"),
    source_key=("Record Id",),
    order=("Modified Time", "Created Time"),
    fields={
        "first name": ("First Name",),
        "last name": ("Last Name",),
        "company": ("Account Name",),
        "city": ("Mailing City",),
        "postal code": ("Mailing Zip",),
        "birth date": ("Date of Birth",),
        "created at": ("Created Time",),
        "updated at": ("Modified Time",),
        "newsletter": (),
    },
    notes=(
        "Owners, assistants and who reports to whom have columns of their own, which are no contacts.",
        "Email Opt Out says no to a newsletter, so no column says yes.",
    ),
)
