"""An OpenAI-compatible completions server over a small model: a development aid to evaluate one model with two programs.

    python completions_server.py MODEL [--port 8099] [--threads 2] [--name model]

MODEL is a GGUF file (needs llama-cpp-python), or a folder with model.onnx and tokenizer.json as evalfleet's djl backend
takes it, such as local/models/tinygpt-v1 (needs onnxruntime and tokenizers).

It answers /v1/models, /v1/completions (echo, logprobs, stop, stream) and what lm-eval's remote tokenizer asks
(/tokenize, /detokenize, /tokenizer_info). Log-probabilities are computed from the logits of every position of the
prompt, since llama_cpp.server's own echo is shifted by a token and takes the answer of one client for another's.
"""

import argparse
import json
import pathlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np


def log_softmax(logits):
    logits = logits.astype(np.float64)
    top = logits.max(axis=1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))


class GgufModel:
    def __init__(self, path, threads, context, name):
        from llama_cpp import Llama

        self.llm = Llama(path, n_ctx=context, n_threads=threads, n_threads_batch=threads, logits_all=True, verbose=False)
        self.name = name
        self.context = context
        self.lock = threading.Lock()

    def is_end(self, token):
        return token == self.llm.token_eos() or self.text([token]) in ("<|im_end|>", "<|endoftext|>")

    def start(self):
        return None

    def end(self):
        return "<|endoftext|>"

    def tokens(self, text):
        return self.llm.tokenize(text.encode("utf-8"), add_bos=False, special=True)

    def text(self, tokens):
        return self.llm.detokenize(tokens, special=True).decode("utf-8", "replace")

    def scored(self, tokens):
        """For each position the log-probabilities of what follows it."""
        self.llm.reset()
        self.llm.eval(tokens)
        return log_softmax(self.llm.scores[: len(tokens)])

    def next_token(self, tokens):
        if self.llm.n_tokens == 0 or list(self.llm.input_ids[: self.llm.n_tokens]) != tokens[:-1]:
            self.llm.reset()
            self.llm.eval(tokens)
        else:
            self.llm.eval(tokens[-1:])
        return int(np.argmax(self.llm.scores[self.llm.n_tokens - 1]))


class OnnxModel:
    def __init__(self, path, threads, name):
        import onnxruntime
        from tokenizers import Tokenizer

        folder = pathlib.Path(path)
        self.config = json.loads((folder / "config.json").read_text())
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, ["CPUExecutionProvider"])
        heads, size = self.config["num_key_value_heads"], self.config["head_dim"]
        inputs = [one.name for one in self.session.get_inputs()]
        self.past = {one: np.zeros((1, heads, 0, size), np.float32) for one in inputs if one.startswith("past")}
        self.name = name
        self.context = self.config["max_position_embeddings"]
        self.lock = threading.Lock()

    def is_end(self, token):
        return token == self.config["eos_token_id"]

    def start(self):
        return self.tokenizer.id_to_token(self.config["bos_token_id"])

    def end(self):
        return self.tokenizer.id_to_token(self.config["eos_token_id"])

    def tokens(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def text(self, tokens):
        return self.tokenizer.decode(tokens, skip_special_tokens=False)

    def scored(self, tokens):
        ids = np.array([tokens], np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "position_ids": np.arange(len(tokens))[None], **self.past}
        return log_softmax(self.session.run(["logits"], feed)[0][0])

    def next_token(self, tokens):
        return int(np.argmax(self.scored(tokens)[-1]))


def generate(model, tokens, limit, stops):
    made, reason = [], "length"
    while len(made) < limit and len(tokens) + len(made) < model.context:
        token = model.next_token(tokens + made)
        if model.is_end(token):
            reason = "stop"
            break
        made.append(token)
        text = model.text(made)
        cuts = [text.find(stop) for stop in stops if stop in text]
        if cuts:
            return text[: min(cuts)], len(made), "stop"
    return model.text(made), len(made), reason


def echoed(model, tokens):
    scores = model.scored(tokens)
    generated = int(np.argmax(scores[-1]))
    everything = list(tokens) + [generated]
    values, tops = [None], [None]
    for position, token in enumerate(everything[1:]):
        row = scores[position]
        best = int(np.argmax(row))
        values.append(float(row[token]))
        tops.append({model.text([best]): float(row[best])})
    spelt = [model.text([token]) for token in everything]
    offsets = list(np.cumsum([0] + [len(one) for one in spelt[:-1]]))
    return {
        "text": model.text(everything),
        "logprobs": {
            "tokens": spelt,
            "token_logprobs": values,
            "top_logprobs": tops,
            "text_offset": [int(offset) for offset in offsets],
        },
        "finish_reason": "length",
    }


def handler(model):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments):
            pass

        def answer(self, body, kind="application/json"):
            data = body.encode("utf-8")
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self):
            if self.path == "/tokenizer_info":
                self.answer(json.dumps({"bos_token": model.start(), "eos_token": model.end(), "chat_template": None}))
            else:
                self.answer(json.dumps({"object": "list", "data": [{"id": model.name, "object": "model"}]}))

        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/tokenize":
                self.answer(json.dumps({"tokens": model.tokens(request["prompt"])}))
            elif self.path == "/detokenize":
                self.answer(json.dumps({"prompt": model.text(request["tokens"])}))
            else:
                self.complete(request)

        def complete(self, request):
            prompts = request["prompt"]
            if isinstance(prompts, str) or (prompts and isinstance(prompts[0], int)):
                prompts = [prompts]
            choices, asked, made = [], 0, 0
            with model.lock:
                for index, prompt in enumerate(prompts):
                    tokens = model.tokens(prompt) if isinstance(prompt, str) else prompt
                    asked += len(tokens)
                    if request.get("echo"):
                        choice, count = echoed(model, tokens), 1
                    else:
                        stops = request.get("stop") or []
                        stops = [stops] if isinstance(stops, str) else stops
                        text, count, reason = generate(model, tokens, request.get("max_tokens", 16), stops)
                        choice = {"text": text, "logprobs": None, "finish_reason": reason}
                    made += count
                    choices.append({"index": index, **choice})
            usage = {"prompt_tokens": asked, "completion_tokens": made, "total_tokens": asked + made}
            reply = {"object": "text_completion", "model": model.name, "choices": choices, "usage": usage}
            if request.get("stream"):
                self.answer("data: " + json.dumps(reply) + "\n\ndata: [DONE]\n\n", "text/event-stream")
            else:
                self.answer(json.dumps(reply))

    return Handler


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--context", type=int, default=2048)
    parser.add_argument("--name", default="model")
    options = parser.parse_args()
    if options.model.endswith(".gguf"):
        served = GgufModel(options.model, options.threads, options.context, options.name)
    else:
        served = OnnxModel(options.model, options.threads, options.name)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(served))
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()
