"""Who may ask right now: each valid key by its own count, everybody else by their address."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict

from models.errors import Unauthenticated
from resolvers.keys import KeyRing
from resolvers.viewer import Credential
from web.limits import RateLimits
from web.rates import Rates

# What a request without a valid key may carry as one; a longer one counts as several.
_BYTES_A_REQUEST = 4096
_KNOWN_SECONDS = 60.0
_MAX_KNOWN = 10_000


class Admission:
    """Keys are told by their hashes, and only those that were valid lately have a count.

    So wrong keys, however many, share the count of the address that they come from.
    """

    def __init__(self, keys: KeyRing, limits: RateLimits, rates: Rates) -> None:
        self._keys = keys
        self._limits = limits
        self._rates = rates
        self._known: OrderedDict[str, float] = OrderedDict()

    async def admit(self, credential: Credential | None, address: str, body_bytes: int = 0) -> str:
        """Counts a request, and says whose it is. Raises RateLimited."""
        of_address = _of_address(address)
        subject = _subject(credential)
        if subject is not None and self._is_known(subject):
            self._rates.take(subject, self._limits.per_key)
            return subject
        # Before the key is looked up: guessing must not cost Postgres more than this allows.
        self._rates.take(of_address, self._limits.per_address)
        if subject is not None and credential is not None:
            is_valid = await self._is_valid(credential)
            if is_valid is not False:
                self._rates.give_back(of_address)
            if is_valid:
                self._remember(subject)
                self._rates.take(subject, self._limits.per_key)
                return subject
        # A body of any length passes from where nobody asked for a while.
        further = min(body_bytes // _BYTES_A_REQUEST, self._limits.per_address - 1)
        if further:
            self._rates.take(of_address, self._limits.per_address, further)
        return of_address

    async def whose(self, credential: Credential | None, address: str) -> str:
        """Whose a connection is, without counting."""
        subject = _subject(credential)
        if subject is None or credential is None:
            return _of_address(address)
        if not self._is_known(subject) and await self._is_valid(credential):
            self._remember(subject)
        return subject if self._is_known(subject) else _of_address(address)

    async def _is_valid(self, credential: Credential) -> bool | None:
        """None where it cannot be told now; whoever answers the request says why."""
        try:
            await self._keys.viewer(credential)
        except Unauthenticated:
            return False
        except Exception:
            return None
        return True

    def _is_known(self, subject: str) -> bool:
        return self._known.get(subject, 0.0) > time.monotonic()

    def _remember(self, subject: str) -> None:
        self._known[subject] = time.monotonic() + _KNOWN_SECONDS
        self._known.move_to_end(subject)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)


def _of_address(address: str) -> str:
    return f"address:{address}"


def _subject(credential: Credential | None) -> str | None:
    if credential is None:
        return None
    secret = f"{credential.kind}:{credential.secret}".encode()
    return "key:" + hashlib.sha256(secret).hexdigest()[:32]
