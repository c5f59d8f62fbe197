"""Passwords: what may be one, and hashing that holds nobody else up."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher

from models.errors import BadInput, Unavailable
from models.text import is_text

T = TypeVar("T")
MIN_PASSWORD = 10
MAX_PASSWORD = 1_000
# A hash takes 64 MiB and some processors for as long as it runs.
_AT_ONCE = 2
_MAX_WAITING = 50


@dataclass(frozen=True)
class Verdict:
    """`rehashed`: what to keep in place of a hash that was made with less than today's care."""

    holds: bool
    rehashed: str | None = None


class Passwords:
    """Hashes by argon2id, in threads, a few at once. One for a process."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash((Argon2Hasher(),))
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._dummy: str | None = None

    async def hash(self, password: str) -> str:
        """Raises Unavailable where too many wait already."""
        return await self._run(lambda: self._hasher.hash(_normal(password)))

    async def verify(self, password: str, kept: str | None) -> Verdict:
        """In the same time whether or not there is a hash. Raises Unavailable as `hash` does."""
        return await self._run(lambda: self._verify(_normal(password), kept))

    def _verify(self, password: str, kept: str | None) -> Verdict:
        # Made by whoever asks first, known here or not, so that it tells nothing.
        if self._dummy is None:
            self._dummy = self._hasher.hash("nobody's password")
        try:
            holds, rehashed = self._hasher.verify_and_update(password, kept or self._dummy)
        except PwdlibError:
            return Verdict(False)
        return Verdict(holds and kept is not None, rehashed)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _MAX_WAITING:
            raise Unavailable("Too many people sign in at this moment; try again.")
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1


def check_new_password(password: str, email: str) -> None:
    """Raises BadInput for what may not become the password of this person."""
    check_length(password)
    if len(password) < MIN_PASSWORD:
        raise BadInput(f"A password has at least {MIN_PASSWORD} characters.", field="password")
    if password.strip().lower() == email:
        raise BadInput("Your e-mail address is no password.", field="password")


def check_length(password: str) -> None:
    """Raises BadInput for what no password is, so that it is not hashed."""
    if len(password) > MAX_PASSWORD or not is_text(password):
        raise BadInput(
            f"A password has at most {MAX_PASSWORD:,} characters of text.", field="password"
        )


def _normal(password: str) -> str:
    """One spelling for what looks the same, whatever keyboard wrote it (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)
