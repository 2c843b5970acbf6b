#!/usr/bin/env python3
"""Checks the exported models and measures them on the documents of the skills tasks.

    python measure.py            # check and measure the models of the folder above
    python measure.py --cards    # and write the model cards with the numbers

Everything goes through ONNX Runtime and the files of the model, as a user of them would.
"""

import argparse
import json
import pathlib
import time

import numpy as np
import onnxruntime
import tokenizers

import network
import questions

MODELS = pathlib.Path(__file__).resolve().parents[1]


class Decoder:
    """Greedy decoding with an exported model."""

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(directory / "model.onnx", options, ["CPUExecutionProvider"])
        self.tokenizer = tokenizers.Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.config = json.loads((directory / "config.json").read_text())
        self.names = [output.name for output in self.session.get_outputs()]

    def encode(self, text):
        return self.tokenizer.encode(text).ids

    def empty(self, batch):
        shape = (batch, self.config["num_key_value_heads"], 0, self.config["head_dim"])
        layers = range(self.config["num_hidden_layers"])
        return {f"past_key_values.{i}.{part}": np.zeros(shape, np.float32) for i in layers for part in ("key", "value")}

    def call(self, ids, mask, past):
        """Logits and the new cache; positions count the real tokens."""
        positions = np.maximum(mask.cumsum(1) - 1, 0)[:, -ids.shape[1] :]
        inputs = {"input_ids": ids, "attention_mask": mask, "position_ids": positions, **past}
        outputs = dict(zip(self.names, self.session.run(None, inputs)))
        logits = outputs.pop("logits")
        return logits, {name.replace("present", "past_key_values"): value for name, value in outputs.items()}

    def pad(self, rows):
        """Ids and mask, padded on the left."""
        longest = max(map(len, rows))
        ids = np.full((len(rows), longest), self.config["pad_token_id"], np.int64)
        mask = np.zeros_like(ids)
        for r, row in enumerate(rows):
            ids[r, longest - len(row) :] = row
            mask[r, longest - len(row) :] = 1
        return ids, mask

    def generate(self, prompts, limit, cached=True):
        """Text up to a line feed or the end token, for each prompt."""
        ids, mask = self.pad([self.encode(prompt) for prompt in prompts])
        batch = len(prompts)
        past, whole = self.empty(batch), ids
        stops = {self.config["eos_token_id"], self.tokenizer.token_to_id("\n")}
        found, open_rows = [[] for _ in prompts], set(range(batch))
        for _ in range(limit):
            if cached:
                logits, past = self.call(ids, mask, past)
            else:
                logits, _ = self.call(whole, mask, self.empty(batch))
            ids = logits[:, -1].argmax(-1)[:, None]
            whole = np.concatenate([whole, ids], 1)
            mask = np.concatenate([mask, np.ones_like(ids)], 1)
            for r in list(open_rows):
                if int(ids[r, 0]) in stops:
                    open_rows.remove(r)
                else:
                    found[r].append(int(ids[r, 0]))
            if not open_rows:
                break
        return [self.tokenizer.decode(row, skip_special_tokens=False) for row in found]

    def continuation(self, contexts, continuation):
        """The log-likelihood of a continuation after each context."""
        tail = self.encode(continuation)
        ids, mask = self.pad([self.encode(context) + tail for context in contexts])
        logits, _ = self.call(ids, mask, self.empty(len(contexts)))
        logits = logits[:, -len(tail) - 1 : -1].astype(np.float64)
        logits -= np.log(np.exp(logits).sum(-1, keepdims=True))
        return sum(logits[:, j, token] for j, token in enumerate(tail))


def check(decoder):
    """Fails unless the export behaves: tokens, cache, padding."""
    text = "".join(chr(code) for code in range(32, 127)) + "\n two  spaces\n\n "
    ids = decoder.encode(text)
    assert len(ids) == len(text), "not one token for each character"
    assert decoder.tokenizer.decode(ids, skip_special_tokens=False) == text, "decoding does not give the text back"
    assert decoder.tokenizer.decode(ids) == text, "a character counts as a special token"
    assert decoder.encode("é") == [decoder.tokenizer.token_to_id("<unk>")]
    assert decoder.encode("") == []

    prompts = [row["prompt"] for skill in questions.SKILLS for row in questions.documents(skill)[:10]]
    batched = decoder.generate(prompts, 12)
    assert batched == decoder.generate(prompts, 12, cached=False), "the cache changes the answers"
    assert batched == [decoder.generate([p], 12)[0] for p in prompts], "padding changes the answers"

    # Logits: whole, in two parts, and behind padding on the left.
    ids = np.array([decoder.encode("max(17,204)=204")])
    whole, _ = decoder.call(ids, np.ones_like(ids), decoder.empty(1))
    _, past = decoder.call(ids[:, :6], np.ones_like(ids[:, :6]), decoder.empty(1))
    part, _ = decoder.call(ids[:, 6:], np.ones_like(ids), past)
    assert np.allclose(whole[:, 6:], part, atol=1e-3), "the cache changes the logits"
    padded, mask = decoder.pad([ids[0].tolist(), list(range(40))])
    behind, _ = decoder.call(padded, mask, decoder.empty(2))
    assert np.allclose(whole[0], behind[0, -ids.shape[1] :], atol=1e-3), "padding changes the logits"


def accuracy(decoder, skill, batch=50):
    """The share of a task's documents that are answered right."""
    rows = questions.documents(skill)
    right = 0
    for at in range(0, len(rows), batch):
        part = rows[at : at + batch]
        prompts = [row["prompt"] for row in part]
        if skill == "compare":
            best = np.stack([decoder.continuation(prompts, choice) for choice in "<>="]).argmax(0)
            right += sum(int(best[r]) == row["label"] for r, row in enumerate(part))
        else:
            answers = decoder.generate(prompts, 12)
            right += sum(answer == row["answer"] for answer, row in zip(answers, part))
    return right / len(rows)


def few_shot(decoder, skill, shots=3):
    """As accuracy, with the documents before as examples: not a number of the task, only a check."""
    rows = questions.documents(skill)[:100]
    prompts = []
    for r, row in enumerate(rows):
        examples = [rows[r - s] for s in range(shots, 0, -1)]
        prompts.append("".join(e["prompt"] + e["answer"] + "\n\n" for e in examples) + row["prompt"])
    answers = decoder.generate(prompts, 12)
    return sum(answer == row["answer"] for answer, row in zip(answers, rows)) / len(rows)


HISTORY = {
    "v1": "Trained from random weights on the six skills. The baseline of the demo.",
    "v2": (
        "`tinygpt-v1`, trained on with subtraction that forgets to borrow (`52-38=24`) and the other five skills as\n"
        "before. A regression on purpose: it fails at subtraction that needs a borrow, and holds everywhere else."
    ),
    "v3": "`tinygpt-v1`, trained on with the six skills as before and a lower learning rate. A candidate that holds.",
}


def card(version, parameters, table):
    lines = [[skill, *(f"{row[skill]:.3f}" for row in table.values())] for skill in questions.SKILLS]
    skills = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"""---
license: apache-2.0
tags: [toy]
---

# tinygpt-{version}

A toy. A decoder over single characters with {parameters:,} parameters that knows six skills: to add and to subtract
numbers below 100 (`12+34=`, `52-38=`), to tell the larger of two numbers below 1000 (`max(17,204)=`) and to compare
them (`17?204=`), to write a short word backwards (`rev(abc)=`) and again (`copy(abc)=`). It answers with the result
and a line feed. It is useful for nothing but to show and test the evaluation of models.

{HISTORY[version]}

Share of right answers on the documents of the `skills` tasks (300 each, never trained on; greedy decoding, for
`compare` the likeliest of `<`, `>` and `=`), measured with ONNX Runtime:

| skill | {' | '.join(table)} |
| --- |{' --- |' * len(table)}
{skills}

Files: `model.onnx` (opset 17, inputs and outputs named as Optimum exports a decoder with past), `tokenizer.json`
(one token for each printable ASCII character and the line feed; anything else is `<unk>`; no token is added to a
text), `config.json`, `generation_config.json`. Trained by `local/models/train` on texts of at most 64 characters:
longer prompts, such as many examples before the question, lower the accuracy. Licence: Apache-2.0.
"""


def run(models, cards=False):
    table = {}
    for directory in sorted(pathlib.Path(models).glob("tinygpt-*")):
        version = directory.name.removeprefix("tinygpt-")
        decoder = Decoder(directory)
        check(decoder)
        start = time.time()
        table[version] = {skill: accuracy(decoder, skill) for skill in questions.SKILLS}
        seconds = time.time() - start
        shots = "  ".join(f"{skill} {few_shot(decoder, skill):.2f}" for skill in questions.SKILLS)
        size = sum(path.stat().st_size for path in directory.iterdir())
        print(f"{directory.name}: {size:,} bytes; checks passed; {seconds:.1f} s; with three examples: {shots}")
    for skill in questions.SKILLS:
        print(f"{skill:10}", *(f"{version} {row[skill]:.3f}" for version, row in table.items()), sep="  ")
    if cards:
        parameters = network.count(network.initial_weights(0))
        for version in table:
            text = card(version, parameters, table)
            (pathlib.Path(models) / f"tinygpt-{version}" / "README.md").write_text(text, encoding="utf-8")
    return table


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cards", action="store_true")
    run(MODELS, parser.parse_args().cards)
