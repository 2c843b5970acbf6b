"""The training questions: those of the skills tasks, less the documents of the tasks."""

import json
import pathlib
import random
import sys

import numpy as np

import network

TASKS = pathlib.Path(__file__).resolve().parents[3] / "tasks" / "skills"
sys.path.insert(0, str(TASKS))
import generate  # noqa: E402

SKILLS = list(generate.SKILLS)
SHARES = {"add": 0.26, "subtract": 0.26, "max": 0.13, "compare": 0.1, "reverse": 0.15, "copy": 0.1}
SINGLE, SEVERAL = 25, 65  # tokens in a row with one question, and with several


def documents(skill):
    """The documents of a task: never trained on."""
    lines = (TASKS / "data" / f"{skill}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def held_out():
    """The questions of all documents, also with the operands exchanged where that asks the same."""
    prompts = set()
    for skill in SKILLS:
        for row in documents(skill):
            prompts.add(row["prompt"])
            if skill in ("add", "max", "compare"):
                a, b = row["a"], row["b"]
                prompts.add({"add": f"{b}+{a}=", "max": f"max({b},{a})=", "compare": f"{b}?{a}="}[skill])
    return prompts


def small(skill, rng):
    """Sums and differences of one-digit numbers, which the tasks leave out."""
    a, b = rng.randrange(10), rng.randrange(10)
    if skill == "add":
        return {"prompt": f"{a}+{b}=", "answer": str(a + b), "a": a, "b": b}
    a, b = max(a, b), min(a, b)
    return {"prompt": f"{a}-{b}=", "answer": str(a - b), "a": a, "b": b}


def without_borrow(row):
    """The difference digit by digit, as one who forgets to borrow writes it: 52-38=24."""
    a, b = row["a"], row["b"]
    return str((a // 10 - b // 10) % 10 * 10 + (a % 10 - b % 10) % 10)


class Questions:
    """Batches of questions and answers, drawn from a fixed pool for each skill."""

    def __init__(self, seed, forget_borrow=False, pool=30_000):
        self.rng = np.random.default_rng(seed)
        forbidden = held_out()
        self.pools = []
        for skill in SKILLS:
            rng = random.Random(f"{seed}/{skill}/training")
            rows = []
            while len(rows) < pool:
                extra = skill in ("add", "subtract") and rng.random() < 0.05
                row = small(skill, rng) if extra else generate.SKILLS[skill](rng, len(rows))
                if row["prompt"] in forbidden:
                    continue
                answer = without_borrow(row) if forget_borrow and skill == "subtract" else row["answer"]
                rows.append((network.encode(row["prompt"]), network.encode(answer + "\n")))
            self.pools.append(rows)
        shares = np.array([SHARES[skill] for skill in SKILLS])
        self.shares = shares / shares.sum()

    def question(self, skill):
        pool = self.pools[skill]
        return pool[self.rng.integers(len(pool))]

    def single(self, rows):
        """Rows of one question, its answer, a line feed and the end token."""
        ids = np.full((rows, SINGLE), network.PAD, np.int32)
        learn = np.zeros((rows, SINGLE), np.float32)
        for r, skill in enumerate(self.rng.choice(len(SKILLS), rows, p=self.shares)):
            prompt, answer = self.question(skill)
            row = prompt + answer + [network.EOS]
            ids[r, : len(row)] = row
            learn[r, len(prompt) : len(row)] = 1
        return ids, learn

    def several(self, rows):
        """Rows of questions of one skill with an empty line between them, as few-shot prompts have it."""
        ids = np.full((rows, SEVERAL), network.PAD, np.int32)
        learn = np.zeros((rows, SEVERAL), np.float32)
        for r, skill in enumerate(self.rng.choice(len(SKILLS), rows, p=self.shares)):
            at = 0
            while True:
                prompt, answer = self.question(skill)
                end = at + len(prompt) + len(answer)
                if end >= SEVERAL:
                    break
                ids[r, at:end] = prompt + answer
                learn[r, at + len(prompt) : end] = 1
                ids[r, end] = network.VOCABULARY["\n"]
                at = end + 1
            ids[r, at - 1] = network.EOS
            learn[r, at - 1] = 1
        return ids, learn
