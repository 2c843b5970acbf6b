"""The network of the demo models: in JAX for training, as an ONNX graph for use.

A decoder-only transformer over characters: layer normalisation before each block, rotary
positions, ReLU, no biases in the projections, input and output embedding tied.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, HEAD_SIZE, INNER = 3, 4, 32, 512
WIDTH = HEADS * HEAD_SIZE
POSITIONS = 256
ROTARY_BASE = 1000.0
EPSILON = 1e-5

PAD, UNK, BOS, EOS = range(4)
SPECIAL = ["<pad>", "<unk>", "<bos>", "<eos>"]
CHARACTERS = ["\n"] + [chr(code) for code in range(32, 127)]
VOCABULARY = {token: number for number, token in enumerate(SPECIAL + CHARACTERS)}
FREQUENCIES = (ROTARY_BASE ** (-np.arange(0, HEAD_SIZE, 2) / HEAD_SIZE)).astype(np.float32)


def encode(text):
    return [VOCABULARY[character] for character in text]


def decode(numbers):
    return "".join(CHARACTERS[n - len(SPECIAL)] for n in numbers if n >= len(SPECIAL))


# ---------------------------------------------------------------- training


def initial_weights(seed):
    rng = np.random.default_rng(seed)

    def matrix(rows, columns, scale=1.0):
        return jnp.asarray(rng.normal(0, scale / np.sqrt(rows), (rows, columns)), jnp.float32)

    weights = {"embedding": jnp.asarray(rng.normal(0, 0.05, (len(VOCABULARY), WIDTH)), jnp.float32)}
    for i in range(LAYERS):
        weights[f"layers.{i}.attention.norm"] = jnp.ones(WIDTH)
        weights[f"layers.{i}.attention.qkv"] = matrix(WIDTH, 3 * WIDTH)
        weights[f"layers.{i}.attention.out"] = matrix(WIDTH, WIDTH, 1 / np.sqrt(2 * LAYERS))
        weights[f"layers.{i}.mlp.norm"] = jnp.ones(WIDTH)
        weights[f"layers.{i}.mlp.up"] = matrix(WIDTH, INNER)
        weights[f"layers.{i}.mlp.down"] = matrix(INNER, WIDTH, 1 / np.sqrt(2 * LAYERS))
    weights["norm"] = jnp.ones(WIDTH)
    return weights


def count(weights):
    return sum(int(np.prod(w.shape)) for w in weights.values())


def normalise(x, scale):
    x = x - x.mean(-1, keepdims=True)
    return x * jax.lax.rsqrt((x * x).mean(-1, keepdims=True) + EPSILON) * scale


def forward(weights, ids):
    """Logits [batch, length, vocabulary] of sequences that are padded on the right."""
    batch, length = ids.shape
    angles = jnp.arange(length)[:, None] * jnp.tile(FREQUENCIES, 2)[None]
    cos, sin = jnp.cos(angles), jnp.sin(angles)
    causal = jnp.tril(jnp.ones((length, length), bool))

    def rotate(x):
        first, second = jnp.split(x, 2, -1)
        return x * cos + jnp.concatenate([-second, first], -1) * sin

    x = weights["embedding"][ids]
    for i in range(LAYERS):
        h = normalise(x, weights[f"layers.{i}.attention.norm"]) @ weights[f"layers.{i}.attention.qkv"]
        q, k, v = (
            part.reshape(batch, length, HEADS, HEAD_SIZE).transpose(0, 2, 1, 3) for part in jnp.split(h, 3, -1)
        )
        scores = rotate(q) @ rotate(k).swapaxes(-1, -2) / np.sqrt(HEAD_SIZE)
        h = jax.nn.softmax(jnp.where(causal, scores, -1e9), -1) @ v
        x = x + h.transpose(0, 2, 1, 3).reshape(batch, length, WIDTH) @ weights[f"layers.{i}.attention.out"]
        h = normalise(x, weights[f"layers.{i}.mlp.norm"]) @ weights[f"layers.{i}.mlp.up"]
        x = x + jax.nn.relu(h) @ weights[f"layers.{i}.mlp.down"]
    return normalise(x, weights["norm"]) @ weights["embedding"].T


# ---------------------------------------------------------------- export


def graph(weights):
    """The ONNX model, with the names and axes of an Optimum export with past."""
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(kind, inputs, output, **attributes):
        outputs = [output] if isinstance(output, str) else output
        nodes.append(helper.make_node(kind, inputs, outputs, name="/" + outputs[0], **attributes))
        return output

    zero = constant("zero", np.int64(0))
    one = constant("one", np.int64(1))
    axis_1, axis_2 = constant("axis_1", np.array([1])), constant("axis_2", np.array([2]))
    axes_0_1 = constant("axes_0_1", np.array([0, 1]))
    axes_1_2 = constant("axes_1_2", np.array([1, 2]))
    heads_shape = constant("heads_shape", np.array([0, 0, HEADS, HEAD_SIZE]))
    double_shape = constant("double_shape", np.array([0, 0, 2 * HEADS, HEAD_SIZE]))
    flat_shape = constant("flat_shape", np.array([0, 0, WIDTH]))
    qk_v = constant("qk_v", np.array([2 * WIDTH, WIDTH]))
    frequencies = constant("frequencies", np.tile(FREQUENCIES, 2))
    half = HEAD_SIZE // 2
    turn = np.zeros((HEAD_SIZE, HEAD_SIZE), np.float32)  # x @ turn = (-second half, first half)
    turn[half + np.arange(half), np.arange(half)] = -1
    turn[np.arange(half), half + np.arange(half)] = 1
    turn = constant("turn", turn)
    nothing, minus = constant("nothing", np.float32(0)), constant("minus", np.float32(-1e9))

    # What each query may see: keys that are not padding and not after it.
    shape = node("Shape", ["attention_mask"], "mask/shape")
    total = node("Gather", [shape, one], "mask/total")
    shape = node("Shape", ["input_ids"], "ids/shape")
    length = node("Gather", [shape, one], "ids/length")
    past = node("Sub", [total, length], "mask/past")
    keys = node("Range", [zero, total, one], "mask/keys")
    queries = node("Range", [past, total, one], "mask/queries")
    queries = node("Unsqueeze", [queries, axis_1], "mask/queries_column")
    causal = node("LessOrEqual", [keys, queries], "mask/causal")
    causal = node("Unsqueeze", [causal, axes_0_1], "mask/causal_4d")
    real = node("Cast", ["attention_mask"], "mask/real", to=TensorProto.BOOL)
    real = node("Unsqueeze", [real, axes_1_2], "mask/real_4d")
    visible = node("And", [causal, real], "mask/visible")
    bias = node("Where", [visible, nothing, minus], "mask/bias")

    # Rotary positions, for all heads of queries and keys at once.
    positions = node("Cast", ["position_ids"], "rotary/positions", to=TensorProto.FLOAT)
    positions = node("Unsqueeze", [positions, axes_1_2], "rotary/positions_4d")
    positions = node("Transpose", [positions], "rotary/positions_column", perm=[0, 1, 3, 2])
    angles = node("Mul", [positions, frequencies], "rotary/angles")
    cos, sin = node("Cos", [angles], "rotary/cos"), node("Sin", [angles], "rotary/sin")

    x = node("Gather", [constant("embedding", weights["embedding"]), "input_ids"], "embedded")
    for i in range(LAYERS):
        name = f"layers.{i}."

        def weight(key, factor=1):
            return constant(name + key, (np.asarray(weights[name + key]) * factor).astype(np.float32))

        scale = np.ones(3 * WIDTH, np.float32)
        scale[:WIDTH] = 1 / np.sqrt(HEAD_SIZE)
        p = name + "attention/"
        h = node("LayerNormalization", [x, weight("attention.norm")], p + "normed", axis=-1, epsilon=EPSILON)
        h = node("MatMul", [h, weight("attention.qkv", scale)], p + "qkv")
        qk, v = node("Split", [h, qk_v], [p + "qk", p + "v"], axis=-1)
        qk = node("Reshape", [qk, double_shape], p + "qk_heads")
        qk = node("Transpose", [qk], p + "qk_by_head", perm=[0, 2, 1, 3])
        straight = node("Mul", [qk, cos], p + "straight")
        turned = node("MatMul", [qk, turn], p + "turned")
        turned = node("Mul", [turned, sin], p + "turned_sin")
        qk = node("Add", [straight, turned], p + "rotated")
        q, k = node("Split", [qk], [p + "q", p + "k"], axis=1)
        v = node("Reshape", [v, heads_shape], p + "v_heads")
        v = node("Transpose", [v], p + "v_by_head", perm=[0, 2, 1, 3])
        k = node("Concat", [f"past_key_values.{i}.key", k], f"present.{i}.key", axis=2)
        v = node("Concat", [f"past_key_values.{i}.value", v], f"present.{i}.value", axis=2)
        k = node("Transpose", [k], p + "k_columns", perm=[0, 1, 3, 2])
        h = node("MatMul", [q, k], p + "scores")
        h = node("Add", [h, bias], p + "masked")
        h = node("Softmax", [h], p + "shares", axis=-1)
        h = node("MatMul", [h, v], p + "mixed")
        h = node("Transpose", [h], p + "mixed_by_position", perm=[0, 2, 1, 3])
        h = node("Reshape", [h, flat_shape], p + "flat")
        h = node("MatMul", [h, weight("attention.out")], p + "out")
        x = node("Add", [x, h], p + "sum")
        p = name + "mlp/"
        h = node("LayerNormalization", [x, weight("mlp.norm")], p + "normed", axis=-1, epsilon=EPSILON)
        h = node("MatMul", [h, weight("mlp.up")], p + "up")
        h = node("Relu", [h], p + "relu")
        h = node("MatMul", [h, weight("mlp.down")], p + "down")
        x = node("Add", [x, h], p + "sum")
    x = node("LayerNormalization", [x, constant("norm", weights["norm"])], "normed", axis=-1, epsilon=EPSILON)
    head = node("Transpose", ["embedding"], "head", perm=[1, 0])
    node("MatMul", [x, head], "logits")

    def value(name, kind, *shape):
        return helper.make_tensor_value_info(name, kind, shape)

    batch, length, past, total = "batch_size", "sequence_length", "past_sequence_length", "total_sequence_length"
    inputs = [
        value("input_ids", TensorProto.INT64, batch, length),
        value("attention_mask", TensorProto.INT64, batch, total),
        value("position_ids", TensorProto.INT64, batch, length),
    ]
    outputs = [value("logits", TensorProto.FLOAT, batch, length, len(VOCABULARY))]
    for i in range(LAYERS):
        for part in ("key", "value"):
            cache = (TensorProto.FLOAT, batch, HEADS)
            inputs.append(value(f"past_key_values.{i}.{part}", *cache, past, HEAD_SIZE))
            outputs.append(value(f"present.{i}.{part}", *cache, total, HEAD_SIZE))
    used = {name for n in nodes for name in n.input}
    constants = [c for c in constants if c.name in used]
    model = helper.make_model(
        helper.make_graph(nodes, "tinygpt", inputs, outputs, constants),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=8,
        producer_name="tinygpt",
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def load_weights(path):
    """The weights of an exported model, to go on training."""
    model = onnx.load(path)
    stored = {c.name: np.array(numpy_helper.to_array(c)) for c in model.graph.initializer}
    weights = {name: stored[name] for name in initial_weights(0)}
    for i in range(LAYERS):
        weights[f"layers.{i}.attention.qkv"][:, :WIDTH] *= np.sqrt(HEAD_SIZE)
    return {name: jnp.asarray(weight) for name, weight in weights.items()}


def tokenizer():
    """One token for each character; nothing is added, cut or normalised."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": number,
                "content": token,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for number, token in enumerate(SPECIAL)
        ],
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"Regex": "[\\s\\S]"},
            "behavior": "Isolated",
            "invert": False,
        },
        "post_processor": None,
        "decoder": {"type": "Fuse"},
        "model": {"type": "WordLevel", "vocab": VOCABULARY, "unk_token": "<unk>"},
    }


def write(directory, weights):
    """Writes the files that a user of an Optimum export expects."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    special = {"bos_token_id": BOS, "eos_token_id": EOS, "pad_token_id": PAD}
    config = {
        "architectures": ["TinyGptForCausalLM"],
        "model_type": "tinygpt",
        "vocab_size": len(VOCABULARY),
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "head_dim": HEAD_SIZE,
        "max_position_embeddings": POSITIONS,
        "rope_theta": ROTARY_BASE,
        "layer_norm_eps": EPSILON,
        "hidden_act": "relu",
        "tie_word_embeddings": True,
        "use_cache": True,
        "torch_dtype": "float32",
        **special,
    }
    files = {
        "config.json": config,
        "generation_config.json": {**special, "do_sample": False, "max_new_tokens": 16},
        "tokenizer.json": tokenizer(),
    }
    for name, content in files.items():
        (directory / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    onnx.save(graph(weights), directory / "model.onnx")
