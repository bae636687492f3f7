"""A run that is killed in the middle, without ending the process."""

from caviar.core.progress import Silent


class Killed(BaseException):
    """Stands for a kill: nothing in the program catches it."""


class KillAfter(Silent):
    """Progress that pulls the plug at its n-th update."""

    def __init__(self, updates):
        self.left = updates

    def update(self, *state):
        self.left -= 1
        if self.left == 0:
            raise Killed
