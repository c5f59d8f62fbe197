"""Slowing down who guesses passwords, without locking out who knows theirs.

A try is counted before it is checked, so that a thousand at once are a thousand, and given back
where it was right. Three counts must have room:

- of an address, whatever it tries: for who tries many accounts;
- of an account from one address: for who tries many passwords;
- of an account from all addresses from which its person never signed in: for who has many
  addresses. Its person is not in it wherever they have signed in before.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from models.errors import RateLimited

# The one that was tried longest ago is forgotten first.
_MAX_SUBJECTS = 50_000


@dataclass(frozen=True)
class Allowance:
    """`burst` tries at once, then one in `seconds`."""

    burst: int
    seconds: float


OF_ADDRESS = Allowance(20, 6)
OF_ACCOUNT_FROM_ADDRESS = Allowance(5, 30)
OF_ACCOUNT = Allowance(50, 60)


@dataclass(frozen=True)
class Guess:
    """What one try is counted against."""

    subject: str
    allowance: Allowance


def of_address(address: str) -> Guess:
    return Guess(f"address {address}", OF_ADDRESS)


def of_account(email: str, address: str, *, is_known_there: bool) -> list[Guess]:
    """Told by a hash: what is typed as an e-mail may be a password, and of any length."""
    account = hashlib.sha256(email.encode()).hexdigest()[:32]
    from_address = Guess(f"account {account} {address}", OF_ACCOUNT_FROM_ADDRESS)
    return [from_address] if is_known_there else [from_address, Guess(account, OF_ACCOUNT)]


class Guesses:
    """One for a process, in bounded memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # By when all tries of a subject will be made good.
        self._good_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._good_at)

    def count(self, guesses: list[Guess]) -> None:
        """Raises RateLimited, counting nothing, where one of them has no room."""
        waits = [self._wait(guess) for guess in guesses]
        if max(waits) > 0:
            raise RateLimited(
                "That were too many tries; wait a little.", max(1, math.ceil(max(waits)))
            )
        for guess in guesses:
            self._move(guess, guess.allowance.seconds)

    def give_back(self, guesses: list[Guess]) -> None:
        """What was right is no guess."""
        for guess in guesses:
            self._move(guess, -guess.allowance.seconds)

    def _wait(self, guess: Guess) -> float:
        """Seconds until there is room for one more."""
        allowance = guess.allowance
        owed = self._good_at.get(guess.subject, 0.0) - self._clock()
        return owed - (allowance.burst - 1) * allowance.seconds

    def _move(self, guess: Guess, seconds: float) -> None:
        now = self._clock()
        good_at = max(now, self._good_at.get(guess.subject, now)) + seconds
        if good_at <= now:
            self._good_at.pop(guess.subject, None)
            return
        self._good_at[guess.subject] = good_at
        self._good_at.move_to_end(guess.subject)
        if len(self._good_at) > _MAX_SUBJECTS:
            self._good_at.popitem(last=False)
