# SPDX-License-Identifier: Apache-2.0
"""One SELECT by key after the other through SQLAlchemy 2's async core: sqlalchemy_peer.py <url> <operations>"""
import asyncio
import json
import sys
import time

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, Table, Text, bindparam, select
from sqlalchemy.ext.asyncio import create_async_engine

people = Table("bench_people", MetaData(), Column("id", BigInteger, primary_key=True), Column("email", Text), Column("age", Integer),
               Column("active", Boolean), Column("score", Float))


async def main(url, operations):
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    statement = select(people).where(people.c.id == bindparam("key"))
    async with engine.connect() as connection:

        async def run(count):
            for i in range(count):
                row = (await connection.execute(statement, {"key": 1 + i % 1000})).one()
                assert row.id == 1 + i % 1000

        await run(operations // 10 + 1)
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        await run(operations)
        cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
        print(json.dumps({"cpu": cpu / operations, "wall": wall / operations}))
    await engine.dispose()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
