"""Persisted documents: with a file of them, nothing else is run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from models.errors import BadInput, Forbidden, NotFound


class Documents:
    """By their ids, and by the hashes of their texts."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self._by_id = {_hash(text): text for text in documents.values()} | dict(documents)
        self._texts = frozenset(documents.values())

    def pick(self, query: str | None, id: object, extensions: object) -> str:
        """The document that a request means. Raises BadInput, NotFound, Forbidden."""
        persisted = extensions.get("persistedQuery") if isinstance(extensions, Mapping) else None
        if id is None and isinstance(persisted, Mapping):
            id = persisted.get("sha256Hash")
        if query:
            if query not in self._texts:
                raise Forbidden(
                    "Only persisted documents are run here: send `documentId`, or the very text."
                )
            return query
        if not isinstance(id, str):
            raise BadInput("The request has neither `documentId` nor `query`.", field="documentId")
        text = self._by_id.get(id.removeprefix("sha256:"), self._by_id.get(id))
        if text is None:
            raise NotFound("There is no document of this id.", field="documentId")
        return text


def read_documents(path: Path | None) -> Documents | None:
    """None without a file. Raises ValueError, saying what is wrong with it."""
    if path is None:
        return None
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ValueError(f"LIVEMETER_DOCUMENTS cannot be read: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ValueError("LIVEMETER_DOCUMENTS must be a JSON object of ids and documents.")
    return Documents(found)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
