"""One attempt to sign in by the provider, from the redirect there to the way back.

The browser keeps it in a cookie, so that any process may take it up again. One random secret
stands for all: what the provider sees of it is a hash, from which neither the secret nor another
of its hashes can be told.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, unquote

from web.local_path import local_path

COOKIE = "livemeter_sign_in"
LIFETIME = timedelta(minutes=10)
_BYTES = 32
_LENGTH = 43


@dataclass(frozen=True)
class Attempt:
    """`next`: the page that was wanted."""

    secret: str
    next: str

    @property
    def state(self) -> str:
        """Comes back in the address: shows that this browser began."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Comes back in the signed token: shows that it was made for this attempt."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Shown with the code, whose request had its hash (PKCE, RFC 7636)."""
        return self._derived("verifier")

    @property
    def cookie(self) -> str:
        return self.secret + quote(self.next, safe="/")

    def _derived(self, purpose: str) -> str:
        digest = hmac.digest(self.secret.encode(), purpose.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_attempt(next: str | None) -> Attempt:
    return Attempt(secrets.token_urlsafe(_BYTES), local_path(next))


def read_attempt(cookie: str | None) -> Attempt | None:
    if cookie is None or len(cookie) <= _LENGTH:
        return None
    return Attempt(cookie[:_LENGTH], local_path(unquote(cookie[_LENGTH:])))
