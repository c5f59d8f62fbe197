"""Who may ask right now: each valid key by its own count, everybody else by their address."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from models.errors import Forbidden, Unauthenticated
from resolvers.keys import KeyRing
from resolvers.viewer import Credential, Viewer
from web.limits import RateLimits
from web.rates import Rates

# What a request without a valid key may carry as one; a longer one counts as several.
_BYTES_A_REQUEST = 4096
_KNOWN_SECONDS = 60.0
# What has ended loses its count as soon as it ends for all else.
_TRUSTED_SECONDS = 1.0
_MAX_KNOWN = 10_000


@dataclass(frozen=True)
class _Caller:
    """Whose count a credential is counted in; found to hold at `seen`."""

    subject: str
    limit: int
    seen: float


class Admission:
    """Credentials are told by their hashes, and only those that were valid lately have a count.

    So wrong keys, however many, share the count of the address that they come from, and a busy
    one keeps its own whatever comes from its address. All sessions of a key or a person have one
    count, and all tokens of a customer.
    """

    def __init__(
        self,
        keys: KeyRing,
        limits: RateLimits,
        rates: Rates,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._limits = limits
        self._rates = rates
        self._clock = clock
        self._known: OrderedDict[str, _Caller] = OrderedDict()

    async def admit(self, credential: Credential | None, address: str, body_bytes: int = 0) -> str:
        """Counts a request, and says whose it is. Raises RateLimited."""
        known = self._recall(credential)
        if credential is not None and known is not None:
            self._rates.take(known.subject, known.limit)
            if self._is_fresh(known) or await self._look(credential) is not False:
                return known.subject
            self._rates.give_back(known.subject)
        of_address = _of_address(address)
        # Before the key is looked up: guessing must not cost Postgres more than this allows.
        self._rates.take(of_address, self._limits.per_address)
        if credential is not None and known is None:
            found = await self._look(credential)
            if found is not False:
                self._rates.give_back(of_address)
            if isinstance(found, _Caller):
                self._rates.take(found.subject, found.limit)
                return found.subject
        # A body of any length passes from where nobody asked for a while.
        further = min(body_bytes // _BYTES_A_REQUEST, self._limits.per_address - 1)
        if further:
            self._rates.take(of_address, self._limits.per_address, further)
        return of_address

    async def whose(self, credential: Credential | None, address: str) -> str:
        """Whose a connection is, without counting."""
        found: _Caller | bool | None = self._recall(credential)
        if credential is not None and not (isinstance(found, _Caller) and self._is_fresh(found)):
            found = await self._look(credential)
        return found.subject if isinstance(found, _Caller) else _of_address(address)

    async def _look(self, credential: Credential) -> _Caller | bool | None:
        """False for what does not hold, and is known no more.

        None where that cannot be told now; whoever answers the request says why.
        """
        token = _hash(f"{credential.kind}:{credential.secret}")
        try:
            subject, limit = self._count_of(await self._keys.viewer(credential))
        except Forbidden:
            # It holds, but not where it wants to be used.
            subject, limit = f"secret:{token}", self._limits.per_key
        except Unauthenticated:
            self._known.pop(token, None)
            return False
        except Exception:
            # Postgres is away, or we are wrong somewhere: the answer says so, and not this.
            return None
        caller = _Caller(subject, limit, self._clock())
        self._known[token] = caller
        self._known.move_to_end(token)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
        return caller

    def _count_of(self, viewer: Viewer) -> tuple[str, int]:
        """The subject, and how often a minute it may ask."""
        where = viewer.workspace_id
        if viewer.customer_id is not None:
            of_customer = _hash(f"{where}:{viewer.customer_id}")
            return f"customer:{of_customer}", self._limits.per_customer
        if viewer.key_id is not None:
            return f"key:{where}:{viewer.key_id}", self._limits.per_key
        return f"person:{_hash(viewer.email or viewer.name)}", self._limits.per_key

    def _recall(self, credential: Credential | None) -> _Caller | None:
        if credential is None:
            return None
        known = self._known.get(_hash(f"{credential.kind}:{credential.secret}"))
        is_known = known is not None and known.seen + _KNOWN_SECONDS > self._clock()
        return known if is_known else None

    def _is_fresh(self, known: _Caller) -> bool:
        return known.seen + _TRUSTED_SECONDS > self._clock()


def _of_address(address: str) -> str:
    return f"address:{address}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
