"""What all tests share: Hypothesis without a clock, the same examples every day, many under stress."""

from hypothesis import HealthCheck, settings

CLOCKLESS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("everyday", CLOCKLESS, max_examples=50, derandomize=True)
settings.register_profile("stress", CLOCKLESS, max_examples=2_000)
settings.load_profile("everyday")
