"""Writes ../resources/golden/corpus_metrics.json: aggregates, standard errors and group scores of lm-evaluation-harness.

    pip install lm-eval==0.4.13 sacrebleu==2.6.0 scikit-learn==1.9.1 numpy==2.4.6     (CPython 3.11)
    python make_corpus_metrics.py [SEED SIZE]     another seed, or SIZE times as many small cases, for a wider search
"""

import json
import math
import os
import pathlib
import random
import sys
import warnings

import numpy as np
from sacrebleu.metrics import BLEU, CHRF, TER

from lm_eval.api import metrics
from lm_eval.utils import softmax

os.environ["DISABLE_MULTIPROC"] = "1"
warnings.filterwarnings("ignore")
SEED, SIZE = map(int, sys.argv[1:]) if len(sys.argv) > 1 else (31, 1)
RANDOM = random.Random(SEED)


def confusion(gold, predicted):
    """The layout of dev.evalfleet.schemas.metric.Confusion."""
    g, p = max(gold, -1) + 1, predicted + 1
    m = max(g, p)
    cell = m * m + m + g - p
    return [0] * cell + [1]


def text(length):
    return " ".join(RANDOM.choices("the a cat dog sat on mat . , it was 3.14 red and".split(), k=length))


def pair():
    reference = text(RANDOM.randrange(1, 14))
    words = reference.split()
    RANDOM.shuffle(words)
    return [reference, RANDOM.choice([reference, " ".join(words), text(5), ""])]


def statistics(scorer):
    return lambda item: [x + 0 for x in scorer._extract_corpus_statistics([item[1]], [[item[0]]])[0]]


def brier(item):
    gold, probabilities = item
    return float(np.sum((probabilities - np.eye(len(probabilities))[gold]) ** 2))


def log_likelihood():
    return -round(RANDOM.expovariate(0.2), 3)


def rounded():
    return round(RANDOM.random(), 3)


def flag(p=0.6):
    return 1.0 if RANDOM.random() < p else 0.0


# aggregation: harness function, an item, its value, its statistics, bootstrap iterations, sizes
KINDS = {
    "mean": (metrics.mean, flag, float, lambda i: [], 100000, (1, 2, 7, 40, 150)),
    "nanmean": (metrics.nanmean, lambda: RANDOM.choice([math.nan, rounded(), rounded()]),
                lambda i: 0 if math.isnan(i) else i, lambda i: [0, 0] if math.isnan(i) else [i, 1], 300, (6, 30)),
    "median": (metrics.median, rounded, float, lambda i: [], 300, (1, 5, 30)),
    "perplexity": (metrics.perplexity, log_likelihood, float, lambda i: [], 2500, (1, 2, 9, 60)),
    "weighted_perplexity": (metrics.weighted_perplexity, lambda: (log_likelihood(), RANDOM.randrange(1, 90)),
                            lambda i: i[0], list, 1000, (1, 12)),
    "bits_per_byte": (metrics.bits_per_byte, lambda: (log_likelihood(), RANDOM.randrange(1, 90)),
                      lambda i: i[0], list, 1000, (1, 12)),
    "f1": (metrics.f1_score, lambda: (int(flag()), int(flag())), lambda i: float(i[0] == i[1]), lambda i: confusion(*i),
           120, (1, 2, 5, 25)),
    "f1 of class 0 and outside": (metrics.f1_score, lambda: (RANDOM.choice([-100, 1]), 1), lambda i: float(i[0] == i[1]),
                                  lambda i: confusion(*i), 40, (10,)),
    "f1 of one class": (metrics.f1_score, lambda: (0, 0), lambda i: 1.0, lambda i: confusion(*i), 40, (4,)),
    "matthews_corrcoef": (metrics.matthews_corrcoef, lambda: (int(flag()), int(flag(0.7))), lambda i: float(i[0] == i[1]),
                          lambda i: confusion(*i), 120, (1, 2, 5, 25)),
    "matthews_corrcoef of 5": (metrics.matthews_corrcoef, lambda: (RANDOM.choice([-100, 0, 1, 2, 3]), RANDOM.randrange(4)),
                               lambda i: float(i[0] == i[1]), lambda i: confusion(*i), 60, (20,)),
    "brier_score": (metrics.brier_score, lambda: (RANDOM.randrange(4), softmax(np.array([log_likelihood() for _ in "abcd"]))),
                    brier, lambda i: [], 1000, (1, 12)),
    "bleu": (metrics.bleu, pair, lambda i: 0.0, statistics(BLEU()), 100000, (1, 3, 20)),
    "chrf": (metrics.chrf, pair, lambda i: 0.0, statistics(CHRF()), 100000, (1, 3, 20)),
    "chrf++": (metrics.chrfpp, pair, lambda i: 0.0, statistics(CHRF(word_order=2)), 70, (2, 20)),
    "ter": (metrics.ter, pair, lambda i: 0.0, statistics(TER()), 100000, (1, 3, 20)),
}


def number(value):
    return None if math.isnan(value) else float(value)


def run(name, size, bootstrap=True):
    function, item, of, stats, iterations, _ = KINDS[name]
    iterations = iterations if bootstrap else 0
    metric = name.split(" ")[0]
    items = [item() for _ in range(size)]
    # As lm_eval.evaluator_utils._compute_task_aggregations does.
    stderr = metrics.stderr_for_metric(function, min(iterations, 100) if metric in ["bleu", "chrf", "chrf++", "ter"] else iterations)
    return {
        "aggregation": metric, "iterations": iterations,
        "values": [of(i) for i in items], "statistics": [stats(i) for i in items],
        "value": number(function(items)), "error": number(stderr(items)) if stderr and size > 1 else None,
    }


def group():
    members = [
        {"value": rounded(), "error": rounded() / 8, "samples": RANDOM.randrange(2, 500)} for _ in range(RANDOM.randrange(1, 9))
    ]
    values, errors, sizes = ([m[k] for m in members] for k in ("value", "error", "samples"))
    return {
        "members": members,
        "weighted": [metrics.aggregate_subtask_metrics(values, sizes, True), float(metrics.pooled_sample_stderr(errors, sizes))],
        "plain": [metrics.aggregate_subtask_metrics(values, sizes, False), float(metrics.unweighted_mean_stderr(errors))],
    }


runs = [run(name, size) for name, kind in KINDS.items() for size in kind[5]]
runs += [run(name, RANDOM.randrange(1, 9), False) for name in KINDS for _ in range(18 * SIZE)]
golden = {"runs": runs, "groups": [group() for _ in range(20)]}
target = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "corpus_metrics.json"
lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in runs)
groups = ",\n".join(json.dumps(g, separators=(",", ":")) for g in golden["groups"])
target.write_text('{"runs":[\n' + lines + '\n],"groups":[\n' + groups + "\n]}\n")
print(len(runs), "runs")
