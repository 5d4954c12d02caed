"""The exact reader: Markdown documents → the typed tree of `pipelines.contracts.plan`."""
