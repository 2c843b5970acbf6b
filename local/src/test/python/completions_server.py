"""An OpenAI-compatible completions server over a GGUF model: a development aid to evaluate one model with two programs.

    python completions_server.py model.gguf [--port 8099] [--threads 2] [--name model]

It answers /v1/models, /v1/completions (echo, logprobs, stop, stream) and what lm-eval's remote tokenizer asks
(/tokenize, /detokenize, /tokenizer_info). Log-probabilities are computed from the logits of every position of the
prompt, since llama_cpp.server's own echo is shifted by a token and takes the answer of one client for another's.
Needs llama-cpp-python.
"""

import argparse
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from llama_cpp import Llama


class Model:
    def __init__(self, path, threads, context, name):
        self.llm = Llama(path, n_ctx=context, n_threads=threads, n_threads_batch=threads, logits_all=True, verbose=False)
        self.name = name
        self.context = context
        self.lock = threading.Lock()

    def tokens(self, text):
        return self.llm.tokenize(text.encode("utf-8"), add_bos=False, special=True)

    def text(self, tokens):
        return self.llm.detokenize(tokens, special=True).decode("utf-8", "replace")

    def scored(self, tokens):
        """For each position the log-probabilities of what follows it."""
        self.llm.reset()
        self.llm.eval(tokens)
        logits = self.llm.scores[: len(tokens)].astype(np.float64)
        top = logits.max(axis=1, keepdims=True)
        return logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))

    def generate(self, tokens, limit, stops):
        self.llm.reset()
        self.llm.eval(tokens)
        made, reason = [], "length"
        while len(made) < limit and len(tokens) + len(made) < self.context:
            token = int(np.argmax(self.llm.scores[self.llm.n_tokens - 1]))
            if token == self.llm.token_eos() or self.text([token]) in ("<|im_end|>", "<|endoftext|>"):
                reason = "stop"
                break
            made.append(token)
            text = self.text(made)
            cuts = [text.find(stop) for stop in stops if stop in text]
            if cuts:
                return text[: min(cuts)], len(made), "stop"
            self.llm.eval([token])
        return self.text(made), len(made), reason


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
                self.answer(json.dumps({"bos_token": None, "eos_token": "<|endoftext|>", "chat_template": None}))
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
                        text, count, reason = model.generate(tokens, request.get("max_tokens", 16), stops)
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
    parser.add_argument("gguf")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--context", type=int, default=2048)
    parser.add_argument("--name", default="model")
    options = parser.parse_args()
    served = Model(options.gguf, options.threads, options.context, options.name)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), handler(served))
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()
