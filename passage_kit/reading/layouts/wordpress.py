"""WordPress: the users with their attributes as CSV, the table ``wp_users``, and ``wp_usermeta`` in long form."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="wordpress",
    title="WordPress",
    link="https://developer.wordpress.org/reference/classes/wp_user/",
    signs=(
        ("user_login", "user_email", "user_registered"),
        ("user_login", "user_email", "display_name"),
        ("user_login", "user_nicename", "user_registered"),
        ("user_id", "user_email", "wp_capabilities"),
        ("user_id", "nickname", "wp_capabilities"),
        ("source_user_id", "user_login", "user_email"),
    ),
    records=("wp_users", "users"),
    email=("user_email",),
    phone=("phone", "phone_number", "billing_phone"),
    source_key=("ID", "user_id", "source_user_id"),
    region=("billing_country",),
    order=("user_registered",),
    no_state=("user_status",),
    fields={
        "first name": ("first_name",),
        "last name": ("last_name",),
        "name": ("display_name",),
        "username": ("user_login",),
        "created at": ("user_registered",),
        "role": ("role", "roles"),
        "company": ("billing_company",),
        "city": ("billing_city",),
        "postal code": ("billing_postcode",),
        "language": ("locale",),
    },
    secrets=("user_pass", "user_activation_key", "session_tokens", "_application_passwords"),
    notes=(
        "billing_email is the address for invoices, and not that of the account.",
        "The attributes of wp_usermeta, a row each, become columns; several values of one name stand in one cell.",
        "user_status is not used by WordPress: it says nothing about the account.",
    ),
)  # fmt: skip
