"""Plain HTTP connections for many threads, cheaper than a shared pool."""

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]


class Connections:
    """One kept HTTP connection for each thread: two hundred people at once cost two hundred plain sockets."""

    def __init__(self, url: str, timeout: float) -> None:
        self.address = urlsplit(url).netloc
        self.timeout = timeout
        self._own = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self.address, timeout=self.timeout)
            self._own.connection = connection
            self._all.append(connection)
        return connection

    def request(self, method: str, path: str, body: Json | None) -> tuple[int, Json]:
        """Status and JSON. A kept connection that the server closed meanwhile is opened again, once."""
        connection = self._connection()
        kept = connection.sock is not None
        try:
            return _ask(connection, method, path, body)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if not kept:
                raise
            return _ask(connection, method, path, body)

    def close(self) -> None:
        for connection in self._all:
            connection.close()


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: Json | None) -> tuple[int, Json]:
    content = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if content is not None else {}
    try:
        connection.request(method, path, content, headers)
        answer = connection.getresponse()
        found: Json = json.loads(answer.read())
        return answer.status, found
    except BaseException:
        connection.close()  # half a question or half an answer is no beginning for the next one
        raise
