"""The encoder, entity representations and the objectives (paper section 3)."""
