"""Qualtrics: responses of a survey, exported as CSV."""

from passage_kit.reading.layout import Layout

LAYOUT = Layout(
    name="qualtrics",
    title="Qualtrics",
    link="https://www.qualtrics.com/support/survey-platform/data-and-analysis-module/data/download-data/"
    "understanding-your-dataset/",
    signs=(("StartDate", "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail"),),
    email=("RecipientEmail",),
    source_key=("ResponseId",),
    order=("RecordedDate", "StartDate"),
    fields={
        "first name": ("RecipientFirstName",),
        "last name": ("RecipientLastName",),
        "language": ("UserLanguage",),
    },
    notes=(
        "The header has three lines: names, questions, and ids in JSON; the last two are left out.",
        "A person who answered a question with an address has it in the column of the question.",
    ),
)
