"""The load test: what is compared, how it is measured, how it is shown. `run.py` is the entry."""
