"""What all tests share: Hypothesis without a clock, as the machine may be busy, and many examples under stress."""

from hypothesis import settings

settings.register_profile("everyday", deadline=None, max_examples=50)
settings.register_profile("stress", deadline=None, max_examples=2_000)
settings.load_profile("everyday")
