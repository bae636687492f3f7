"""One offline HTML file from a saved run; it reads the run's records and nothing else."""

from caviar.report.build import write_report

__all__ = ["write_report"]
