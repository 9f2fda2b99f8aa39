"""WooCommerce: customers by the REST API, and the customers report of Analytics.

Its accounts are those of WordPress, which has a layout of its own.
"""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="woocommerce",
    title="WooCommerce",
    link="https://woocommerce.github.io/woocommerce-rest-api-docs/#customers",
    signs=(
        ("id", "email", "username", "is_paying_customer", "date_created"),
        ("id", "email", "username", "billing.email", "avatar_url"),
        ("Name", "Username", "Last Active", "Email", "Total Spend", "AOV"),
    ),
    records=(".", "customers"),
    email=("email", "billing.email"),
    phone=("billing.phone",),
    source_key=("id",),
    order=("date_modified_gmt", "date_modified", "Last Active", "date_created_gmt", "date_created", "Sign Up"),
    region=("billing.country", "Country / Region"),
    fields={
        "first name": ("first_name",),
        "last name": ("last_name",),
        "name": ("Name",),
        "username": ("username",),
        "created at": ("date_created_gmt", "date_created", "Sign Up", "Date registered"),
        "updated at": ("date_modified_gmt", "date_modified"),
        "role": ("role",),
        "city": ("City",),
        "postal code": ("Postal Code",),
    },
    notes=(
        "The report of Analytics has no id and no phone; its guests have no username and no day of registration.",
        "The phone is the one of the billing address.",
        "Who bought as a guest has no account, and is not among the customers of the API.",
    ),
)
