"""The benchmarks: what Chathaven does on this machine, beside what the machine can do."""
