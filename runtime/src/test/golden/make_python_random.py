"""Writes ../resources/golden/python_random.json: draws of CPython's random.Random.

Run with CPython 3.11 (the standard library is enough):  python make_python_random.py
"""

import json
import pathlib
import random

SEEDS = [0, 1, 42, 1234, -7, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**53 + 1, 2**63 - 1]
SAMPLES = [(7473, 5), (7473, 5), (10, 4), (21, 5), (22, 5), (85, 6), (86, 6), (277, 30), (278, 30), (1000, 999), (3, 0)]


def draws(seed):
    rnd = random.Random(seed)
    shuffled = list(range(17))
    result = {
        "seed": seed,
        "random": [rnd.random() for _ in range(5)],
        "bits": [[bits, rnd.getrandbits(bits)] for bits in (0, 1, 5, 31, 32, 33, 48, 63)],
        "below": [[n, rnd.randrange(n)] for n in (1, 2, 3, 1000, 2**31 - 1, 2**40 + 3)],
        "choices": rnd.choices(range(1000), k=7),
        "sample": [[n, k, rnd.sample(range(n), k)[:8]] for n, k in SAMPLES],
    }
    rnd.shuffle(shuffled)
    result["shuffle"] = shuffled
    # Far enough for the generator to renew its state many times.
    for _ in range(5000):
        rnd.random()
    result["later"] = rnd.random()
    return result


target = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "python_random.json"
target.write_text("[\n" + ",\n".join(json.dumps(draws(seed)) for seed in SEEDS) + "\n]\n")
