#!/usr/bin/env python3
"""Writes the documents of the skills tasks (data/*.jsonl).

The documents are generated, so there is nothing to download and no third party's
licence: they are Apache-2.0 like the rest of the project. The seed is fixed, and
only the standard library is used, so a run always writes the same bytes.

    python3 generate.py            # write data/*.jsonl
    python3 generate.py --check    # exit 1 when data/*.jsonl is not what a run would write

Every document is held out of the training data of the demo models: the trainer
reads these files and skips every prompt that occurs in them.
"""

import argparse
import json
import pathlib
import random
import sys

SEED = 20_240_601
DOCUMENTS = 300
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DATA = pathlib.Path(__file__).resolve().parent / "data"


def digits(*numbers):
    """The number of digits in the question, as text: a slice label."""
    return str(sum(len(str(n)) for n in numbers))


def number(rng, most_digits):
    """A number whose count of digits is drawn first, so that short ones are not rare."""
    count = rng.randint(1, most_digits)
    return rng.randrange(0 if count == 1 else 10 ** (count - 1), 10**count)


def word(rng):
    return "".join(rng.choice(LETTERS) for _ in range(rng.randint(3, 8)))


def add(rng, index):
    a, b = rng.randrange(10, 100), number(rng, 2)
    if rng.random() < 0.5:
        a, b = b, a
    carry = "carry" if a % 10 + b % 10 >= 10 else "no carry"
    return {"prompt": f"{a}+{b}=", "answer": str(a + b), "a": a, "b": b, "digits": digits(a, b), "carry": carry}


def subtract(rng, index):
    """Half of the documents need a borrow, the other half do not; no result is negative."""
    want = index % 2 == 0
    while True:
        a, b = rng.randrange(10, 100), number(rng, 2)
        if a >= b and (a % 10 < b % 10) == want:
            break
    return {
        "prompt": f"{a}-{b}=",
        "answer": str(a - b),
        "a": a,
        "b": b,
        "digits": digits(a, b),
        "borrow": "borrow" if want else "no borrow",
    }


def maximum(rng, index):
    a, b = number(rng, 3), number(rng, 3)
    return {"prompt": f"max({a},{b})=", "answer": str(max(a, b)), "a": a, "b": b, "digits": digits(a, b)}


def compare(rng, index):
    """One document in five compares a number with itself."""
    equal = index % 5 == 0
    a = rng.randrange(10, 1000) if equal else number(rng, 3)
    b = a if equal else number(rng, 3)
    label = 0 if a < b else 1 if a > b else 2
    return {
        "prompt": f"{a}?{b}=",
        "answer": "<>="[label],
        "label": label,
        "a": a,
        "b": b,
        "digits": digits(a, b),
        "relation": ("less", "greater", "equal")[label],
    }


def reverse(rng, index):
    text = word(rng)
    return {"prompt": f"rev({text})=", "answer": text[::-1], "text": text, "length": str(len(text))}


def copy(rng, index):
    text = word(rng)
    return {"prompt": f"copy({text})=", "answer": text, "text": text, "length": str(len(text))}


SKILLS = {
    "add": add,
    "subtract": subtract,
    "max": maximum,
    "compare": compare,
    "reverse": reverse,
    "copy": copy,
}


def documents(skill):
    """300 documents with different prompts; each skill has a random sequence of its own."""
    rng = random.Random(f"{SEED}/{skill}")
    seen, rows = set(), []
    while len(rows) < DOCUMENTS:
        document = SKILLS[skill](rng, len(rows))
        if document["prompt"] not in seen:
            seen.add(document["prompt"])
            rows.append({"id": f"{skill}-{len(rows):04d}", **document})
    return rows


def text(skill):
    return "".join(json.dumps(row) + "\n" for row in documents(skill))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with data/*.jsonl and write nothing")
    check = parser.parse_args().check
    stale = []
    for skill in SKILLS:
        path = DATA / f"{skill}.jsonl"
        wanted = text(skill)
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != wanted:
                stale.append(path.name)
        else:
            DATA.mkdir(exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
    if stale:
        sys.exit("not what generate.py writes: " + ", ".join(stale))


if __name__ == "__main__":
    main()
