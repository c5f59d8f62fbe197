"""The options of DATABASE_URL: which are known, which change nothing, and what they may say."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
# The certificates of authorities that this machine trusts, as in libpq 16.
SYSTEM = "system"

_OWN = frozenset(
    {
        *("host", "port", "dbname", "database", "user", "password"),
        *("connect_timeout", "application_name", "fallback_application_name", "options"),
        *("target_session_attrs", "pgbouncer"),
        *("prepared_statement_cache_size", "statement_cache_size"),
    }
)
_FILES = ("sslrootcert", "sslcrl", "sslcert", "sslkey")
# Read by asyncpg.
_DRIVER = frozenset(
    {
        *("sslmode", "sslpassword", "sslnegotiation", *_FILES),
        *("ssl_min_protocol_version", "ssl_max_protocol_version"),
        *("passfile", "service", "krbsrvname", "gsslib"),
    }
)
# Accepted, since services print them, and without effect.
IGNORED = frozenset(
    {
        *("channel_binding", "gssencmode", "gssdelegation", "client_encoding"),
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
        *("tcp_user_timeout", "load_balance_hosts", "sslcompression", "sslsni"),
        *("min_protocol_version", "max_protocol_version", "uselibpqcompat", "supa"),
    }
)
_SSL_WORDS = {"true": "require", "1": "require", "false": "disable", "0": "disable"}
_SWITCHES = {"true": True, "1": True, "false": False, "0": False}


class BadAddress(ValueError):
    """DATABASE_URL cannot be used as it is; the text is one line without secrets."""


@dataclass(frozen=True)
class Options:
    """Options by who reads them; empty ones are left out, as libpq does."""

    named: Mapping[str, str]
    driver: Mapping[str, str]
    ignored: tuple[str, ...]


def read_options(query: str) -> Options:
    """Raises BadAddress for options that are not known, and for what is no option."""
    found: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals or not name.replace("_", "").isalnum():
            raise BadAddress(
                "After the ? in DATABASE_URL come options: NAME=VALUE, with & between."
            )
        found[name] = unquote(value)
    if "ssl" in found:
        word = found.pop("ssl").lower()
        found.setdefault("sslmode", _SSL_WORDS.get(word, word))
    unknown = sorted(found.keys() - _OWN - _DRIVER - IGNORED)
    if unknown:
        raise BadAddress(
            f"DATABASE_URL has options that Livemeter does not know: {', '.join(unknown)}. "
            "Take them out; docs/running.md lists those it knows."
        )
    given = {name: value for name, value in found.items() if value}
    if given.get("gssencmode") == "require":
        raise BadAddress("gssencmode=require in DATABASE_URL is not supported: use sslmode.")
    choice(given, "sslmode", SSL_MODES, "prefer")
    return Options(
        {name: value for name, value in given.items() if name in _OWN},
        {name: value for name, value in given.items() if name in _DRIVER},
        tuple(sorted(given.keys() & IGNORED)),
    )


def choice(options: Mapping[str, str], name: str, words: Collection[str], default: str) -> str:
    """One of the words. Raises BadAddress."""
    word = options.get(name, default)
    if word not in words:
        raise BadAddress(f"{name} in DATABASE_URL must be one of {', '.join(words)}.")
    return word


def number(options: Mapping[str, str], name: str, default: int) -> int:
    """A whole number of 0 or more. Raises BadAddress."""
    given = options.get(name, str(default))
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise BadAddress(f"{name} in DATABASE_URL must be a whole number.")
    return int(given)


def switch(options: Mapping[str, str], name: str, default: bool | None) -> bool | None:
    """`true` or `false`. Raises BadAddress."""
    if name not in options:
        return default
    return _SWITCHES[choice(options, name, _SWITCHES, "")]


def read_tls(options: Mapping[str, str]) -> ssl.SSLContext | None:
    """A context of our own where asyncpg cannot make it: for `sslrootcert=system`.

    Raises BadAddress for files that cannot be read: asyncpg would not name them.
    """
    for name in _FILES:
        path = options.get(name)
        if path is not None and (name, path) != ("sslrootcert", SYSTEM):
            _check_file(name, path)
    try:
        return _context(options)
    except ssl.SSLError as error:
        reason = error.reason or "no certificate"
        raise BadAddress(
            f"The files of {', '.join(name for name in _FILES if name in options)} in DATABASE_URL "
            f"cannot be used for TLS: {reason}."
        ) from None


def _check_file(name: str, path: str) -> None:
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise BadAddress(
            f"{name}={path} in DATABASE_URL cannot be read: {error.strerror}."
        ) from None


def _context(options: Mapping[str, str]) -> ssl.SSLContext | None:
    if not options.keys() & set(_FILES):
        return None
    is_system = options.get("sslrootcert") == SYSTEM
    mode = options.get("sslmode", "verify-full")
    if is_system and mode != "verify-full":
        raise BadAddress(
            f"sslrootcert=system in DATABASE_URL wants sslmode=verify-full, not {mode}."
        )
    context = ssl.create_default_context()
    for name in ("sslrootcert", "sslcrl"):
        if name in options and options[name] != SYSTEM:
            context.load_verify_locations(cafile=options[name])
    if "sslcert" in options and "sslkey" in options:
        password = options.get("sslpassword", "")
        context.load_cert_chain(options["sslcert"], options["sslkey"], password=lambda: password)
    return context if is_system else None
