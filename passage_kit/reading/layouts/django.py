"""Django: the table ``auth_user`` as CSV or JSON, or ``dumpdata auth.User``."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="django",
    title="Django",
    link="https://docs.djangoproject.com/en/stable/ref/contrib/auth/",
    signs=(
        ("is_superuser", "is_staff", "is_active", "date_joined", "email"),
        ("is_superuser", "is_staff", "is_active", "username", "email"),
        ("fields.is_superuser", "fields.is_staff", "fields.is_active", "fields.email", "pk"),
        ("fields.is_superuser", "fields.is_active", "fields.email", "model"),
    ),
    records=(".",),
    email=("email", "fields.email"),
    phone=("phone_number", "phone", "fields.phone_number", "fields.phone"),
    source_key=("id", "pk"),
    order=("last_login", "date_joined", "fields.last_login", "fields.date_joined"),
    account_state=("is_active", "fields.is_active"),
    fields={
        "first name": ("first_name", "fields.first_name"),
        "last name": ("last_name", "fields.last_name"),
        "username": ("username", "fields.username"),
        "created at": ("date_joined", "fields.date_joined"),
        "last login": ("last_login", "fields.last_login"),
        "active": ("is_active", "fields.is_active"),
    },
    secrets=("password", "fields.password"),
    notes=("dumpdata gives other models beside the users, which are no people.", "An email may be empty."),
)
