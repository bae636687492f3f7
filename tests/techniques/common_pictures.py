"""The common table: augmentation, and the operations on pictures."""

import math

import torch
from common_entry import Entry, column, drawn, normal

from caviar.techniques import augment, crop, flip, rotate, shear, warp


def reflected(index, size):
    """The pixel seen at a place outside: 1 0 | 0 1 2 | 2 1."""
    index %= 2 * size
    return index if index < size else 2 * size - 1 - index


def looked_up(picture, place):
    """Each pixel from `place(x, y)`, both in pixels from the centre, y down; `picture` (channel, height, width)."""
    height, width = picture.shape[1:]
    values = torch.zeros_like(picture)
    for row in range(height):
        for place_x in range(width):
            x, y = place(place_x - (width - 1) / 2, row - (height - 1) / 2)
            x, y = x + (width - 1) / 2, y + (height - 1) / 2
            left, top = math.floor(x), math.floor(y)
            for i, share_y in ((top, top + 1 - y), (top + 1, y - top)):
                for j, share_x in ((left, left + 1 - x), (left + 1, x - left)):
                    pixel = picture[:, reflected(i, height), reflected(j, width)]
                    values[:, row, place_x] += share_x * share_y * pixel
    return values


def turned(x, y, degrees):
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return cosine * x + sine * y, cosine * y - sine * x


def augmented_plainly(strength, features, draws, flip):
    """Shift, turn, zoom and mirror of each picture."""
    own = strength.item()
    height, width = features.shape[2:]
    variants = []
    for picture, (right, down, turn, zoom, coin) in zip(features, draws.tolist(), strict=True):

        def place(x, y, right=right, down=down, turn=turn, zoom=zoom, coin=coin):
            x, y = turned(x - own * right * width / 4, y - own * down * height / 4, 15 * own * turn)
            x, y = x / (1 + 0.1 * own * zoom), y / (1 + 0.1 * own * zoom)
            return (-x if flip and coin < own / 2 else x), y

        variants.append(looked_up(picture, place))
    return torch.stack(variants)


def warped_plainly(pictures, pixels, draws, smoothness):
    """The field averaged over neighbours one by one, those outside counting as 0."""
    size, reach = draws.shape[1:], math.ceil(3 * smoothness)
    shares = [math.exp(-(one**2) / (2 * smoothness**2)) for one in range(-reach, reach + 1)]
    weight = {one: share / sum(shares) for one, share in zip(range(-reach, reach + 1), shares, strict=True)}
    field = torch.zeros_like(draws)
    for i in range(size[0]):
        for j in range(size[1]):
            for k in range(size[0]):
                for m in range(size[1]):
                    field[:, i, j] += weight.get(k - i, 0) * weight.get(m - j, 0) * draws[:, k, m]
    ways = pixels.item() * field / math.sqrt((field**2).mean().item())
    middle_y, middle_x = (size[0] - 1) / 2, (size[1] - 1) / 2

    def place(x, y):
        way = ways[:, round(y + middle_y), round(x + middle_x)].tolist()
        return x + way[0], y + way[1]

    return looked_up(pictures, place)


def picture_operation(run, plain, edges=None, refused=None, **amounts):
    """An operation whose members are the pictures, each with an amount of its own."""
    arguments = {"pictures": drawn(3, 2, 4, 5), **{name: one for name, one in amounts.items() if torch.is_tensor(one)}}
    return Entry(
        run,
        plain,
        arguments,
        {name: one for name, one in amounts.items() if not torch.is_tensor(one)},
        edges=edges or {},
        refused=refused or {},
        gradient_by=("pictures",),
        halves=("pictures",),
        results=("same",),
    )


def window(top, left):
    return lambda: crop(torch.zeros(1, 1, 4, 5), torch.tensor([top]), torch.tensor([left]), 3, 3)


PICTURES, DRAWS = drawn(2, 2, 5, 4), drawn(2, 5, seed=1) * column(2, 2, 2, 2, 1) - column(1, 1, 1, 1, 0)
NOT_LEARNED = "inputs are given, not learned"

PICTURE_ENTRIES = {
    "augmentation": Entry(
        lambda strength, features, draws, flip: augment(features, strength, draws, flip),
        augmented_plainly,
        {"strength": column(0.0, 0.4, 1.0)},
        {"features": PICTURES, "draws": DRAWS, "flip": False},
        edges={
            "strength 0": {"strength": column(0.0, 0.0, 0.0)},
            "mirrored": {"flip": True, "draws": DRAWS * column(-1, -1, -1, -1, 0.1)},
            "one pixel": {"features": drawn(2, 1, 1, 1)},
            "one picture": {"features": PICTURES[:1], "draws": DRAWS[:1]},
        },
        no_gradient=NOT_LEARNED,
        halves=("features",),
        results=("same",),
    ),
    "augmentation/noise": Entry(
        lambda strength, features, draws: augment(features, strength, draws),
        lambda strength, features, draws: features + strength * draws,
        {"strength": column(0.0, 0.4, 1.0)},
        {"features": normal(5, 3), "draws": normal(5, 3, seed=1)},
        edges={
            "strength 0": {"strength": column(0.0, 0.0, 0.0)},
            "one row, one feature": {"features": normal(1, 1), "draws": normal(1, 1, seed=1)},
        },
        no_gradient=NOT_LEARNED,
        halves=("features",),
        results=("same",),
    ),
    "picture-operations/flip": picture_operation(
        flip,
        lambda pictures, mirrored: pictures[:, :, [4, 3, 2, 1, 0]] if mirrored else pictures,
        mirrored=torch.tensor([True, False, True]),
    ),
    "picture-operations/crop": picture_operation(
        crop,
        lambda pictures, top, left, height, width: pictures[:, top : top + height, left : left + width],
        {"one pixel": {"height": 1, "width": 1}, "all": {"height": 4, "width": 5, "top": 0 * torch.arange(3),
                                                         "left": 0 * torch.arange(3)}},
        {"a window outside": (window(2, 0), "top may be 0 to 1"), "one to the left": (window(0, -1), "left may be")},
        top=torch.tensor([0, 1, 0]), left=torch.tensor([2, 0, 1]), height=3, width=2,
    ),
    "picture-operations/rotate": picture_operation(
        rotate,
        lambda pictures, degrees: looked_up(pictures, lambda x, y: turned(x, y, degrees.item())),
        {"0 degrees": {"degrees": column(0, 0, 0)}, "one pixel": {"pictures": drawn(3, 1, 1, 1)}},
        degrees=column(0.0, 15.0, -100.0),
    ),
    "picture-operations/shear": picture_operation(
        shear,
        lambda pictures, amount: looked_up(pictures, lambda x, y: (x - amount.item() * y, y)),
        {"amount 0": {"amount": column(0, 0, 0)}, "one pixel": {"pictures": drawn(3, 1, 1, 1)}},
        amount=column(0.0, 0.3, -1.7),
    ),
    "picture-operations/warp": picture_operation(
        warp,
        warped_plainly,
        {"0 pixels": {"pixels": column(0, 0, 0)}},
        pixels=column(0.0, 0.5, 2.0), draws=normal(3, 2, 4, 5), smoothness=0.9,
    ),
}  # fmt: skip
