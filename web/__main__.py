"""`python -m web` is `livemeter`."""

from web.cli import main

if __name__ == "__main__":
    main()
