"""Supabase Auth: the table ``auth.users`` as CSV or JSON, or users by the Admin API."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="supabase",
    title="Supabase",
    link="https://supabase.com/docs/guides/auth/users",
    signs=(
        ("id", "raw_user_meta_data"),
        ("id", "raw_app_meta_data.provider"),
        ("instance_id", "aud", "email_confirmed_at"),
        ("id", "aud", "role", "email", "email_confirmed_at"),
        ("id", "aud", "email", "app_metadata.provider"),
        ("id", "email", "email_confirmed_at", "last_sign_in_at"),
        ("id", "phone", "phone_confirmed_at", "last_sign_in_at"),
    ),
    records=("users", "."),
    email=("email",),
    phone=("phone",),
    phones_without_plus=True,
    source_key=("id",),
    order=("last_sign_in_at", "updated_at", "created_at"),
    account_state=("deleted_at", "banned_until"),
    fields={
        "first name": ("raw_user_meta_data.first_name", "raw_user_meta_data.given_name", "user_metadata.first_name",
                       "user_metadata.given_name"),
        "last name": ("raw_user_meta_data.last_name", "raw_user_meta_data.family_name", "user_metadata.last_name",
                      "user_metadata.family_name"),
        "name": ("raw_user_meta_data.full_name", "raw_user_meta_data.name", "user_metadata.full_name",
                 "user_metadata.name"),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
        "last login": ("last_sign_in_at",),
        "email verified": ("email_confirmed_at",),
        "phone verified": ("phone_confirmed_at",),
    },
    verified=("email_confirmed_at", "phone_confirmed_at", "confirmed_at"),
    secrets=("encrypted_password", "confirmation_token", "recovery_token", "email_change_token_new",
             "email_change_token_current", "phone_change_token", "reauthentication_token"),
    notes=(
        "Phones are E.164 without the plus.",
        "The day of a confirmation stands for yes.",
        "email_change is a new address that is not confirmed yet.",
        "The metadata are JSON within a cell.",
        "banned_until and deleted_at make an account inactive.",
    ),
)  # fmt: skip
