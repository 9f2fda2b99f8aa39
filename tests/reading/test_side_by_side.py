"""Lists side by side are refused, since a row would have two people; columns that are there twice are not."""

import pandas as pd
import pytest

import passage_kit as pk

TWO = "Email,Name,{blank}Email,Name\nann@example.org,Ann,{blank}bob@example.org,Bob\ncy@example.org,Cy,{blank},\n"


@pytest.mark.parametrize("blank", ["", ","])
def test_lists_side_by_side_are_refused(tmp_path, blank):
    path = tmp_path / "users.csv"
    path.write_text(TWO.format(blank=blank))
    with pytest.raises(pk.SourceError, match=r"Email, Name 2 times.*put one below the other"):
        pk.read_users(path)
    pd.read_csv(path, header=None).to_excel(tmp_path / "users.xlsx", header=False, index=False)
    with pytest.raises(pk.SourceError, match="Email, Name 2 times"):
        pk.read_users(tmp_path / "users.xlsx")


@pytest.mark.parametrize(
    "text",
    [
        "Email,Name,Email\nann@example.org,Ann,ann@example.com\n",
        "Email,Name,Phone,Name\nann@example.org,Ann,1,x\n",
        "Name,City,Name,City\nAnn,Ulm,x,y\n",
        "Email,Name,Email,Name\nann@example.org,Ann,,\n",
    ],
)
def test_columns_that_are_there_twice_are_read(tmp_path, text):
    path = tmp_path / "users.csv"
    path.write_text(text)
    assert len(pk.read_users(path)) == 1
