"""Guessers are slowed down; who knows their password from where they always are is not."""

from __future__ import annotations

import pytest

from models.errors import RateLimited
from resolvers.people import guesses
from resolvers.people.guesses import Guess, Guesses, of_account, of_address


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counts(clock: Clock) -> Guesses:
    return Guesses(clock)


def _room(counts: Guesses, guess: list[Guess], most: int = 1_000) -> int:
    """How many tries there is room for."""
    for number in range(most):
        try:
            counts.count(guess)
        except RateLimited:
            return number
    return most


def _account(address: str, *, is_known_there: bool = False) -> list[Guess]:
    return of_account("ada@example.com", address, is_known_there=is_known_there)


def test_an_account_takes_five_tries_from_one_address(counts: Guesses) -> None:
    assert _room(counts, _account("192.0.2.1")) == 5


def test_an_account_takes_fifty_tries_from_all_unknown_addresses(counts: Guesses) -> None:
    assert sum(_room(counts, _account(f"192.0.2.{number}")) for number in range(100)) == 50


def test_who_tries_from_elsewhere_does_not_lock_out_who_has_signed_in_here_before(
    counts: Guesses,
) -> None:
    for number in range(100):
        _room(counts, _account(f"192.0.2.{number}"))
    assert _room(counts, _account("198.51.100.1", is_known_there=True)) == 5


def test_an_address_takes_twenty_tries_whatever_they_are_at(counts: Guesses) -> None:
    assert _room(counts, [of_address("192.0.2.1")]) == 20
    assert _room(counts, [of_address("192.0.2.2")]) == 20


def test_room_comes_back_with_time(counts: Guesses, clock: Clock) -> None:
    _room(counts, _account("192.0.2.1"))
    clock.now += 2 * guesses.OF_ACCOUNT_FROM_ADDRESS.seconds
    assert _room(counts, _account("192.0.2.1")) == 2


def test_when_it_comes_back_is_told(counts: Guesses, clock: Clock) -> None:
    _room(counts, _account("192.0.2.1"))
    clock.now += 10.5
    with pytest.raises(RateLimited) as caught:
        counts.count(_account("192.0.2.1"))
    assert caught.value.retry_after == 20


def test_being_told_so_costs_nothing_further(counts: Guesses, clock: Clock) -> None:
    _room(counts, _account("192.0.2.1"))
    for _ in range(100):
        with pytest.raises(RateLimited):
            counts.count(_account("192.0.2.1"))
    clock.now += guesses.OF_ACCOUNT_FROM_ADDRESS.seconds
    assert _room(counts, _account("192.0.2.1")) == 1


def test_what_was_right_is_given_back(counts: Guesses) -> None:
    guess = _account("192.0.2.1")
    for _ in range(50):
        counts.count(guess)
        counts.give_back(guess)
    assert _room(counts, guess) == 5


def test_memory_is_bounded(counts: Guesses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guesses, "_MAX_SUBJECTS", 100)
    for number in range(1_000):
        counts.count([of_address(f"192.0.2.{number}")])
    assert len(counts) == 100


def test_what_is_made_good_is_forgotten(counts: Guesses) -> None:
    counts.count([of_address("192.0.2.1")])
    counts.give_back([of_address("192.0.2.1")])
    assert len(counts) == 0
