"""Whether REDIS_URL leads to a Redis, told at the start as one line that says what to change."""

from __future__ import annotations

import asyncio
import re

from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    NoPermissionError,
    RedisError,
    ResponseError,
)

from resolvers.activity.redis_channel import Timing, connection_pool

_REFUSED = (AuthenticationError, AuthorizationError, NoPermissionError)
_WITHOUT = "until then live feeds lag by up to a second, and processes count requests apart"
_CERTIFICATE = "add ssl_ca_certs=/PATH/CA.pem, or ssl_cert_reqs=none, to it"


class RedisRefuses(Exception):
    """Redis is there, and will not work with REDIS_URL as it is; the text has no password."""


async def check_redis(url: str, timing: Timing | None = None) -> str | None:
    """None where Redis answers; what is wrong, as one line, where it is away.

    Raises RedisRefuses, and ValueError for an address that cannot be understood.
    """
    timing = timing or Timing()
    pool = connection_pool(url, timing)
    host = pool.connection_kwargs.get("host") or pool.connection_kwargs.get("path") or "localhost"
    connection = pool.make_connection()  # type: ignore[no-untyped-call]  # redis-py's gap
    try:
        async with asyncio.timeout(2 * timing.connect_seconds):
            await connection.connect()
            await connection.send_command("PING")
            await connection.read_response()
    except _REFUSED as error:
        raise RedisRefuses(
            f"Redis at {host} does not take the user and password of REDIS_URL: {_said(error)}"
        ) from None
    except ResponseError as error:
        raise RedisRefuses(f"Redis at {host} refuses REDIS_URL: {_said(error)}") from None
    except (RedisError, OSError, TimeoutError) as error:
        text = _said(error)
        if "[SSL" in text:
            reason = re.sub(r".*\[SSL[^]]*\] |\(_ssl.*?\)", "", text).strip(" .")
            change = f": {_CERTIFICATE}" if "certificate" in reason else ""
            raise RedisRefuses(f"TLS with Redis at {host} failed ({reason}){change}.") from None
        return f"Redis at {host} (REDIS_URL) is away: {text.rstrip('.')}; {_WITHOUT}."
    finally:
        await connection.disconnect(nowait=True)
    return None


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no answer in time"
    return text if text[-1] in ".…!?" else f"{text}."
