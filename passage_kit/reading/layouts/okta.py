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
    ),
    records=(".",),
    email=("profile.email", "user.email", "email"),
    email_else=("profile.login", "user.login", "login"),
    phone=("profile.mobilePhone", "user.mobilePhone", "mobilePhone", "profile.primaryPhone",
           "user.primaryPhone", "primaryPhone"),
    source_key=("id", "user.id", "profile.login", "user.login", "login"),
    region=("profile.countryCode", "user.countryCode", "countryCode"),
    order=("lastLogin", "user.lastLogin", "lastUpdated", "user.lastUpdated", "created", "user.created"),
    account_state=("status", "user.status"),
    fields={
        "first name": ("profile.firstName", "user.firstName", "firstName"),
        "last name": ("profile.lastName", "user.lastName", "lastName"),
        "name": ("profile.displayName", "user.displayName", "displayName"),
        "username": ("profile.login", "user.login", "login"),
        "created at": ("created", "user.created"),
        "updated at": ("lastUpdated", "user.lastUpdated"),
        "last login": ("lastLogin", "user.lastLogin"),
        "company": ("profile.organization", "user.organization", "organization"),
        "city": ("profile.city", "user.city", "city"),
        "postal code": ("profile.zipCode", "user.zipCode", "zipCode"),
        "language": ("profile.preferredLanguage", "profile.locale", "preferredLanguage"),
    },
    secrets=("credentials.password", "credentials.password.value", "credentials.recovery_question.question",
             "credentials.recovery_question.answer"),
    notes=(
        "The login has the form of an email, but profile.email is the address.",
        "Who has no email goes by the login if it is an address, with a warning.",
        "The second email is for recovery, and never the person's primary one.",
        "Of the statuses, SUSPENDED and DEPROVISIONED are inactive.",
    ),
)  # fmt: skip
