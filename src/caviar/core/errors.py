"""The user's mistakes, each with what must hold, what came and what to do. Our own invariants use `assert`."""


class CaviarError(ValueError):
    """A mistake that the user can mend. The command line prints it without a traceback and exits with 2."""


class DataError(CaviarError):
    """Something about the table, the target or the split cannot be trained on."""


class SettingsError(CaviarError):
    """A setting is out of range, unknown, or contradicts another."""


class RunError(CaviarError):
    """A run folder is missing, incomplete, or was made from other data or settings."""


def nearest(name: str, choices: list[str] | tuple[str, ...]) -> str:
    """A ready-made hint, " Did you mean 'income'?", or an empty string when nothing is near."""
    from difflib import get_close_matches

    lowered = {choice.lower(): choice for choice in choices}
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f" Did you mean {lowered[found[0]]!r}?" if found else ""
