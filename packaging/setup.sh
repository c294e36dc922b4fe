#!/bin/sh
# Makes .venv ready: Debian packages where this user may install them, then the locked Python packages.
# Run again it does nothing unless the lock file, the project file or the packages have changed.
set -eu
cd "$(dirname "$0")/.."

missing_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0
    grep -v '^#' packaging/debian-packages.txt | while read -r package; do
        dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package"
    done
}

install_packages() {
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then run=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then run="sudo"
    else
        echo "These Debian packages are missing, and this user may not install them:" >&2
        echo "  apt-get install $missing" >&2
        exit 1
    fi
    echo "Installing Debian packages: $missing" >&2
    $run apt-get update -qq
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

find_python() {
    for name in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            echo "$name"
            return 0
        fi
    done
    echo "No Python 3.11, 3.12 or 3.13 with venv was found." >&2
    exit 1
}

install_packages
stamp=$(cat requirements-build.lock requirements.lock pyproject.toml packaging/setup.sh | sha256sum | cut -d' ' -f1)
if [ "$(cat .venv/.stamp 2>/dev/null || true)" != "$stamp" ]; then
    python=$(find_python)
    echo "Setting up .venv with $("$python" --version)" >&2
    "$python" -m venv --clear .venv
    pip="env PATH=$PWD/.venv/bin:$PATH .venv/bin/python -m pip install --quiet --disable-pip-version-check"
    $pip --require-hashes -r requirements-build.lock
    $pip --require-hashes --no-build-isolation -r requirements.lock
    $pip --no-deps --no-build-isolation -e .
    echo "$stamp" > .venv/.stamp
fi
