"""Compares what two programs wrote in lm-eval's format: prompts, sample by sample scores, aggregates.

    python compare_results.py THEIRS OURS       two folders with results_*.json and samples_*.jsonl somewhere below
"""

import json
import math
import pathlib
import re
import sys

CLOSE = 1e-6
EXACT = ("doc", "target", "arguments", "doc_hash", "prompt_hash", "target_hash", "filter", "metrics")


def files(folder):
    folder = pathlib.Path(folder)
    report = json.loads(max(folder.rglob("results_*.json")).read_text(encoding="utf-8"))
    samples = {}
    for file in folder.rglob("samples_*.jsonl"):
        task = re.fullmatch(r"samples_(.*)_[^_]*\.jsonl", file.name).group(1)
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        samples[task] = {(line["filter"], line["doc_id"]): line for line in lines}
    return report, samples


def differences(theirs, ours, where):
    if isinstance(theirs, bool) or not isinstance(theirs, (int, float)):
        if isinstance(theirs, dict):
            for key, value in theirs.items():
                yield from differences(value, ours.get(key) if isinstance(ours, dict) else None, f"{where}/{key}")
        elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
            for i, value in enumerate(theirs):
                yield from differences(value, ours[i], f"{where}/{i}")
        elif theirs != ours:
            yield f"{where}: {theirs!r} / {ours!r}"
    elif not isinstance(ours, (int, float)) or not math.isclose(theirs, ours, rel_tol=CLOSE, abs_tol=CLOSE):
        yield f"{where}: {theirs!r} / {ours!r}"


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def numbers(value):
    return [numbers(one) for one in value] if isinstance(value, list) else number(value)


def main():
    (report, samples), (own, mine) = files(sys.argv[1]), files(sys.argv[2])
    found, compared, worst = [], 0, 0.0
    for task, lines in samples.items():
        for key, line in lines.items():
            other = mine.get(task, {}).get(key)
            if other is None:
                found.append(f"{task} {key}: not in the second")
                continue
            compared += 1
            for name in (*EXACT, *line["metrics"]):
                found += differences(line[name], other.get(name), f"{task} {key} {name}")
            found += differences(numbers(line["resps"]), numbers(other["resps"]), f"{task} {key} resps")
            for a, b in zip(flat(numbers(line["resps"])), flat(numbers(other["resps"]))):
                if isinstance(a, float) and isinstance(b, float):
                    worst = max(worst, abs(a - b))
    for part in ("results", "groups", "group_subtasks", "versions", "n-shot", "higher_is_better", "n-samples", "task_hashes"):
        found += differences(report.get(part, {}), own.get(part, {}), part)
    print(f"{compared} lines of {len(samples)} tasks; largest difference of a log-likelihood {worst:.3g}")
    print("\n".join(found) if found else "no differences")
    return 1 if found else 0


def flat(value):
    if isinstance(value, list):
        for one in value:
            yield from flat(one)
    else:
        yield value


if __name__ == "__main__":
    sys.exit(main())
