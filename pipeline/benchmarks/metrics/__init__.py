"""Official metrics as pure functions, in percent: a perfect prediction scores 100, an empty one 0.

Each module names the official program that defines its metric.
"""
