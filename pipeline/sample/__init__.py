"""The embedded sample: a small encyclopedia of an invented world, in the genuine formats."""
