"""Salesforce: a report of contacts exported as CSV, or contacts and users by the Data Loader or a query."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="salesforce",
    title="Salesforce",
    link="https://help.salesforce.com/s/articleView?id=sf.reports_export.htm",
    signs=(
        ("First Name", "Last Name", "Email", "Account Name", "Account Owner"),
        ("First Name", "Last Name", "Email", "Account Name", "Contact ID"),
        ("First Name", "Last Name", "Email", "Lead Source", "Lead Owner"),
        ("ID", "FIRSTNAME", "LASTNAME", "EMAIL", "SYSTEMMODSTAMP"),
        ("ID", "FIRSTNAME", "LASTNAME", "EMAIL", "ACCOUNTID"),
        ("ID", "FIRSTNAME", "LASTNAME", "EMAIL", "OWNERID"),
        ("ID", "FIRSTNAME", "LASTNAME", "PERSONEMAIL"),
        ("ID", "USERNAME", "EMAIL", "PROFILEID"),
        ("attributes.type", "attributes.url", "Id", "Email"),
        ("attributes.type", "attributes.url", "Id", "PersonEmail"),
    ),
    records=("records",),
    email=("PERSONEMAIL", "Email"),
    phone=("Mobile", "MOBILEPHONE", "PERSONMOBILEPHONE", "Phone"),
    source_key=("Contact ID", "Lead ID", "User ID", "ID"),
    region=(
        "Mailing Country", "MAILINGCOUNTRY", "PERSONMAILINGCOUNTRY", "Country", "Mailing Country Code",
        "MAILINGCOUNTRYCODE",
    ),
    order=("Last Modified Date", "LASTMODIFIEDDATE", "Created Date", "CREATEDDATE"),
    account_state=("ISDELETED", "ISACTIVE", "Active"),
    fields={
        "first name": ("First Name", "FIRSTNAME"),
        "last name": ("Last Name", "LASTNAME"),
        "name": ("Full Name", "NAME"),
        "birth date": ("Birthdate", "BIRTHDATE", "PERSONBIRTHDATE"),
        "company": ("Account Name", "Company / Account", "COMPANY"),
        "city": ("Mailing City", "MAILINGCITY", "PERSONMAILINGCITY", "City"),
        "postal code": ("Mailing Zip/Postal Code", "MAILINGPOSTALCODE", "PERSONMAILINGPOSTALCODE"),
        "created at": ("Created Date", "CREATEDDATE"),
        "last login": ("Last Login", "LASTLOGINDATE"),
        "username": ("USERNAME",),
    },
    notes=(
        "A report ends with lines about itself: its name, who made it and when, and the company.",
        "A report is in Windows-1252 or UTF-8, as chosen; every cell has quotes.",
        "An id has 15 characters in a report, where upper and lower case differ, and 18 by the Data Loader.",
        "A person account has its own address as PersonEmail and its own phone as PersonMobilePhone.",
        "The username of a user looks like an email, and need not be one.",
        "ISEMAILBOUNCED says that the address did not receive.",
    ),
)  # fmt: skip
