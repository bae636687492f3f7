"""`python -m caviar`, the same as the command `caviar`."""

from caviar.cli.app import main

if __name__ == "__main__":
    main()
