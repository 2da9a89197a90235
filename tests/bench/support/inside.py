"""The half of a benchmark that is run inside of a household: python3 -m bench.support.inside MODULE PROGRAMS RUNS COMMAND…"""
import importlib
import pathlib
import sys

from bench.support import Setup

if __name__ == "__main__":
    module, programs, runs, *command = sys.argv[1:]
    sys.exit(0 if importlib.import_module(module).inside(Setup(pathlib.Path(programs), int(runs)), command) else 1)
