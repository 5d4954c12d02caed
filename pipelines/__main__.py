"""`python -m pipelines` is the `measured-lessons` command."""

import sys

from pipelines.cli import main

sys.exit(main())
