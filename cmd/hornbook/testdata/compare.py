"""Measures Hornbook and PyTorch one after the other and prints README's tables.

    make compare          (or: python3 cmd/hornbook/testdata/compare.py [--rounds N] [--ranks 1,2])

It needs what pytorch.py needs, build/hornbook (make build) and Chromium. In
each round every work is timed by every program, so that what else the machine
does meets all of them; each number is the median of the rounds' medians. Every
run is a process of its own.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

from pytorch import WORKS

HERE = pathlib.Path(__file__).parent
HORNBOOK = HERE.parents[2] / "build" / "hornbook"
STEPS = {"nanogpt-cpu": 30, "wide": 6, "narrow": 60}
PRESETS = ["quick", "stories", "speedrun", "tiny", "nanogpt-cpu", "small"]


# What a shell may have set for other programs' sake: it overrides what OpenBLAS
# finds out about this processor, and steps can take twice as long.
STEERING = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}


def call(*command, env=None):
    """The JSON that a command writes."""
    command = [str(part) for part in command]
    print("+", *command, file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=env)
    if done.returncode != 0:
        sys.exit(f"compare: {' '.join(command)} failed")
    return json.loads(done.stdout)


def pytorch(work, threads):
    return call(sys.executable, HERE / "pytorch.py", "--work", work, "--threads", threads, "--steps", STEPS[work], "--json",
                env=without_steering() | {"OMP_NUM_THREADS": str(threads)})


def without_steering():
    return {key: value for key, value in os.environ.items() if key not in STEERING}


def hornbook(where, preset, steps, ranks=1, shape=None):
    flags = [part for key, value in (shape or {}).items() for part in ("-" + key, value)]
    return call(HORNBOOK, "bench", "-where", where, "-preset", preset, "-steps", steps, "-ranks", ranks, *flags, "-json")


def programs(ranks):
    """Name of a column: what times a work in it, once for each number of threads."""
    return {
        "PyTorch, native": [lambda w, n=n: pytorch(w, n) for n in (1, 2)],
        "Hornbook, native": [lambda w, n=n: hornbook("native", "nanogpt-cpu", STEPS[w], n, WORKS[w]) for n in ranks],
        "Hornbook, Chromium": [lambda w, n=n: hornbook("chromium", "nanogpt-cpu", STEPS[w], n, WORKS[w]) for n in ranks],
    }


def describe(layers, heads, channels, context, batch):
    return f"{layers} layers, {heads} heads, {channels} channels, context {context}, batch {batch}"


def step_table(rounds, ranks):
    columns = programs(ranks)
    results = {}
    for _ in range(rounds):
        for work in WORKS:
            for name, runs in columns.items():
                for i, run in enumerate(runs):
                    results.setdefault((work, name, i), []).append(run(work))
    print("Milliseconds a training step, 1 thread / 2 threads (Hornbook: workers):\n")
    print("| work | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    for work, shape in WORKS.items():
        cells = [" / ".join(f"{middle(results[work, name, i], 'ms_per_step', 'median'):.0f}" for i in range(len(runs)))
                 for name, runs in columns.items()]
        print(f"| {describe(**shape)} | " + " | ".join(cells) + " |")
    return results


def middle(results, *path):
    values = []
    for r in results:
        for key in path:
            r = r[key]
        values.append(r)
    return statistics.median(values)


def kernel_line(results):
    """Which kernels PyTorch's products ran by."""
    kernels = {r["blas"] or "unknown" for key, runs in results.items() if key[1] == "PyTorch, native" for r in runs}
    print("\nPyTorch's BLAS: " + ", ".join(sorted(kernels)) + ".")


def core_table(results):
    places = ["Hornbook, native", "Hornbook, Chromium"]
    found = {place: [r for key, runs in results.items() if key[1] == place for r in runs] for place in places}
    print("\nOne core:\n\n| | native | Chromium |\n|---|---|---|")

    def row(what, unit, *path):
        print(f"| {what} | " + " | ".join(f"{middle(found[p], *path):,.0f} {unit}" for p in places) + " |")

    row("peak", "GFLOP/s", "peak_gflops")
    for i, p in enumerate(found[places[0]][0]["products"]):
        row(f"product, {p['form']}, {p['m']}×{p['n']}×{p['k']}", "GFLOP/s", "products", i, "gflops")
    row("writing, preset " + found[places[0]][0]["writing_preset"], "tokens/s", "writing_tokens_per_second")


def preset_table():
    print("\nEach preset in Chromium, one worker:\n\n| preset | a step | tokens a second | memory |\n|---|---|---|---|")
    for preset in PRESETS:
        r = hornbook("chromium", preset, 8)
        print(f"| `{preset}` | {r['ms_per_step']['median']:.0f} ms | {r['tokens_per_second']:,.0f} | {r['memory_bytes'] / 1e6:.0f} MB |")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "of an unknown kind"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ranks", default="1,2", help="numbers of Hornbook's workers to time, as 1,2")
    asked = parser.parse_args()
    print(f"On {os.cpu_count()} cores ({processor()}):\n")
    results = step_table(asked.rounds, [int(n) for n in asked.ranks.split(",")])
    kernel_line(results)
    core_table(results)
    preset_table()


if __name__ == "__main__":
    main()
