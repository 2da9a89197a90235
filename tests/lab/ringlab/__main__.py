"""`python3 -m ringlab`: what scripts/lab runs."""

import sys

from ringlab.cli import main

sys.exit(main(sys.argv[1:]))
