"""Bring dumps, benchmarks and the base encoder: by address, by path, or from a package."""
