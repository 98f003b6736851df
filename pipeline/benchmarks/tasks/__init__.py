"""Benchmarks as a model sees them: encode, head, decode, score, each on one small base."""
