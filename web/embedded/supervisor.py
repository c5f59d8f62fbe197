"""Runs Postgres for an owner: ends it when the owner ends, starts it again when it dies alone.

A script of its own, started by path: it imports the standard library only, so that it is up within
some 20 ms. Its standard input is a pipe whose other end only the owner holds: any byte there means
that the owner saw Postgres ready, its end that the owner is gone, by whatever means. Its standard
output is Postgres' log.
"""

import ctypes
import errno
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

LOG_LIMIT_BYTES = 64 * 1024 * 1024
# Fast shutdown, then immediate, then none: each with its patience in seconds.
STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 7.0), (signal.SIGKILL, 5.0))
# One that lived this long had started well: its death is a new one, not the last one again.
SETTLED_AFTER_S = 10.0
QUICK_DEATHS_ALLOWED = 6
FIRST_PAUSE_S = 0.05

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Supervisor:
    """`account` is (uid, gid) to run as, or None for one's own; `former_pid` see `_exec`."""

    def __init__(
        self, command: list[str], account: tuple[int, int] | None, former_pid: int
    ) -> None:
        self.command = command
        self.account = account
        self.former_pid = former_pid
        self.owner_pid = os.getppid()
        self.postmaster: int | None = None
        self.started_at = 0.0
        self.quick_deaths = 0
        self.was_ready = False
        self.owner_left = False
        self.wakeups = _wake_on_child_death()

    def run(self) -> int:
        """The exit status: 0 after the owner left, 1 when Postgres would not run."""
        self.launch()
        while True:
            self.wait(1.0)
            if self.owner_left:
                self.stop()
                return 0
            if self.postmaster is None and not self.revive():
                return 1
            _bound_log()

    def launch(self) -> None:
        supervisor = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._exec(supervisor)
        self.postmaster = pid
        self.started_at = time.monotonic()

    def _exec(self, supervisor: int) -> None:
        """In the child: become Postgres, or exit with the reason in the log."""
        try:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            if self.account is not None:
                os.setgroups([])
                os.setgid(self.account[1])
                os.setuid(self.account[0])
            _die_with_parent(supervisor)
            # The one PID that Postgres does not take for a living server when a stale lock file
            # names it: meant for pg_ctl's caller, it spares editing the file. Its check of the
            # shared memory, the real protection against two servers, stays in force.
            environment = {**os.environ, "PG_GRANDPARENT_PID": str(self.former_pid)}
            os.execve(self.command[0], self.command, environment)
        except BaseException as problem:
            os.write(2, f"livemeter: cannot run {self.command[0]}: {problem!r}\n".encode())
        finally:
            os._exit(126)

    def wait(self, patience_s: float) -> None:
        """Until a child dies, the owner speaks or leaves, or the time is over."""
        poll = select.poll()
        poll.register(self.wakeups, select.POLLIN)
        if not self.owner_left:
            poll.register(0, select.POLLIN)
        poll.poll(patience_s * 1000)
        with suppress(BlockingIOError):
            os.read(self.wakeups, 512)
        self._listen()
        self._reap()

    def _listen(self) -> None:
        """A process that the owner forked may hold the pipe open: so its PID counts as well."""
        if os.getppid() != self.owner_pid:
            self.owner_left = True
        with suppress(BlockingIOError):
            said = os.read(0, 64)
            self.was_ready |= said != b""
            self.owner_left |= said == b""

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                if ended[0] == self.postmaster:
                    self.postmaster = None
                    self.former_pid = ended[0]
                    _say(f"Postgres (PID {ended[0]}) ended: {_manner(ended[1])}")

    def revive(self) -> bool:
        """Start Postgres again after it died. False when that is of no use."""
        _end_orphans()
        if not self.was_ready:
            return False
        lived_s = time.monotonic() - self.started_at
        self.quick_deaths = self.quick_deaths + 1 if lived_s < SETTLED_AFTER_S else 0
        if self.quick_deaths > QUICK_DEATHS_ALLOWED:
            _say(f"Postgres died {self.quick_deaths} times in a row within seconds: giving up")
            return False
        if self.quick_deaths > 1:
            self._hold_off(FIRST_PAUSE_S * 2.0**self.quick_deaths)
        if not self.owner_left:
            _say("starting Postgres again")
            self.launch()
        return True

    def _hold_off(self, pause_s: float) -> None:
        until = time.monotonic() + pause_s
        while not self.owner_left and (left := until - time.monotonic()) > 0:
            self.wait(min(left, 1.0))

    def stop(self) -> None:
        for step, patience_s in STOP_STEPS:
            until = time.monotonic() + patience_s
            # Its PID cannot be another's: a child keeps it until it is reaped here.
            if self.postmaster is not None:
                os.kill(self.postmaster, step)
            while self.postmaster is not None and (left := until - time.monotonic()) > 0:
                self.wait(min(left, 1.0))
        _end_orphans()


def _wake_on_child_death() -> int:
    """The end of a pipe that becomes readable then; before the first fork, or one is missed."""
    readable, writable = os.pipe()
    os.set_blocking(readable, False)
    os.set_blocking(writable, False)
    os.set_blocking(0, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def _die_with_parent(parent: int) -> None:
    """Immediate shutdown when the supervisor is killed. After setuid, which clears this signal."""
    if _LIBC is None:
        return
    if _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0) != 0 or os.getppid() != parent:
        raise ProcessLookupError(errno.ESRCH, "the supervisor is gone")


def _adopt_orphans() -> None:
    """What a killed postmaster leaves becomes this process's children, and can be ended safely."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_orphans(patience_s: float = 10.0) -> None:
    """Backends of a dead postmaster: a busy one lives on, and keeps the next server from starting.

    Killed outright, for the memory they share is lost with their postmaster anyhow.
    """
    until = time.monotonic() + patience_s
    with suppress(ChildProcessError):
        while time.monotonic() < until:
            for pid in _children():
                os.kill(pid, signal.SIGKILL)
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
            time.sleep(0.005)


def _children() -> list[int]:
    if sys.platform != "linux":
        return []
    own = str(os.getpid())
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent(pid) == own]


def _parent(pid: str) -> str:
    with suppress(OSError):
        # Behind the command's name, which may hold anything: state, then the parent.
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[1]
    return ""


def _bound_log() -> None:
    """It is open for appending, so writers go on at the new end."""
    if os.fstat(1).st_size > LOG_LIMIT_BYTES:
        os.ftruncate(1, 0)
        _say(f"log emptied at {LOG_LIMIT_BYTES} bytes")


def _manner(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"status {code}"


def _say(line: str) -> None:
    now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    os.write(1, f"{now} livemeter: {line}\n".encode())


def main(arguments: list[str]) -> int:
    """Arguments: uid, gid (both -1 for one's own), a former PID, the socket's folder, command."""
    uid, gid, former_pid = (int(word) for word in arguments[:3])
    # Its owner ends it by the pipe alone. A signal meant for the whole group or cgroup must not
    # take the database away while the owner still finishes its work.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _adopt_orphans()
    account = None if uid == -1 else (uid, gid)
    status = Supervisor(arguments[4:], account, former_pid).run()
    with suppress(OSError):
        os.rmdir(arguments[3])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
