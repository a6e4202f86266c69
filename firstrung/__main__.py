"""Start the `firstrung` command, from the checkout or from an installed wheel.

The house's packages have plain names (`model`, `store`, …) that must not land in anyone's site-packages. In the checkout they
stand beside this folder; in a wheel they stand inside it. Either way they are put first on the path before anything is
imported (docs/decisions/0001-an-application.md).
"""

import sys
from pathlib import Path


def house() -> Path:
    """The folder that holds `cli/`, `model/` and the others."""
    here = Path(__file__).resolve().parent
    return here if (here / "cli").is_dir() else here.parent


def main() -> None:
    """The console command."""
    sys.path.insert(0, str(house()))
    from cli.main import firstrung

    firstrung()


if __name__ == "__main__":
    main()
