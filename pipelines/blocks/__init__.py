"""Page blocks that plans write as `:::{name}`: a file for each, listed in `kinds.py`."""
