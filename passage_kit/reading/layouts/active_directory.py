"""Active Directory: accounts by csvde, Get-ADUser or another LDAP client, with the directory's own attributes."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="active_directory",
    title="Active Directory",
    link="https://learn.microsoft.com/en-us/windows/win32/adschema/attributes-all",
    signs=(
        ("sAMAccountName", "userAccountControl", "objectClass"),
        ("sAMAccountName", "userAccountControl", "whenCreated"),
        ("SamAccountName", "DistinguishedName", "UserPrincipalName"),
        ("SamAccountName", "DistinguishedName", "objectGUID"),
    ),
    email=("mail", "EmailAddress", "proxyAddresses"),
    email_else=("proxyAddresses", "userPrincipalName"),
    phone=("mobile", "MobilePhone", "telephoneNumber", "OfficePhone"),
    source_key=("objectGUID", "sAMAccountName"),
    region=("c", "co", "Country", "countryCode"),
    order=("whenChanged", "lastLogonTimestamp", "lastLogon", "whenCreated"),
    account_state=("userAccountControl", "Enabled"),
    fields={
        "first name": ("givenName",),
        "last name": ("sn", "Surname"),
        "name": ("displayName", "cn", "Name"),
        "username": ("sAMAccountName",),
        "created at": ("whenCreated", "Created"),
        "updated at": ("whenChanged", "Modified"),
        "last login": ("lastLogonTimestamp", "LastLogonDate", "lastLogon"),
        "company": ("company",),
        "city": ("l", "City"),
        "postal code": ("postalCode",),
        "language": ("preferredLanguage",),
    },
    secrets=("unicodePwd", "userPassword", "ms-Mcs-AdmPwd"),
    notes=(
        "Of the proxy addresses, the one behind SMTP in capitals is the main one.",
        "A bit of userAccountControl says that an account is disabled.",
        "Moments are written without separators (20240131120000.0Z), or count since 1601, with 0 for never.",
        "The user principal name looks like an email, and need not be one.",
    ),
)
