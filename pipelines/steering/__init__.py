"""What Snakemake cannot be told in rules: the order of jobs that need the machine, its words."""
