"""``python -m campaigns.fuzz.guided TARGET [FOLDER…] [-max_total_time=S]``: a target under atheris.

atheris (libFuzzer for Python) is no dependency of the project; ``make fuzz``
installs it. It keeps what it learns in the first folder and reads the others.
"""

import importlib
import sys

atheris = importlib.import_module("atheris")

with atheris.instrument_imports(include=["outlet_app", "campaigns", "tomllib"]):
    from campaigns.fuzz.targets import TARGETS


def main() -> None:
    """Run until the time given is over or the target raises something."""
    program, name, *arguments = sys.argv
    atheris.Setup([program, *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
