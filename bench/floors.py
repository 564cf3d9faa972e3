"""What can the disk and each database do at best? Measured beside everything else, since no figure means much alone."""

import gzip
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from nacl.signing import SigningKey

from collector.compression import compress

ROW: Final = 1400
"""Bytes of facts in one row: what a report is once compressed."""
_TABLES: Final = (
    "CREATE TABLE facts (id INTEGER PRIMARY KEY, body {blob} NOT NULL)",
    "CREATE TABLE state (pc INTEGER PRIMARY KEY, outcome INTEGER NOT NULL)",
    "CREATE TABLE counter (school INTEGER PRIMARY KEY, ready INTEGER NOT NULL)",
)


def libraries_us(report: bytes) -> Mapping[str, float]:
    """Return the processor time, in microseconds, that libraries take of one report (JSON), without a line of ours."""
    key, body = SigningKey.generate(), gzip.compress(report, mtime=0)
    signature, receipt = key.sign(body).signature, bytes(400)
    steps: Mapping[str, Callable[[], Any]] = {
        "verify": lambda: key.verify_key.verify(body, signature),
        "inflate": lambda: zlib.decompress(body, wbits=31),
        "decode": lambda: msgspec.json.decode(report),
        "compress": lambda: compress(report),
        "sign": lambda: key.sign(receipt),
    }
    return {name: _each_us(step) for name, step in steps.items()}


def _each_us(step: Callable[[], Any], times: int = 2_000) -> float:
    began = time.process_time()
    for _ in range(times):
        step()
    return 1e6 * (time.process_time() - began) / times


def fdatasync_rate(folder: Path, seconds: float) -> float:
    """Return how many times a second 4 kB can be made durable there."""
    path = folder / "fdatasync"
    with path.open("wb") as file:
        file.write(bytes(1 << 20))
        file.flush()
        os.fsync(file.fileno())
        count, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            os.pwrite(file.fileno(), bytes(4096), (count % 256) * 4096)
            os.fdatasync(file.fileno())
            count += 1
    path.unlink()
    return count / spent


def sqlite_rate(folder: Path, group: int, seconds: float) -> float:
    """Return rows a second made durable by SQLite (WAL, FULL): a row, a state, a counter, in groups of so many."""
    path = folder / f"floor{group}.sqlite"
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    for table in _TABLES:
        database.execute(table.format(blob="BLOB"))
    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        database.execute("BEGIN IMMEDIATE")
        for pc in range(count, count + group):
            database.execute("INSERT INTO facts (body) VALUES (?)", (os.urandom(ROW),))
            database.execute("INSERT INTO state VALUES (?, 0) ON CONFLICT (pc) DO UPDATE SET outcome=1", (pc % 5000,))
            database.execute(
                "INSERT INTO counter VALUES (?, 1) ON CONFLICT (school) DO UPDATE SET ready=ready+1", (pc % 250,)
            )
        database.execute("COMMIT")
        count += group
    database.close()
    path.unlink()
    return count / spent


def postgresql_rate(url: str, group: int, seconds: float) -> float:
    """Return the same of PostgreSQL (synchronous_commit=on): one connection, array statements per group."""
    with psycopg.connect(url) as database:
        for table in _TABLES:
            created = table.format(blob="BYTEA").replace("id INTEGER", "id BIGSERIAL")
            database.execute(created.replace("CREATE TABLE ", "CREATE TABLE floor_").encode())
        database.commit()
        count, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            pcs = [pc % 5000 for pc in range(count, count + group)]
            schools = {school: [pc % 250 for pc in pcs].count(school) for school in {pc % 250 for pc in pcs}}
            with database.pipeline():
                bodies = [os.urandom(ROW) for _ in pcs]
                database.execute("INSERT INTO floor_facts (body) SELECT * FROM unnest(%s::bytea[])", (bodies,))
                database.execute(
                    "INSERT INTO floor_state SELECT pc, 0 FROM unnest(%s::int[]) AS pc"
                    " ON CONFLICT (pc) DO UPDATE SET outcome=1",
                    (pcs,),
                )
                database.execute(
                    "INSERT INTO floor_counter SELECT * FROM unnest(%s::int[], %s::int[])"
                    " ON CONFLICT (school) DO UPDATE SET ready=floor_counter.ready+excluded.ready",
                    (list(schools), list(schools.values())),
                )
                database.commit()
            count += group
        for table in ("facts", "state", "counter"):
            database.execute(f"DROP TABLE floor_{table}".encode())
        database.commit()
    return count / spent
