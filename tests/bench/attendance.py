"""What the rules of attendance cost with years of data behind them.  BIG=1: ten million absences too."""
import os
import subprocess

from common import default_build, heading, row

SIZES = [10_000, 1_000_000] + ([10_000_000] if os.environ.get("BIG") else [])
NAMES = {10_000: "10 thousand", 1_000_000: "1 million", 10_000_000: "10 million"}


def attendance():
    heading("attendance: 5,000 classes, absences stored")
    out = subprocess.run([os.path.join(default_build(), "bench", "bench_attendance"), *map(str, SIZES)],
                         capture_output=True, text=True, timeout=1800, check=True).stdout
    got = {words[0]: float(words[1]) for words in map(str.split, out.splitlines())}
    few = SIZES[0]
    for n in SIZES:
        peer = got[f"class_day_cpu_{few}"] / 1000 if n != few else None
        row(f"one more class-day, processor time, {NAMES[n]}", got[f"class_day_cpu_{n}"] / 1000, "ms", peer,
            target="<= 1.3 of 10 thousand" if peer else "")
        row(f"one more class-day with its commit, {NAMES[n]}", got[f"class_day_wall_{n}"] / 1000, "ms")
    for n in SIZES:
        row(f"deadline, nobody has reported, {NAMES[n]}", got[f"sweep_5000_classes_{n}"], "ms",
            target=f"{got[f'sweep_sent_{n}']:.0f} texts put out")
    for n in SIZES:
        row(f"store opened and asked what is due, {NAMES[n]}", got[f"open_and_first_turn_{n}"], "ms",
            target="<= 500")
