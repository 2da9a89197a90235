#!/usr/bin/python3
"""Reports of a fleet in a real PostgreSQL: test_fleet.py [MODULE | MODULE.CLASS | MODULE.CLASS.TEST …]"""
import contextlib
import sys
import unittest

sys.dont_write_bytecode = True

import cluster  # noqa: E402
import support  # noqa: E402

MODULES = ["loading", "strangers", "views", "tables"]

if __name__ == "__main__":
    with cluster.cluster("fsync=off", "full_page_writes=off") as support.running:
        with contextlib.closing(support.running.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {support.COLLECTOR} LOGIN; CREATE ROLE {support.READER} LOGIN")
        finished = unittest.main(module=None, argv=[sys.argv[0], *(sys.argv[1:] or MODULES)], exit=False)
    sys.exit(not finished.result.wasSuccessful())
