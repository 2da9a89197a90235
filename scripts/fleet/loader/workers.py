"""Processes that each read lines and load them over a connection of their own: what a line costs is mostly reading it."""
import contextlib
import ctypes
import multiprocessing
import multiprocessing.connection
import os
import signal
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import psycopg2

from .database import Database
from .document import Refused
from .lines import Block, Line
from .report import Source, read
from .skim import Skim

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1                         # linux/prctl.h
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # malloc.h

FORK = multiprocessing.get_context("fork")
Batch = list[tuple[Source, Block]]


class Unavailable(Exception):
    """The database, in its own words."""


class Killed(Exception):
    """A worker ended before its work."""


class Outcome(NamedTuple):
    new: int
    known: int                       # were there already
    refused: list[tuple[Line, str]]  # and why


def load(batch: Batch, database: Database, skim: Skim) -> Outcome:
    reports, refused = [], []
    for source, block in batch:
        for line in block.lines():
            try:
                reports.append(read(line, source, skim))
            except Refused as refusal:
                refused.append((line, str(refusal)))
    new, by_database = database.load(reports) if reports else (0, [])
    refused += [(report.line, f"the database refuses it: {reason}") for report, reason in by_database]
    return Outcome(new, len(reports) - len(by_database) - new, refused)


def serve(pipe: multiprocessing.connection.Connection, service: str | None, parent: int) -> None:
    """Until None comes. A worker ends with the one who started it, and its open transaction with it."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    try:
        skim = Skim()
        with contextlib.closing(Database(service)) as database:
            while batch := pipe.recv():
                pipe.send(load(batch, database, skim))
    except psycopg2.Error as error:
        pipe.send(Unavailable(str(error).strip()))


class Worker:
    def __init__(self, service: str | None) -> None:
        self.pipe, theirs = FORK.Pipe()
        self.process = FORK.Process(target=serve, args=(theirs, service, os.getpid()))
        self.process.start()
        theirs.close()  # so that the pipe ends with the worker

    def give(self, batch: Batch | None) -> None:
        try:
            self.pipe.send(batch)
        except OSError:
            self.outcome()  # it may have said why it is gone
            raise Killed from None

    def outcome(self) -> Outcome:
        try:
            outcome = self.pipe.recv()
        except (EOFError, OSError):
            raise Killed from None
        if isinstance(outcome, Unavailable):
            raise outcome
        return outcome


def keep_freed_memory() -> None:
    """Each batch needs the buffers of the one before it. Given back in between, they cost the kernel a tenth of the whole load."""
    LIBC.mallopt(M_MMAP_THRESHOLD, 32 << 20)
    LIBC.mallopt(M_TRIM_THRESHOLD, 256 << 20)


def outcomes(batches: Iterable[Batch], jobs: int, service: str | None) -> Iterator[Outcome]:
    """As they come. Each worker has one batch, and the next one is read meanwhile."""
    keep_freed_memory()
    idle, busy = [Worker(service) for _ in range(jobs)], {}

    def finished() -> Iterator[Outcome]:
        for pipe in multiprocessing.connection.wait(list(busy)):
            yield busy[pipe].outcome()
            idle.append(busy.pop(pipe))

    workers = list(idle)
    try:
        for batch in batches:
            while not idle:
                yield from finished()
            worker = idle.pop()
            worker.give(batch)
            busy[worker.pipe] = worker
        while busy:
            yield from finished()
        for worker in workers:
            worker.give(None)
            worker.process.join()
    finally:
        for worker in workers:
            worker.process.kill()
            worker.process.join()
