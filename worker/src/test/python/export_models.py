#!/usr/bin/env python3
"""Exports small models of many families with Hugging Face Optimum, as users do, for OptimumExportsTest.

    python export_models.py FOLDER
    mvn -pl worker -am test -Dtest=OptimumExportsTest -Dsurefire.failIfNoSpecifiedTests=false -Dexports=FOLDER

The weights are random: nothing is downloaded. Beside each export lies expected.json, computed by PyTorch from the model
before the export. Tried with torch 1.13, transformers 4.41, optimum 1.21, onnx 1.16.
"""

import json
import pathlib
import sys

import torch
import transformers
from optimum.exporters.onnx import main_export

HERE = pathlib.Path(__file__).resolve().parent
TOKENIZER = HERE.parent / "resources/models/bytes/tokenizer.json"
TEXTS = ["Hello", "The quick brown fox jumps over the lazy dog and", "12+34=", "é", "a b c d e f g"]
PAIRS = [("Hello", " world"), ("Hello ", "world"), ("2+2=", "4"), ("", "x"), ("Is this right?\n", "yes")]
SMALL = dict(vocab_size=258, bos_token_id=256, eos_token_id=257, pad_token_id=257)
LLAMA = dict(
    SMALL,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    max_position_embeddings=128,
)
FAMILIES = {
    "gpt2": transformers.GPT2Config(**SMALL, n_embd=32, n_head=4, n_layer=2, n_positions=128),
    "llama-gqa": transformers.LlamaConfig(**LLAMA, num_key_value_heads=2),
    "mistral": transformers.MistralConfig(**LLAMA, num_key_value_heads=1),
    "qwen2": transformers.Qwen2Config(**LLAMA, num_key_value_heads=2),
    "gemma": transformers.GemmaConfig(**LLAMA, num_key_value_heads=1, head_dim=16),
    "gpt-neox": transformers.GPTNeoXConfig(**LLAMA, rotary_pct=0.5),
    "gpt-neo": transformers.GPTNeoConfig(
        **SMALL, hidden_size=32, num_heads=4, num_layers=2, max_position_embeddings=128,
        attention_types=[[["global", "local"], 1]], window_size=16,
    ),
    "gptj": transformers.GPTJConfig(**SMALL, n_embd=32, n_head=4, n_layer=2, n_positions=128, rotary_dim=4),
    "opt": transformers.OPTConfig(
        **SMALL, hidden_size=32, ffn_dim=48, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=128,
        word_embed_proj_dim=32,
    ),
    "phi": transformers.PhiConfig(**LLAMA),
}


def random_model(config):
    torch.manual_seed(3)
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.mul_(6)
    return model


def expected(model, tokenizer):
    def logits(ids):
        with torch.no_grad():
            return model(input_ids=torch.tensor([ids])).logits[0].double()

    def text(prompt):
        ids, found = tokenizer(prompt)["input_ids"], []
        while len(found) < 24:
            token = int(logits(ids + found)[-1].argmax())
            if token == tokenizer.eos_token_id:
                break
            found.append(token)
        return {"prompt": prompt, "text": tokenizer.decode(found, skip_special_tokens=True)}

    def likelihood(context, continuation):
        stripped = context.rstrip()
        before = tokenizer(stripped)["input_ids"]
        whole = tokenizer(context + continuation)["input_ids"]
        rows = logits(whole[:-1]).log_softmax(-1)
        total = sum(float(rows[j - 1, whole[j]]) for j in range(len(before), len(whole)))
        greedy = all(int(rows[j - 1].argmax()) == whole[j] for j in range(len(before), len(whole)))
        return {"context": context, "continuation": continuation, "logLikelihood": total, "isGreedy": greedy}

    return {"texts": [text(t) for t in TEXTS], "likelihoods": [likelihood(*pair) for pair in PAIRS]}


def main(folder):
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(TOKENIZER), bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    for name, config in FAMILIES.items():
        source = folder / "torch" / name
        model = random_model(config)
        model.save_pretrained(source)
        tokenizer.save_pretrained(source)
        reference = json.dumps(expected(model, tokenizer), indent=2)
        for task in ("text-generation-with-past", "text-generation"):
            target = folder / "onnx" / (name + ("" if task.endswith("past") else "-plain"))
            try:
                main_export(str(source), output=target, task=task, framework="pt", do_validation=False)
                (target / "expected.json").write_text(reference)
            except Exception as failure:
                print(f"{name} {task}: not exported: {failure!r}"[:300], file=sys.stderr)


main(pathlib.Path(sys.argv[1]))
