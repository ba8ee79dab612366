#!/bin/sh
# Times regimen against two scripts in polars and numpy on one market of 2,000 assets × 3,650 days.
# The first argument names the folder for the market and the outputs (default: out/peers at the root).
# PYTHON names an interpreter that has requirements.txt installed (default: python3).
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$root/out/peers}
python=${PYTHON:-python3}
regimen=$root/target/release/regimen
market=$out/synthetic-market.csv

cargo build --release --manifest-path "$root/Cargo.toml" --bin regimen
mkdir -p "$out"
[ -f "$market" ] || "$regimen" synth --seed 1 --assets 2000 --days 3650 --clean --plain --out "$out"

engine="'$regimen' backtest '$root/backtests/peer-parity/index.toml' --snapshots '$market' --out '$out/regimen'"
script="'$python' '$root/benches/peers/polars_numpy.py' '$market' '$out/polars_numpy_nav.csv'"
wide="'$python' '$root/benches/peers/polars_numpy_wide.py' '$market'"

if command -v hyperfine > /dev/null; then
    hyperfine --warmup 1 --runs 10 --output null \
        --command-name regimen "$engine" --command-name polars+numpy "$script" --command-name wide "$wide"
    exit
fi

# Seconds and peak memory of ten runs each, after one that fills the file cache.
for command in "$engine" "$script" "$wide"; do
    echo "$command"
    sh -c "$command" > /dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        /usr/bin/time -f '%e s  %M KB' sh -c "exec $command" > /dev/null
    done
done
