"""The schema of each artefact. Row-aligned artefacts share shard names, rows and order."""
