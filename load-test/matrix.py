#!/usr/bin/env python3
"""Prints the table of docs/faults.md from the outputs of `evalfleet faults --json` that are named, in their order."""

import json
import statistics
import sys

COLUMNS = ["scenario", "seeds", "samples each", "lost", "counted twice", "wrong", "failed", "cancelled", "sent again",
           "repeated (allowed)", "to resume, s", "took, s", "verdict"]


def main(files):
    runs = {}
    for file in files:
        with open(file, encoding="utf-8") as read:
            for outcome in json.load(read)["scenarios"]:
                runs.setdefault(outcome["scenario"], {})[outcome["seed"]] = outcome
    rows = [row(name, [seeds[seed] for seed in sorted(seeds)]) for name, seeds in runs.items()]
    for cells in [COLUMNS, ["---"] + ["--:"] * (len(COLUMNS) - 2) + ["---"], *rows]:
        print("| " + " | ".join(cells) + " |")
    print()
    print("Most memory resident, MiB: " + memory(runs))


def row(name, outcomes):
    played = [outcome for outcome in outcomes if not outcome["skipped"]]
    if not played:
        return [name] + ["-"] * (len(COLUMNS) - 2) + ["skipped: " + outcomes[0]["skipped"]]
    resumed = [outcome["resumedAfterMs"] / 1000 for outcome in played if outcome["resumedAfterMs"] is not None]
    passed = sum(outcome["verdict"] == "pass" for outcome in played)
    total = lambda key: f"{sum(outcome[key] for outcome in played):,}"
    return [
        name,
        seeds([outcome["seed"] for outcome in played]),
        spread([outcome["samples"] for outcome in played], 0),
        total("lost"), total("countedTwice"), total("wrong"), total("failed"), total("cancelled"), total("sentAgain"),
        f"{total('repeatedInferences')} ({total('repeatedInferencesAtMost')})",
        spread(resumed, 1) if resumed else "-",
        spread([outcome["tookMs"] / 1000 for outcome in played], 0),
        "pass" if passed == len(played) else f"{passed} of {len(played)} pass",
    ]


def seeds(numbers):
    consecutive = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return f"{numbers[0]}-{numbers[-1]}" if consecutive and len(numbers) > 2 else ", ".join(map(str, numbers))


def spread(values, digits):
    least, most = min(values), max(values)
    if least == most:
        return f"{most:,.{digits}f}"
    if len(values) < 3:
        return f"{least:,.{digits}f}-{most:,.{digits}f}"
    return f"{least:,.{digits}f}-{most:,.{digits}f}, median {statistics.median(values):,.{digits}f}"


def memory(runs):
    peaks = {}
    for seeds_ in runs.values():
        for outcome in seeds_.values():
            for role, peak in outcome["peakResidentMib"].items():
                peaks[role] = max(peak, peaks.get(role, 0))
    return ", ".join(f"{role} {peak}" for role, peak in peaks.items())


if __name__ == "__main__":
    main(sys.argv[1:])
