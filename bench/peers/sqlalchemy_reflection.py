# SPDX-License-Identifier: Apache-2.0
"""Reads a schema of a server so often through SQLAlchemy 2 over psycopg: sqlalchemy_reflection.py <url> <schema> <times>"""
import json
import sys
import time

from sqlalchemy import MetaData, create_engine

url, schema, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), connect_args={"options": f"-csearch_path={schema}"})


def read():
    seen = MetaData()
    seen.reflect(engine)
    return len(seen.tables)


tables = read()  # connected from here on
wall, cpu = time.perf_counter_ns(), time.process_time_ns()
for _ in range(times):
    tables = read()
cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
print(json.dumps({"cpu": cpu / times, "wall": wall / times, "tables": tables}))
engine.dispose()
