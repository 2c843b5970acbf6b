#!/bin/sh
# lm-eval's side of the end-to-end comparison. PYTHON must have lm-eval[api]; $1: server, such as http://127.0.0.1:8099; $2: folder
cd "$(dirname "$0")/../resources/harness/e2e" || exit 1
exec "${PYTHON:-python3}" -m lm_eval --model local-completions \
  --model_args "model=model,base_url=$1/v1/completions,tokenizer_backend=remote,tokenized_requests=True,num_concurrent=1,max_retries=3" \
  --include_path . --tasks e2e_facts,e2e_yesno,e2e_fill,e2e_cloze,e2e_text,e2e_generate \
  --output_path "$2" --log_samples
