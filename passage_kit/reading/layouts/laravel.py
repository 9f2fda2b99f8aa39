"""Laravel: the table ``users`` of its starter kits, Fortify and Jetstream."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="laravel",
    title="Laravel",
    link="https://laravel.com/docs/authentication",
    signs=(
        ("id", "name", "email", "email_verified_at", "created_at", "updated_at"),
        ("id", "email", "email_verified_at", "created_at", "updated_at"),
        ("id", "name", "email", "email_verified_at"),
    ),
    records=(".", "data", "users"),
    email=("email",),
    phone=("phone", "phone_number", "mobile"),
    source_key=("id",),
    order=("last_login_at", "updated_at", "created_at"),
    account_state=("deleted_at", "banned_at"),
    fields={
        "name": ("name",),
        "first name": ("first_name",),
        "last name": ("last_name",),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
        "last login": ("last_login_at",),
        "email verified": ("email_verified_at",),
    },
    verified=("email_verified_at",),
    secrets=("password", "remember_token", "two_factor_secret", "two_factor_recovery_codes"),
    notes=(
        "The day of a verification stands for yes.",
        "deleted_at marks an account that was deleted but kept.",
    ),
)
