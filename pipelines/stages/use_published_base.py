"""Put the published base into a build, if its card is that of the recipe."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from pipelines.contracts.base_card import checked_card
from pipelines.contracts.files import written_folder
from pipelines.contracts.latent import load_base
from pipelines.stages import reported


@reported
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--published", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    args = parser.parse_args()
    card = checked_card(args.published, load_base(args.recipe))
    with written_folder(args.folder) as temporary:
        shutil.copytree(args.published, temporary, dirs_exist_ok=True)
    print(f"{sum(card.seconds.values()) / 3600:.1f} hours of training, taken as published")


if __name__ == "__main__":
    main()
