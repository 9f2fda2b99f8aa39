"""Values that Python has none for, there and back again."""

import datetime as dt

import pytest
import sqlalchemy as sa
from servers import written

from passage_kit.writeback.driver_values import sent_value
from passage_kit.writeback.users_database import UsersDatabase

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (dt.timedelta(), "00:00:00.000000"),
        (DAY, "24:00:00.000000"),
        (dt.timedelta(hours=-1), "-01:00:00.000000"),
        (dt.timedelta(microseconds=-1), "-00:00:00.000001"),
        (dt.timedelta(hours=838, minutes=59, seconds=59), "838:59:59.000000"),
        (None, None),
        (7, 7),
        (b"\xfe", b"\xfe"),
    ],
)
def test_times_are_sent_as_mysql_writes_them(value, sent):
    assert sent_value(value) == sent


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written_value", "value"),
    [
        ("date '2024-01-31'", dt.date(2024, 1, 31)),
        ("date 'infinity'", "infinity"),
        ("date '0044-03-15 BC'", "0044-03-15 BC"),
        ("timestamp '2024-01-31 09:30'", dt.datetime(2024, 1, 31, 9, 30)),
        ("timestamptz '-infinity'", "-infinity"),
        ("time '24:00'", "24:00:00"),
        ("time '09:30'", dt.time(9, 30)),
        ("interval '1 mon'", "1 mon"),
        ("""jsonb '{"a": [1]}'""", '{"a": [1]}'),
        ("NULL::date", None),
    ],
)
def test_what_postgresql_gives(postgres, written_value, value):
    with UsersDatabase(written(postgres)) as database:
        assert database.read(f"SELECT {written_value}") == [[value]]


@pytest.mark.slow
@pytest.mark.parametrize("time", ["-838:59:59", "838:59:59", "-00:00:01.5", "00:00:00"])
def test_times_of_mariadb_come_back(mariadb, time):
    with UsersDatabase(written(mariadb)) as database:
        [[value]] = database.read(f"SELECT CAST('{time}' AS TIME(6))")
        with database.engine.connect() as connection:
            same = connection.execute(
                sa.text(f"SELECT CAST('{time}' AS TIME(6)) = CAST(:t AS TIME(6))"), {"t": sent_value(value)}
            )
            assert same.scalar() == 1
