"""The loop that takes the next step itself: train → diagnose → act → again, under a budget (what `caviar fit` runs)."""
