#!/usr/bin/env python3
"""Makes the graphs in ../resources/models: a few kilobytes each, random weights, one for each kind of export.

    cached    inputs input_ids, attention_mask, position_ids, past_key_values.*; outputs logits, present.*
    half      the same in float16
    plain     without a cache
    absolute  with a cache, learned absolute positions and no position_ids: takes no padding
    bytes     only a tokenizer: one token for each byte, adds a start token

and expected.json: log-likelihoods and greedy texts of `cached` as ONNX Runtime computes them from Python.
Needs what ../../../../local/models/train/requirements.txt names.
"""

import copy
import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import tokenizers
from onnx import helper, numpy_helper
from onnxruntime.transformers.float16 import convert_float_to_float16
from tokenizers import decoders, models, pre_tokenizers, processors

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[3] / "local/models/train"))
import network  # noqa: E402

OUT = HERE.parent / "resources/models"

network.LAYERS, network.HEADS, network.HEAD_SIZE, network.INNER, network.POSITIONS = 2, 2, 4, 16, 64
network.WIDTH = network.HEADS * network.HEAD_SIZE
network.FREQUENCIES = (network.ROTARY_BASE ** (-np.arange(0, network.HEAD_SIZE, 2) / network.HEAD_SIZE)).astype(
    np.float32
)


def weights():
    chosen = network.initial_weights(7)
    chosen["embedding"] = np.asarray(chosen["embedding"]) * 20
    return {
        name: np.asarray(value) * (3 if name.endswith(("qkv", "up", "down", "out")) else 1)
        for name, value in chosen.items()
    }


def drop_input(graph, name):
    graph.input.remove(next(i for i in graph.input if i.name == name))


def plain(model):
    model = copy.deepcopy(model)
    graph = model.graph
    for node in graph.node:
        if node.op_type == "Concat" and node.input[0].startswith("past_key_values"):
            drop_input(graph, node.input[0])
            graph.output.remove(next(o for o in graph.output if o.name == node.output[0]))
            fresh = node.input[1]
            del node.input[:], node.attribute[:]
            node.input.append(fresh)
            node.op_type = "Identity"
    return model


def absolute(model):
    """Positions are counted from the first column, and their embedding is added: padding changes the answers."""
    model = copy.deepcopy(model)
    graph = model.graph
    drop_input(graph, "position_ids")
    rng = np.random.default_rng(11)
    table = rng.normal(0, 1, (network.POSITIONS, network.WIDTH)).astype(np.float32)
    graph.initializer.append(numpy_helper.from_array(table, "position_table"))
    graph.initializer.append(numpy_helper.from_array(np.array([0]), "row_axis"))
    nodes = list(graph.node)
    first = next(i for i, node in enumerate(nodes) if node.output[0] == "rotary/positions")
    nodes[first].input[0] = "counted_row"
    counted = [
        helper.make_node("Range", ["mask/past", "mask/total", "one"], ["counted"]),
        helper.make_node("Unsqueeze", ["counted", "row_axis"], ["counted_row"]),
    ]
    nodes[first:first] = counted
    at = next(i for i, node in enumerate(nodes) if node.output[0] == "embedded")
    nodes[at].output[0] = "embedded_tokens"
    nodes[at + 1 : at + 1] = [
        helper.make_node("Gather", ["position_table", "counted"], ["embedded_positions"]),
        helper.make_node("Add", ["embedded_tokens", "embedded_positions"], ["embedded"]),
    ]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def write(name, model):
    onnx.checker.check_model(model)
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    config = {
        "model_type": "gpt2" if name == "absolute" else "llama",
        "vocab_size": len(network.VOCABULARY),
        "max_position_embeddings": network.POSITIONS,
        "num_attention_heads": network.HEADS,
        "hidden_size": network.WIDTH,
        "bos_token_id": network.BOS,
        "eos_token_id": network.EOS,
    }
    if name == "absolute":
        config = {
            **config,
            "n_head": config.pop("num_attention_heads"),
            "n_embd": config.pop("hidden_size"),
            "n_positions": config.pop("max_position_embeddings"),
        }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "tokenizer.json").write_text(json.dumps(network.tokenizer()) + "\n")


def expected():
    session = onnxruntime.InferenceSession(OUT / "cached/model.onnx", providers=["CPUExecutionProvider"])
    tokenizer = tokenizers.Tokenizer.from_file(str(OUT / "cached/tokenizer.json"))

    def logits(ids):
        empty = np.zeros((1, network.HEADS, 0, network.HEAD_SIZE), np.float32)
        past = {i.name: empty for i in session.get_inputs() if i.name.startswith("past")}
        row = np.array([ids])
        inputs = {"input_ids": row, "attention_mask": np.ones_like(row), "position_ids": np.arange(len(ids))[None]}
        return session.run(["logits"], {**inputs, **past})[0][0].astype(np.float64)

    def likelihood(context, continuation):
        stripped = context.rstrip()
        moved = context[len(stripped) :] + continuation
        before = tokenizer.encode(stripped).ids or [network.BOS]
        after = tokenizer.encode(moved).ids
        rows = logits((before + after)[:-1])[len(before) - 1 :]
        rows = rows - np.log(np.exp(rows).sum(-1, keepdims=True))
        total = float(sum(rows[j, token] for j, token in enumerate(after)))
        return {
            "context": context,
            "continuation": continuation,
            "logLikelihood": total,
            "isGreedy": bool((rows.argmax(-1) == np.array(after)).all()),
        }

    def greedy(prompt, most):
        ids = tokenizer.encode(prompt).ids
        found = []
        while len(found) < most:
            token = int(logits(ids + found)[-1].argmax())
            if token == network.EOS:
                break
            found.append(token)
        return {"prompt": prompt, "maxTokens": most, "text": tokenizer.decode(found)}

    first = greedy("The", 1)["text"]
    pairs = [("The", " cat"), ("The ", "cat"), ("", "x"), ("", "hello"), ("12+34=", "46"), ("a\n \n", "b"), ("The", first)]
    texts = ["The", "12+34=", "rev(abc)=", "", "x"]
    return {
        "likelihoods": [likelihood(*pair) for pair in pairs],
        "texts": [greedy(text, 12) for text in texts if text],
    }


def byte_tokenizer():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {character: number for number, character in enumerate(alphabet)}
    tokenizer = tokenizers.Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    start = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", start)])
    folder = OUT / "bytes"
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(tokenizer.to_str() + "\n")
    config = {"bos_token": "<s>", "eos_token": {"content": "</s>"}, "chat_template": "{{ messages }}"}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def main():
    byte_tokenizer()
    cached = network.graph(weights())
    write("cached", cached)
    write("half", convert_float_to_float16(copy.deepcopy(cached), keep_io_types=False))
    write("plain", plain(cached))
    write("absolute", absolute(cached))
    (OUT / "expected.json").write_text(json.dumps(expected(), indent=2) + "\n")


main()
