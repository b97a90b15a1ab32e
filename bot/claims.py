"""What one process has for itself: a file that it holds, a port that it listens on."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Refused(Exception):
    """It cannot start; the text says why and what to do."""


@contextmanager
def held(path: Path, otherwise: str) -> Iterator[None]:
    """Hold a file that one process can hold at a time; it ends with the process, however that ends. Raises Refused."""
    with path.open("w") as mark:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(otherwise) from None
        yield


@contextmanager
def listening(host: str, port: int, advice: str) -> Iterator[socket.socket]:
    """Bound before anything else starts: who finds the port taken must not have begun to work. Raises Refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, so that asyncio turns Nagle off.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise Refused(f"{host}:{port} cannot be listened on: {error.strerror}. {advice}") from None
        yield bound
