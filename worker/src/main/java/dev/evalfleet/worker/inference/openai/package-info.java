/// Any server that speaks OpenAI's API: vLLM, SGLang, TGI, Triton, TensorRT-LLM, llama.cpp, hosted ones.
@NullMarked
package dev.evalfleet.worker.inference.openai;

import org.jspecify.annotations.NullMarked;
