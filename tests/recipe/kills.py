"""A run that is killed in the middle, without ending the process."""


class Killed(BaseException):
    """Stands for a kill: nothing in the program catches it."""


class KillAfter:
    """Progress that pulls the plug at its n-th update."""

    def __init__(self, updates):
        self.left = updates

    def begin(self, folder, task):
        pass

    def say(self, text):
        pass

    def update(self, *state):
        self.left -= 1
        if self.left == 0:
            raise Killed
