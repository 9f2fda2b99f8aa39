"""Okta: users by the Users API, or the CSV of a people report."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="okta",
    title="Okta",
    link="https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/",
    signs=(
        ("id", "status", "profile.login", "profile.email"),
        ("id", "profile.login", "credentials.provider.type"),
        ("user.login", "user.email", "user.status"),
        ("user.id", "user.login", "user.status"),
        ("login", "firstName", "lastName", "email", "secondEmail"),
        ("User id", "Login", "Status", "First name", "Last name"),
        ("User Id", "Username", "First Name", "Last Name", "Email", "Status", "Last Login"),
    ),
    records=(".",),
    email=("profile.email", "user.email", "email", "Primary email", "Email"),
    phone=("profile.mobilePhone", "user.mobilePhone", "mobilePhone", "Mobile phone", "profile.primaryPhone",
           "user.primaryPhone", "primaryPhone", "Primary phone"),
    source_key=("id", "user.id", "User id", "profile.login", "user.login", "login"),
    region=("profile.countryCode", "user.countryCode", "countryCode", "Country code"),
    order=("lastLogin", "user.lastLogin", "Last Login", "lastUpdated", "user.lastUpdated", "created", "user.created"),
    account_state=("status", "user.status", "Status"),
    fields={
        "first name": ("profile.firstName", "user.firstName", "firstName", "First name"),
        "last name": ("profile.lastName", "user.lastName", "lastName", "Last name"),
        "name": ("profile.displayName", "user.displayName", "displayName", "Display name"),
        "username": ("profile.login", "user.login", "login", "Username", "Login"),
        "created at": ("created", "user.created", "Created date"),
        "updated at": ("lastUpdated", "user.lastUpdated"),
        "last login": ("lastLogin", "user.lastLogin", "Last Login"),
        "company": ("profile.organization", "user.organization", "organization", "Organization"),
        "city": ("profile.city", "user.city", "city", "City"),
        "postal code": ("profile.zipCode", "user.zipCode", "zipCode", "Zip code"),
        "language": ("profile.preferredLanguage", "profile.locale", "preferredLanguage", "Preferred language"),
    },
    secrets=("credentials.password", "credentials.password.value", "credentials.recovery_question.question",
             "credentials.recovery_question.answer"),
    notes=(
        "The login has the form of an email, but profile.email is the address.",
        "The second email is for recovery, and never the person's primary one.",
        "Of the statuses, SUSPENDED and DEPROVISIONED are inactive.",
    ),
)  # fmt: skip
