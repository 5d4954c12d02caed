"""One verb of `measured-lessons` a file: `add` names its arguments, `run` does it."""
