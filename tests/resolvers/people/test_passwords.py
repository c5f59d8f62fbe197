"""Hashing passwords: beside the event loop, a few at once, alike for who is not known."""

from __future__ import annotations

import asyncio
import threading

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from models.errors import Unavailable
from resolvers.people import passwords
from resolvers.people.passwords import Passwords


class Watched(PasswordHash):
    """Counts what is verified, how much at once, and in which threads."""

    def __init__(self) -> None:
        super().__init__((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
        self.verified: list[str] = []
        self.at_once = self.most_at_once = 0
        self.threads: set[int] = set()
        self._lock = threading.Lock()

    def verify_and_update(
        self, password: str | bytes, hash: str | bytes
    ) -> tuple[bool, str | None]:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.threads.add(threading.get_ident())
            self.verified.append(str(hash))
        try:
            return super().verify_and_update(password, hash)
        finally:
            with self._lock:
                self.at_once -= 1


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def hashing(watched: Watched) -> Passwords:
    return Passwords(watched)


async def test_who_is_not_known_costs_a_hash_too(hashing: Passwords, watched: Watched) -> None:
    assert not (await hashing.verify("whatever it is", None)).holds
    assert len(watched.verified) == 1


async def test_not_even_the_stand_in_lets_anybody_in(hashing: Passwords) -> None:
    assert not (await hashing.verify("nobody's password", None)).holds


async def test_hashing_is_not_done_where_requests_are_answered(
    hashing: Passwords, watched: Watched
) -> None:
    await hashing.verify("whatever it is", None)
    assert threading.get_ident() not in watched.threads


async def test_two_are_hashed_at_once_at_most(hashing: Passwords, watched: Watched) -> None:
    await asyncio.gather(*(hashing.verify("whatever it is", None) for _ in range(20)))
    assert watched.most_at_once <= 2


async def test_who_comes_when_too_many_wait_is_told_at_once(
    hashing: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_MAX_WAITING", 3)
    tries = [hashing.verify("whatever it is", None) for _ in range(5)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert [isinstance(result, Unavailable) for result in results] == [False] * 3 + [True] * 2


async def test_a_hash_of_another_kind_holds_for_nothing(hashing: Passwords) -> None:
    assert not (await hashing.verify("whatever it is", "$2b$12$abc")).holds
