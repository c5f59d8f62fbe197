"""A first word to Postgres over its socket: the only proof that it takes sessions now."""

import socket
import struct
from pathlib import Path
from urllib.parse import quote

from web.embedded.socket_dir import SOCKET_NAME

ROLE = DATABASE = "livemeter"
_PATIENCE_S = 5.0
_PROTOCOL_3 = 196608
_TERMINATE = b"X\x00\x00\x00\x04"
# The last message of a session's opening: ReadyForQuery, idle.
_READY_FOR_QUERY = b"Z\x00\x00\x00\x05I"
# The field of an error that has its code: starting up, recovering or shutting down.
_CANNOT_CONNECT_NOW = b"C57P03\x00"


def url_to(socket_dir: Path) -> str:
    """Percent-encoded; good for asyncpg, and for SQLAlchemy once the driver is in its scheme."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_dir))}"


def answers(socket_dir: Path) -> bool:
    """Whether a session would open now, or is refused for a reason other than starting up."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_PATIENCE_S)
            connection.connect(str(socket_dir / SOCKET_NAME))
            connection.sendall(_startup_message())
            return _is_welcome(_opening(connection))
    except OSError:
        return False


def _is_welcome(reply: bytes) -> bool:
    """As PQping sees it: a server with all its sessions taken is one that runs."""
    return reply != b"" and _CANNOT_CONNECT_NOW not in reply


def _startup_message() -> bytes:
    words = ("user", ROLE, "database", DATABASE)
    body = b"".join(word.encode() + b"\0" for word in words) + b"\0"
    return struct.pack("!ii", len(body) + 8, _PROTOCOL_3) + body


def _opening(connection: socket.socket) -> bytes:
    """All that the server says at first; left early, it would log a client that went away."""
    reply = b""
    while not reply.endswith(_READY_FOR_QUERY):
        part = connection.recv(8192)
        if not part:
            return reply
        reply += part
    connection.sendall(_TERMINATE)
    return reply
