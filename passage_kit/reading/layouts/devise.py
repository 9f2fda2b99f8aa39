"""Devise (Ruby on Rails): the table ``users`` with the columns of its modules."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="devise",
    title="Devise",
    link="https://github.com/heartcombo/devise",
    signs=(
        ("email", "reset_password_sent_at", "remember_created_at"),
        ("email", "sign_in_count", "current_sign_in_at", "last_sign_in_at"),
        ("email", "confirmation_sent_at", "confirmed_at", "unconfirmed_email"),
        ("id", "email", "remember_created_at", "created_at", "updated_at"),
    ),
    email=("email",),
    phone=("phone_number", "mobile_phone", "phone"),
    source_key=("id",),
    order=("current_sign_in_at", "last_sign_in_at", "updated_at", "created_at"),
    account_state=("locked_at", "deleted_at", "discarded_at"),
    fields={
        "first name": ("first_name",),
        "last name": ("last_name",),
        "name": ("name", "full_name"),
        "username": ("username",),
        "created at": ("created_at",),
        "updated at": ("updated_at",),
        "last login": ("current_sign_in_at", "last_sign_in_at"),
        "email verified": ("confirmed_at",),
        "language": ("locale",),
    },
    verified=("confirmed_at",),
    secrets=("encrypted_password", "reset_password_token", "confirmation_token", "unlock_token",
             "invitation_token", "authentication_token", "otp_secret", "encrypted_otp_secret", "otp_backup_codes"),
    notes=(
        "The day of a confirmation stands for yes.",
        "unconfirmed_email is a new address that is not confirmed yet.",
        "Addresses of sign-ins are IP addresses.",
    ),
)  # fmt: skip
