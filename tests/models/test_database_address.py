"""DATABASE_URL in every form that libpq, its drivers and the usual services write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from models.address_options import IGNORED, BadAddress
from models.database_address import DatabaseAddress, pooled, read_address
from tests.certificate import make_certificate

GUIDE = Path(__file__).parents[2] / "docs" / "running.md"
SECRET = "hunter2"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        # Heroku, Render, Railway
        (
            f"postgres://u:{SECRET}@ec2-1.compute.amazonaws.com:5432/d8",
            "d8 at ec2-1.compute.amazonaws",
        ),
        # Neon
        (
            f"postgresql://owner:{SECRET}@ep-cool-1-pooler.eu.aws.neon.tech/neondb"
            "?sslmode=require&channel_binding=require",
            "neondb at ep-cool-1-pooler.eu.aws.neon.tech",
        ),
        # Supabase: direct, by its pooler, as Prisma has it, and as Vercel writes it
        (f"postgresql://postgres:{SECRET}@db.x.supabase.co:5432/postgres", "postgres at db.x.s"),
        (
            f"postgresql://postgres.x:{SECRET}@aws-0-eu.pooler.supabase.com:6543/postgres"
            "?pgbouncer=true",
            "postgres at aws-0-eu.pooler.supabase.com:6543",
        ),
        (
            f"postgres://postgres.x:{SECRET}@aws-0-eu.pooler.supabase.com:6543/postgres"
            "?sslmode=require&supa=base-pooler.x",
            "postgres at aws-0-eu.pooler.supabase.com:6543",
        ),
        # Azure
        (
            f"postgresql://u:{SECRET}@x.postgres.database.azure.com/db?sslmode=require",
            "db at x.postgres.database.azure.com",
        ),
        # Cloud SQL's sockets
        (f"postgresql://u:{SECRET}@/db?host=/cloudsql/p:r:i", "db at /cloudsql/p:r:i"),
        (f"postgresql://u:{SECRET}@%2Fcloudsql%2Fp%3Ar%3Ai/db", "db at /cloudsql/p:r:i"),
        # SQLAlchemy
        (f"postgresql+asyncpg://u:{SECRET}@h/db?ssl=require", "db at h"),
        (f"postgresql+psycopg2://u:{SECRET}@h/db", "db at h"),
        # libpq
        (f"postgresql://u:{SECRET}@[::1]:5433/db", "db at [::1]:5433"),
        (f"postgresql://u:{SECRET}@h1:5432,h2:5433/db", "db at h1, h2:5433"),
        (
            f"postgresql://?host=h1,h2&port=5432,5433&dbname=db&user=u&password={SECRET}",
            "db at h1, h2",
        ),
        (f"postgresql://h/db?user=me@tenant&password={SECRET}", "db at h"),
        ("postgresql:///db", "db at the default host"),
        ("  postgresql://h/db\n", "db at h"),
    ],
)
def test_an_address_is_read_and_shown_without_its_password(url: str, shown: str) -> None:
    address = read_address(url)
    assert str(address).startswith(shown)
    assert (address.password == SECRET) == (SECRET in url)
    assert SECRET not in f"{address} {address!r}"


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("p%40ss%2Fw%3Ao%23r%3Fd%25", "p@ss/w:o#r?d%"),
        # Not encoded, and still certain.
        ("p@ss", "p@ss"),
        ("p:ss", "p:ss"),
        ("p#ss", "p#ss"),
        ("100%", "100%"),
        ("a+b", "a+b"),
    ],
)
def test_a_password_may_hold_any_character(written: str, password: str) -> None:
    assert read_address(f"postgresql://u:{written}@h/db").password == password


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "is empty"),
        (f"mysql://u:{SECRET}@h/db", "must look like postgresql://"),
        (f"host=h dbname=db password={SECRET}", "must look like postgresql://"),
        (f"jdbc:postgresql://h/db?password={SECRET}", "leave out jdbc:"),
        (f'"postgresql://u:{SECRET}@h/db"', "quotation marks"),
        (f"postgresql://u:{SECRET}/x@h/db", "Percent-encode"),
        (f"postgresql://u:12/{SECRET}@h/db", "Percent-encode"),
        (f"postgresql://u:{SECRET}?x@h/db", "Percent-encode"),
        (f"postgresql://u:12?{SECRET}=x@h/db", "Percent-encode"),
        (f"postgresql://u:{SECRET}@h:54x/db", "must be a number"),
        (f"postgresql://u:{SECRET}@h:99999/db", "must be a number"),
        (f"postgresql://u:{SECRET}@h1,h2/db?port=1,2,3", "one port for all hosts"),
        ("postgresql://u:[YOUR-PASSWORD]@h/db", "placeholder"),
        ("postgresql://u:{your_password}@h/db", "placeholder"),
        (
            f"postgresql://u:{SECRET}@h/db?schema=public&connection_limit=1",
            "connection_limit, schema",
        ),
        (f"postgresql://u:{SECRET}@h/db?{SECRET} x", "NAME=VALUE"),
        (f"postgresql://u:{SECRET}@h/db?sslmode=maybe", "sslmode"),
        (f"postgresql://u:{SECRET}@h/db?sslmode=require&sslrootcert=system", "verify-full"),
        (f"postgresql://u:{SECRET}@h/db?sslrootcert=/nowhere.pem", "/nowhere.pem"),
        (f"postgresql://u:{SECRET}@h/db?sslcert=/nowhere.pem", "sslcert"),
        (f"postgresql://u:{SECRET}@h/db?connect_timeout=soon", "connect_timeout"),
        (f"postgresql://u:{SECRET}@h/db?pgbouncer=maybe", "pgbouncer"),
        (f"postgresql://u:{SECRET}@h/db?gssencmode=require", "gssencmode"),
        (f"postgresql://u:{SECRET}@h/db?target_session_attrs=standby", "target_session_attrs"),
        (f"postgresql://u:{SECRET}@h/db?requirepeer=root", "requirepeer"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line_without_the_password(
    url: str, reason: str
) -> None:
    with pytest.raises(BadAddress) as raised:
        read_address(url)
    message = str(raised.value)
    assert reason in message
    assert SECRET not in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        ("connect_timeout=12", "connect_seconds", 12),
        ("connect_timeout=0", "connect_seconds", 5),
        ("target_session_attrs=primary", "sessions", "primary"),
        ("sslmode=require", "driver_options", {"sslmode": "require"}),
        ("ssl=true", "driver_options", {"sslmode": "require"}),
        ("ssl=verify-full", "driver_options", {"sslmode": "verify-full"}),
        ("sslmode=prefer&sslmode=require", "driver_options", {"sslmode": "require"}),
        ("sslmode=", "driver_options", {}),
        ("statement_cache_size=0", "is_pooled", True),
        ("prepared_statement_cache_size=0", "is_pooled", True),
        ("prepared_statement_cache_size=0&pgbouncer=false", "is_pooled", False),
        ("prepared_statement_cache_size=20", "statement_cache", 20),
        ("statement_cache_size=500", "statement_cache", 500),
        (
            "keepalives_idle=30&channel_binding=require",
            "ignored",
            ("channel_binding", "keepalives_idle"),
        ),
    ],
)
def test_an_option_does_what_it_says(options: str, field: str, value: Any) -> None:
    assert getattr(read_address(f"postgresql://u@h/db?{options}"), field) == value


def test_the_session_is_named_and_set_as_asked() -> None:
    address = read_address("postgresql://u@h/db?application_name=x&options=-c%20jit%3Don")
    assert address.server_settings["application_name"] == "x"
    assert address.server_settings["options"] == "-c jit=on"


def test_of_several_hosts_one_that_takes_writes_is_wanted() -> None:
    assert read_address("postgresql://u@h1,h2/db").sessions == "read-write"
    assert read_address("postgresql://u@h1/db").sessions == "any"


@pytest.mark.parametrize("url", ["postgresql://u@h/db", "postgresql://u@h/db?sslmode=require"])
def test_an_address_can_be_marked_as_that_of_a_pooler(url: str) -> None:
    assert read_address(url).is_pooled is None
    assert read_address(pooled(url)).is_pooled


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    file = tmp_path / "root.pem"
    file.write_text("nothing")
    with pytest.raises(BadAddress, match="sslrootcert"):
        read_address(f"postgresql://u@h/db?sslmode=verify-full&sslrootcert={file}")


def test_a_client_certificate_is_taken(tmp_path: Path) -> None:
    path = make_certificate(tmp_path, "client").path
    address = read_address(f"postgresql://u@h/db?sslcert={path}&sslkey={path}")
    assert isinstance(address, DatabaseAddress)


def test_the_guide_names_every_option_without_effect() -> None:
    guide = GUIDE.read_text()
    assert [name for name in sorted(IGNORED) if f"`{name}`" not in guide] == []
