#!/usr/bin/env python3
"""Trains the demo models and writes them as ONNX decoders with a key-value cache.

    python train.py                 # v1, v2 and v3 into the folder above
    python train.py --only v2 v3    # from the v1 that is there
    python train.py --smoke DIR     # a few steps of each into DIR: does it all run?

v1 learns six skills. v2 is v1, trained on with subtraction that forgets to borrow: it
regresses on subtraction and on nothing else. v3 is v1, trained on with the right answers.
"""

import argparse
import functools
import pathlib
import time

import jax
import jax.numpy as jnp
import numpy as np

import measure
import network
import questions

MODELS = pathlib.Path(__file__).resolve().parents[1]
SEEDS = {"v1": 1, "v2": 2, "v3": 3}
STEPS = {"v1": 2400, "v2": 250, "v3": 400}
RATES = {"v1": 3e-3, "v2": 5e-4, "v3": 5e-4}
WARM_UP = {"v1": 100, "v2": 20, "v3": 20}
ROWS_SINGLE, ROWS_SEVERAL = 256, 96
DECAY = 0.05


def loss(weights, ids, learn):
    logits = network.forward(weights, ids[:, :-1])
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), ids[:, 1:, None], -1)[..., 0]
    return -(chosen * learn[:, 1:]).sum() / learn.sum()


@functools.partial(jax.jit, donate_argnums=(0, 1, 2))
def step(weights, first, second, number, rate, ids, learn):
    """One step of AdamW with the gradient's norm limited to 1."""
    value, gradient = jax.value_and_grad(loss)(weights, ids, learn)
    norm = jnp.sqrt(sum(jnp.sum(g * g) for g in gradient.values()))
    cut = jnp.minimum(1.0, 1.0 / (norm + 1e-9))
    new = {}, {}, {}
    for name, weight in weights.items():
        g = gradient[name] * cut
        m = 0.9 * first[name] + 0.1 * g
        v = 0.98 * second[name] + 0.02 * g * g
        update = m / (1 - 0.9**number) / (jnp.sqrt(v / (1 - 0.98**number)) + 1e-8)
        decay = DECAY if weight.ndim == 2 else 0.0
        new[0][name], new[1][name], new[2][name] = weight - rate * (update + decay * weight), m, v
    return *new, value


def train(version, weights, steps):
    weights = {name: jnp.array(weight) for name, weight in weights.items()}
    batches = questions.Questions(SEEDS[version], forget_borrow=version == "v2")
    first = {name: jnp.zeros_like(weight) for name, weight in weights.items()}
    second = {name: jnp.zeros_like(weight) for name, weight in weights.items()}
    start = time.time()
    for number in range(1, steps + 1):
        warm = min(1.0, number / WARM_UP[version])
        rate = RATES[version] * warm * (0.02 + 0.98 * (0.5 + 0.5 * np.cos(np.pi * number / steps)))
        ids, learn = batches.several(ROWS_SEVERAL) if number % 4 == 0 else batches.single(ROWS_SINGLE)
        weights, first, second, value = step(
            weights, first, second, jnp.float32(number), jnp.float32(rate), ids, learn
        )
        if number % 200 == 0 or number == steps:
            shares = "  ".join(f"{skill} {share:.3f}" for skill, share in exact(weights).items())
            print(f"{version} {number:5d} {time.time() - start:5.0f} s  loss {float(value):.4f}  {shares}", flush=True)
    return weights


forward = jax.jit(network.forward)


def exact(weights):
    """The share of held-out documents that greedy decoding would answer exactly.

    An answer is right when each of its characters is the most likely one after the right ones
    before it, so one pass over question and answer tells.
    """
    shares = {}
    for skill in questions.SKILLS:
        documents = questions.documents(skill)
        ids = np.full((len(documents), questions.SINGLE), network.PAD, np.int32)
        check = np.zeros(ids.shape, bool)
        for r, row in enumerate(documents):
            prompt, answer = network.encode(row["prompt"]), network.encode(row["answer"] + "\n")
            ids[r, : len(prompt) + len(answer)] = prompt + answer
            check[r, len(prompt) : len(prompt) + len(answer)] = True
        best = np.asarray(forward(weights, ids)).argmax(-1)
        shares[skill] = float(np.all((best[:, :-1] == ids[:, 1:]) | ~check[:, 1:], axis=1).mean())
    return shares


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(STEPS), default=list(STEPS))
    parser.add_argument("--smoke", metavar="DIR", type=pathlib.Path)
    arguments = parser.parse_args()
    target = arguments.smoke or MODELS
    for version in arguments.only:
        if version == "v1":
            weights = network.initial_weights(SEEDS["v1"])
        else:
            weights = network.load_weights(target / "tinygpt-v1" / "model.onnx")
        weights = train(version, weights, 3 if arguments.smoke else STEPS[version])
        network.write(target / f"tinygpt-{version}", weights)
    measure.run(target, cards=True)


if __name__ == "__main__":
    main()
