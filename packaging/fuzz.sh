#!/bin/sh
# packaging/fuzz.sh [SECONDS [SEED]]: fuzzed frames and text blocks by the million, then each target under atheris.
# SECONDS bounds each of the two halves. atheris lies in build/atheris, apart from .venv; its findings in build/fuzz.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-1800}
seed=${2:-$(date +%s)}
python=.venv/bin/python

$python -m campaigns.fuzz --seed "$seed" --seconds "$((seconds / 2))"

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "atheris has no wheel for $(uname -sm): its targets are left out." >&2
    exit 0
fi
atheris=build/atheris
stamp=$($python --version; cat requirements-fuzz.lock)
if [ "$(cat "$atheris/.stamp" 2>/dev/null || true)" != "$stamp" ]; then
    rm -rf "$atheris"
    if ! $python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --require-hashes --target "$atheris" -r requirements-fuzz.lock; then
        echo "atheris could not be installed for $($python --version) (why stands above): its targets did not run." >&2
        exit 1
    fi
    echo "$stamp" > "$atheris/.stamp"
fi
for target in receiver text-block catalogue line; do
    mkdir -p "build/fuzz/$target"
    echo "atheris: $target"
    PYTHONPATH="$atheris" $python -m campaigns.fuzz.guided "$target" "build/fuzz/$target" "tests/fuzz/corpus/$target" \
        -max_total_time="$((seconds / 4))" -artifact_prefix=build/fuzz/ -verbosity=0 -print_final_stats=1
done
