"""The importer: plans that people wrote by hand, in their own ways, read into the same tree."""
