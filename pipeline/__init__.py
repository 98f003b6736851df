"""The library below the stages: it knows no `data/` path, no stage and no parameter file."""
