import os
import subprocess
import sys
import zipfile
from pathlib import Path

import outlet_app
from outlet_app.reader.driver_folder import driver_folder

PROJECT = Path(outlet_app.__file__).parent.parent


def test_in_a_source_tree_the_drivers_lie_beside_the_package() -> None:
    assert driver_folder() == PROJECT / "drivers"


def test_in_a_wheel_the_drivers_lie_inside_the_package(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, timeout=120)
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    asked = (
        "from outlet_app.reader.catalogue import load_catalogue;"
        "from outlet_app.reader.driver_folder import driver_folder;"
        "print(driver_folder()); print(len(load_catalogue().drivers))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    folder, count = answer.stdout.split()
    assert Path(folder) == installed / "outlet_app" / "_drivers"
    assert int(count) == len(list(driver_folder().glob("*/driver.toml")))
