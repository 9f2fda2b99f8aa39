"""WooCommerce: customers by the REST API. Its accounts are those of WordPress, which has a layout of its own."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="woocommerce",
    title="WooCommerce",
    link="https://woocommerce.github.io/woocommerce-rest-api-docs/#customers",
    signs=(
        ("id", "email", "username", "is_paying_customer", "date_created"),
        ("id", "email", "username", "billing.email", "avatar_url"),
    ),
    records=(".", "customers"),
    email=("email", "billing.email"),
    phone=("billing.phone",),
    source_key=("id",),
    order=("date_modified_gmt", "date_modified", "date_created_gmt", "date_created"),
    region=("billing.country",),
    fields={
        "first name": ("first_name",),
        "last name": ("last_name",),
        "username": ("username",),
        "created at": ("date_created_gmt", "date_created"),
        "updated at": ("date_modified_gmt", "date_modified"),
        "role": ("role",),
    },
    notes=(
        "The phone is the one of the billing address.",
        "Who bought as a guest has no account, and is not among the customers.",
    ),
)
