"""The commands that DVC runs, one file each; the only place that knows `data/` paths."""
