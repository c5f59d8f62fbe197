"""What can keep the embedded Postgres from running, each said so that a person can act on it."""


class EmbeddedPostgresError(Exception):
    """The root of them all: the text is meant for the person at the terminal."""


class AlreadyRunning(EmbeddedPostgresError):
    """A live server has this data directory; `url` reaches it."""

    def __init__(self, url: str) -> None:
        super().__init__(f"A server already runs on this data directory; it answers at {url}")
        self.url = url


class DataDirUnusable(EmbeddedPostgresError):
    """The directory cannot hold a cluster: a file, not writable, someone else's."""


class OtherMajorVersion(EmbeddedPostgresError):
    """The cluster was written by a Postgres whose files this one cannot read."""


class StartFailed(EmbeddedPostgresError):
    """Postgres or initdb gave up; the text ends with what they said last."""
