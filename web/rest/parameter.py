"""Parameters of a query string: declared once, read and described from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from models.errors import BadInput

T = TypeVar("T")


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """`schema` is the JSON schema of the value, `read` raises ValueError with what is wrong."""

    name: str
    description: str
    schema: Mapping[str, Any]
    read: Callable[[str], T]
    is_list: bool = False
    is_required: bool = False
    example: Any = None

    def description_in_openapi(self) -> dict[str, Any]:
        described: dict[str, Any] = {
            "name": self.name,
            "in": "query",
            "required": self.is_required,
            "description": self.description,
            "schema": dict(self.schema),
        }
        if self.is_list:
            described |= {"style": "form", "explode": False}
        if self.example is not None:
            described["example"] = self.example
        return described


class Values:
    """What a query string gave, by the parameters themselves."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given

    def get(self, parameter: Parameter[T]) -> T | None:
        return cast(T | None, self._given.get(parameter.name))


def read_values(query: Iterable[tuple[str, str]], parameters: Iterable[Parameter[Any]]) -> Values:
    """Raises BadInput with the parameter's name as field, also for one that is not known."""
    known = {parameter.name: parameter for parameter in parameters}
    given: dict[str, Any] = {}
    for name, text in query:
        parameter = known.get(name)
        if parameter is None:
            names = ", ".join(known)
            shown = name[:40]
            raise BadInput(f"There is no parameter {shown!r}; there are: {names}.", field=shown)
        value = _read(parameter, text)
        if name not in given:
            given[name] = value
        elif parameter.is_list:
            given[name] += value
        else:
            raise BadInput(f"{name} is given twice.", field=name)
    for parameter in known.values():
        if parameter.is_required and parameter.name not in given:
            raise BadInput(f"{parameter.name} is needed.", field=parameter.name)
    return Values(given)


def _read(parameter: Parameter[T], text: str) -> T:
    try:
        return parameter.read(text)
    except ValueError as error:
        raise BadInput(f"{parameter.name}: {error}", field=parameter.name) from None
