"""What to try next and what was tried: spaces, coarse to fine, halving, the run's study, importance."""
