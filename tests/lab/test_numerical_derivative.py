"""The verdict follows the figures: it turns when a difference quotient is wrong."""

from caviar.lab import numerical_derivative


def test_the_claim_holds() -> None:
    assert numerical_derivative.run().verdict == "holds"


def test_a_two_sided_difference_without_its_2_loses_the_verdict() -> None:
    def halved(function, theta, epsilon):
        return (function(theta + epsilon) - function(theta - epsilon)) / epsilon

    result = numerical_derivative.run(two_sided=halved)
    assert result.verdict == "holds in part"
    assert {row.agreement for row in result.figures if "two-sided" in row.what} == {False}


def test_a_one_sided_difference_that_is_too_good_loses_the_verdict_too() -> None:
    result = numerical_derivative.run(one_sided=numerical_derivative.two_sided)
    assert {row.agreement for row in result.figures if "one-sided" in row.what} == {False}
