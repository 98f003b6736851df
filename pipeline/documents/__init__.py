"""From annotated text to tokens: what `shard` does."""
