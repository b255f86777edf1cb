"""The benchmarks: `python -m bench` measures everything in one run and writes bench/RESULTS.md."""
