"""The paper's benchmarks: official files, heads, metrics. Readers and metrics import no torch."""
