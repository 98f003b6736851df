"""Readers of the benchmarks' official files, and the entity pairs that pre-training must not see.

Records are msgspec structs with the official field names, so that a wrong or partial file is
refused with its place.
"""
