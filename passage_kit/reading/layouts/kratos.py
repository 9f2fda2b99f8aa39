"""Ory Kratos and Ory Network: identities by the admin API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="kratos",
    title="Ory Kratos",
    link="https://www.ory.com/docs/kratos/reference/api#tag/identity/operation/listIdentities",
    signs=(
        ("id", "schema_id", "traits.email"),
        ("id", "schema_id", "schema_url", "state"),
        ("id", "schema_id", "traits.phone"),
        ("id", "schema_id", "traits.emails"),
    ),
    records=(".", "identities"),
    email=("traits.email", "traits.emails"),
    phone=("traits.phone", "traits.phone_number", "traits.mobile", "traits.phones"),
    source_key=("id",),
    order=("updated_at", "created_at"),
    account_state=("state",),
    fields={
        "first name": ("traits.name.first", "traits.first_name", "traits.given_name"),
        "last name": ("traits.name.last", "traits.last_name", "traits.family_name"),
        "name": ("traits.name", "traits.full_name"),
        "username": ("traits.username",),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
        "company": ("traits.company",),
    },
    secrets=("credentials.password.config.hashed_password", "credentials.oidc.config.providers",
             "credentials.lookup_secret.config.recovery_codes", "credentials.totp.config.totp_url"),
    notes=(
        "What traits hold is up to the schema of the identities.",
        "recovery_addresses may differ from the address of the account, and are never it.",
        "verifiable_addresses say which addresses are verified.",
    ),
)  # fmt: skip
