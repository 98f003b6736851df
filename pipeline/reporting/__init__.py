"""Tables, plots' data, the report page and the model card."""
