"""Plans: Markdown documents read into the typed tree of `pipelines.contracts.plan`."""
