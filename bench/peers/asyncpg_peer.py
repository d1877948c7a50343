# SPDX-License-Identifier: Apache-2.0
"""One SELECT by key after the other through asyncpg: asyncpg_peer.py <url> <operations>"""
import asyncio
import json
import sys
import time

import asyncpg


async def main(url, operations):
    connection = await asyncpg.connect(url)
    statement = await connection.prepare("SELECT id, email, age, active, score FROM bench_people WHERE id = $1")

    async def run(count):
        for i in range(count):
            row = await statement.fetchrow(1 + i % 1000)
            assert row["id"] == 1 + i % 1000

    await run(operations // 10 + 1)
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    await run(operations)
    cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
    print(json.dumps({"cpu": cpu / operations, "wall": wall / operations}))
    await connection.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
