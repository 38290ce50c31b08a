"""What gctui costs, measured side by side in one run; `python -m benchmarks` runs all."""
