"""`python -m schema` prints the schema."""

import sys

from schema.contract import sdl

if __name__ == "__main__":
    sys.stdout.write(sdl())
