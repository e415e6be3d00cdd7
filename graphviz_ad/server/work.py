"""Processes that compute for the app: a request that takes too long or too much ends its process, and nothing else."""

from __future__ import annotations

import multiprocessing
import queue
from multiprocessing.connection import Connection
from typing import Any

SECONDS = 20.0  # of one request
MEMORY = 2 << 30  # bytes of one process


class TooLong(Exception):
    """A request took longer than it may, or its process came to an end."""


class Worker:
    """One process that answers requests one after the other."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._context = context
        self._start()

    def _start(self) -> None:
        self._here, there = self._context.Pipe()
        self._process = self._context.Process(target=_answer_all, args=(there,), daemon=True)
        self._process.start()
        there.close()

    def ask(self, kind: str, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a request.

        Raises
        ------
        TooLong
            There was none in time. The process is replaced by a fresh one.
        """
        try:
            self._here.send((kind, request))
            if self._here.poll(seconds):
                answer: dict[str, Any] = self._here.recv()
                return answer
        except (EOFError, BrokenPipeError, ConnectionResetError):
            self.close()
            self._start()
            raise TooLong("this took more memory than there is for one request") from None
        self.close()
        self._start()
        raise TooLong(f"this took longer than {seconds:g} seconds")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join(5)
        self._here.close()


class Crew:
    """Several workers; a request waits for one that is free."""

    def __init__(self, count: int = 2, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._workers = [Worker() for _ in range(count)]
        self._free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._free.put(worker)

    def ask(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        """See :meth:`Worker.ask`; a queue longer than the time of a request is an answer too late as well."""
        try:
            worker = self._free.get(timeout=self.seconds)
        except queue.Empty:
            raise TooLong("too many requests at once") from None
        try:
            return worker.ask(kind, request, self.seconds)
        finally:
            self._free.put(worker)

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.close()


def _answer_all(connection: Connection) -> None:
    """What a worker's process does: read, answer, until the pipe is closed."""
    _limit_memory()
    from .jobs import run

    while True:
        try:
            kind, request = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer = run(kind, request)
        except MemoryError:
            answer = {"error": {"message": "this took more memory than there is for one request", "start": None, "end": None}}
        except Exception as fault:  # noqa: BLE001  one request must not end the app; the answer names the fault
            text = f"internal fault ({type(fault).__name__}: {str(fault)[:300]}); please report it"
            answer = {"error": {"message": text, "start": None, "end": None}}
        connection.send(answer)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
