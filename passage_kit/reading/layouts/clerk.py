"""Clerk: users by the Backend API, or the CSV that the dashboard exports."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="clerk",
    title="Clerk",
    link="https://clerk.com/docs/deployments/exporting-users",
    signs=(
        ("id", "primary_email_address", "verified_email_addresses"),
        ("id", "primary_email_address", "primary_phone_number"),
        ("id", "primary_email_address_id", "external_id"),
        ("id", "primary_email_address_id", "two_factor_enabled"),
        ("id", "primaryEmailAddressId", "twoFactorEnabled"),
    ),
    records=(".", "data"),
    email=("email_addresses.primary email", "emailAddresses.primary email", "primary_email_address"),
    phone=("phone_numbers.primary phone", "phoneNumbers.primary phone", "primary_phone_number"),
    source_key=("id",),
    order=("last_active_at", "last_sign_in_at", "lastSignInAt", "updated_at", "updatedAt", "created_at", "createdAt"),
    account_state=("banned", "locked"),
    fields={
        "first name": ("first_name", "firstName"),
        "last name": ("last_name", "lastName"),
        "username": ("username",),
        "created at": ("created_at", "createdAt"),
        "updated at": ("updated_at", "updatedAt"),
        "last login": ("last_sign_in_at", "lastSignInAt"),
        "blocked": ("banned",),
    },
    verified=("verified_email_addresses", "verified_phone_numbers"),
    secrets=("password_digest", "passwordDigest", "totp_secret", "backup_codes"),
    notes=(
        "The API gives lists of addresses, and the id of the primary one.",
        "Verification is said of each address, not of the person.",
        "Times of the API are milliseconds since 1970.",
        "Several verified addresses stand in one cell of the CSV file.",
    ),
)
