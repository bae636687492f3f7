"""Networks for pictures say so, where they are given rows of another shape."""

from caviar.core.errors import SettingsError


def picture_shape(name: str, input_shape: tuple[int, ...]) -> tuple[int, int, int]:
    """The shape of a picture, (channel, height, width), from that of a row. Raises SettingsError where it is none."""
    if len(input_shape) != 3:
        raise SettingsError(
            f"{name} needs pictures, (row, channel, height, width); got rows of shape {tuple(input_shape)}. Give "
            "them as arrays of that shape, or take caviar.MLP for a table."
        )
    channels, height, width = input_shape
    return channels, height, width
