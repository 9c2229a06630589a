"""Hornbook beside Hugging Face's own transformers and PEFT, from end to end.

    go build -o hornbook ./cmd/hornbook
    python3 model/checkpoint/exchange/testdata/transformers/check.py ./hornbook

It wants transformers 5 and peft, which want a PyTorch that Debian 12 has not, so it is
run by hand: ../LOG.md has what it said. What Hornbook trains and exports must be read and
go on with the same words there; what they save with random weights must be imported, go
on with the same words here, and come back with the same logits. One line a case: PASS,
FAIL, or REFUSED with Hornbook's sentence. It ends with 1 if a case failed.
"""

import os
import shutil
import subprocess
import sys
import tempfile

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
import torch
import transformers as T
from peft import LoraConfig, PeftModel, get_peft_model

T.logging.disable_progress_bar()
HORNBOOK = os.path.abspath(sys.argv[1])
WORK = tempfile.mkdtemp()
PROMPTS = ["The king", "O Romeo, ", "First Citizen:\nSpeak"]
failed = 0


def at(name):
    return os.path.join(WORK, name.replace(" ", "-"))


def hornbook(*args):
    """What it prints, as bytes: a model with random weights writes broken UTF-8."""
    p = subprocess.run([HORNBOOK, *args], capture_output=True)
    if p.returncode:
        raise Refused(p.stderr.decode(errors="replace").strip().replace("\n", " "))
    return p.stdout


class Refused(Exception):
    pass


def case(name, check):
    global failed
    try:
        said = "PASS", check() or ""
    except Refused as e:
        said = "REFUSED", str(e)
    except Exception as e:  # a case that fails is told, and the next begins
        said = "FAIL", f"{type(e).__name__}: {e}"[:500]
        failed += 1
    print(said[0], name, said[1], flush=True)


def ids(tokenizer, text):
    return tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]


def same_words(model, tokenizer, run, most=40):
    """The likeliest tokens after each prompt are the same there and here."""
    for prompt in PROMPTS:
        begin = ids(tokenizer, prompt)
        with torch.no_grad():
            all = model.generate(begin, attention_mask=torch.ones_like(begin), max_new_tokens=most, do_sample=False, use_cache=False, pad_token_id=0)
        want = tokenizer.decode(all[0], clean_up_tokenization_spaces=False)
        got = hornbook("generate", "-run", run, "-temperature", "0", "-n", str(most), "-prompt", prompt).decode(errors="replace")
        if got.rstrip("\n\ufffd") != want.rstrip("\n\ufffd"):
            raise AssertionError(f"after {prompt!r} transformers writes {want!r}, Hornbook {got!r}")


def load(folder):
    return T.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


# --- what Hornbook trains, exported

SCENE = "The king shall speak to me, and Romeo is gone.\nFirst Citizen:\nWe are poor citizens, the patricians good.\n"
TEXT = "".join(f"{SCENE}Speak, O Romeo, of {n} days and {n * n} nights.\n" for n in range(400))
SMALL = "layers=2 channels=64 heads=4 kv_heads=4 hidden=256 context=64".split()
TRAINED = {
    "nanogpt-cpu": [f"-set=model.{x}" for x in SMALL],
    "stories": [],
    "tiny": [],
    "deepseek": [],
}


def train(preset, more):
    run, folder = at(preset + "-run"), at(preset)
    hornbook("train", "-preset", preset, "-data", at("text"), "-steps", "40", "-set", "batch=2", *more, "-out", run)
    hornbook("export", "-run", run, "-format", "hf", "-o", folder)
    same_words(load(folder), T.AutoTokenizer.from_pretrained(folder), run)


def adapt(preset):
    run, packed, folder = at(preset + "-adapter-run"), at(preset + "-adapter.zip"), at(preset + "-adapter")
    hornbook("train", "-from", at(preset + "-run"), "-method", "lora", "-data", at("text"), "-steps", "20", "-set", "batch=2", "-learning-rate", "0.01", "-out", run)
    hornbook("export", "-run", run, "-format", "peft", "-o", packed)
    shutil.unpack_archive(packed, folder)
    folder = next(d for d, _, files in os.walk(folder) if "adapter_config.json" in files)
    same_words(PeftModel.from_pretrained(load(at(preset)), folder).eval(), T.AutoTokenizer.from_pretrained(at(preset)), run)


# --- what transformers saves, imported

LLAMA = dict(hidden_size=64, intermediate_size=112, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64)
NEOX = dict(hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=64, rotary_pct=0.25)
GPT2 = dict(n_embd=64, n_layer=2, n_head=4, n_positions=64)
NEO = dict(hidden_size=64, num_layers=2, num_heads=4, max_position_embeddings=64, attention_types=[[["global", "local"], 1]], window_size=16)
DEEP = dict(
    hidden_size=64, intermediate_size=112, moe_intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4, n_shared_experts=1,
    n_routed_experts=4, num_experts_per_tok=2, n_group=1, topk_group=1, first_k_dense_replace=1, kv_lora_rank=32, q_lora_rank=48, qk_rope_head_dim=16,
    qk_nope_head_dim=16, v_head_dim=16, max_position_embeddings=64,
)  # fmt: skip


def rope(kind, **more):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": 10000.0, **more}}


SAVED = {
    "llama": (T.LlamaConfig, LLAMA),
    "llama, tied": (T.LlamaConfig, LLAMA | {"tie_word_embeddings": True}),
    "llama, wide heads": (T.LlamaConfig, LLAMA | {"head_dim": 24}),
    "llama, attention_bias": (T.LlamaConfig, LLAMA | {"attention_bias": True}),
    "llama, mlp_bias": (T.LlamaConfig, LLAMA | {"mlp_bias": True}),
    "llama, rope llama3": (T.LlamaConfig, LLAMA | rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)),
    "llama, rope linear": (T.LlamaConfig, LLAMA | rope("linear", factor=2.0)),
    "llama, rope yarn": (T.LlamaConfig, LLAMA | rope("yarn", factor=4.0, original_max_position_embeddings=16)),
    "llama, rope dynamic": (T.LlamaConfig, LLAMA | rope("dynamic", factor=2.0)),
    "mistral": (T.MistralConfig, LLAMA | {"sliding_window": None}),
    "mistral, window": (T.MistralConfig, LLAMA | {"sliding_window": 16}),
    "qwen2": (T.Qwen2Config, LLAMA),
    "qwen2, windows": (T.Qwen2Config, LLAMA | {"use_sliding_window": True, "sliding_window": 16, "max_window_layers": 1}),
    "qwen3": (T.Qwen3Config, LLAMA | {"head_dim": 16}),
    "gpt2": (T.GPT2Config, GPT2),
    "gpt2, scaled by layer": (T.GPT2Config, GPT2 | {"scale_attn_by_inverse_layer_idx": True}),
    "gpt_neo": (T.GPTNeoConfig, NEO),
    "gpt_neox": (T.GPTNeoXConfig, NEOX),
    "gpt_neox, serial": (T.GPTNeoXConfig, NEOX | {"use_parallel_residual": False}),
    "deepseek_v3": (T.DeepseekV3Config, DEEP | {"tie_word_embeddings": True, "routed_scaling_factor": 1.0}),
    "deepseek_v3, untied": (T.DeepseekV3Config, DEEP),
    "deepseek_v3, groups": (T.DeepseekV3Config, DEEP | {"n_routed_experts": 8, "n_group": 4, "topk_group": 2}),
    "deepseek_v3, plain queries": (T.DeepseekV3Config, DEEP | {"q_lora_rank": None}),
    "smollm3": (T.SmolLM3Config, LLAMA),
    "gemma3": (T.Gemma3TextConfig, LLAMA | {"head_dim": 16}),
}


def random(name, vocab):
    """A model with random weights, large enough that words differ."""
    kind, shape = SAVED[name]
    torch.manual_seed(1)
    model = T.AutoModelForCausalLM.from_config(kind(vocab_size=vocab, initializer_range=0.2, bos_token_id=None, eos_token_id=None, pad_token_id=None, **shape)).eval()
    with torch.no_grad():
        for key, p in model.named_parameters():
            if key.endswith("bias"):
                p.normal_(0, 0.1)
        for key, b in model.named_buffers():
            if key.endswith("e_score_correction_bias"):
                b.normal_(0, 0.1)
    return model


def imported(name, tokenizer):
    folder, model = at(name), random(name, len(tokenizer))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    hornbook("import", "-o", folder + "-run", folder)
    same_words(model, tokenizer, folder + "-run")
    hornbook("export", "-run", folder + "-run", "-format", "hf", "-o", folder + "-back")
    begin = ids(tokenizer, PROMPTS[2])
    with torch.no_grad():
        off = (model(begin, use_cache=False).logits - load(folder + "-back")(begin, use_cache=False).logits).abs().max().item()
    if off > 1e-5:
        raise AssertionError(f"logits are {off:.1e} apart after the way back")
    return f"and back, logits {off:.0e} apart"


def stops(tokenizer):
    """Writing ends at the token that generation_config.json names."""
    name = "llama"
    model, folder = random(name, len(tokenizer)), at("llama that stops")
    begin = ids(tokenizer, PROMPTS[0])
    with torch.no_grad():
        all = model.generate(begin, attention_mask=torch.ones_like(begin), max_new_tokens=9, do_sample=False, use_cache=False, pad_token_id=0)
    model.generation_config.eos_token_id = [int(all[0, -1]), len(tokenizer) - 1]
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    hornbook("import", "-o", folder + "-run", folder)
    got = hornbook("generate", "-run", folder + "-run", "-temperature", "0", "-n", "30", "-prompt", PROMPTS[0]).decode(errors="replace")
    want = tokenizer.decode(all[0, :-1], clean_up_tokenization_spaces=False)
    if got.rstrip("\n\ufffd") != want.rstrip("\n\ufffd"):
        raise AssertionError(f"{want!r} was to be written, {got!r} was")


# --- what PEFT saves, imported onto its base

MOST = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAPTERS = {
    "gpt2, PEFT's default": ("gpt2", {}),
    "gpt2, c_attn c_proj c_fc": ("gpt2", {"target_modules": ["c_attn", "c_proj", "c_fc"]}),
    "llama, PEFT's default": ("llama", {}),
    "llama, all-linear": ("llama", {"target_modules": "all-linear"}),
    "llama, rslora": ("llama", {"target_modules": MOST, "use_rslora": True}),
    "llama, patterns": ("llama", {"target_modules": ["q_proj", "v_proj"], "rank_pattern": {"q_proj": 2}, "alpha_pattern": {"v_proj": 32}}),
    "llama, one layer": ("llama", {"target_modules": ["q_proj"], "layers_to_transform": [1]}),
    "llama, a regular expression": ("llama", {"target_modules": r".*layers\.0.*(q_proj|up_proj)"}),
    "llama, exclude_modules": ("llama", {"target_modules": "all-linear", "exclude_modules": ["down_proj"]}),
    "llama, modules_to_save": ("llama", {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]}),
    "qwen2, PEFT's default": ("qwen2", {}),
    "gpt_neox, PEFT's default": ("gpt_neox", {}),
    "llama, DoRA": ("llama", {"target_modules": ["q_proj"], "use_dora": True}),
    "llama, PiSSA": ("llama", {"target_modules": ["q_proj"], "init_lora_weights": "pissa"}),
    "llama, lora_bias": ("llama", {"target_modules": ["q_proj"], "lora_bias": True}),
    "llama, the embedding": ("llama", {"target_modules": ["q_proj", "embed_tokens"]}),
    "llama, trainable tokens": ("llama", {"target_modules": ["q_proj"], "trainable_token_indices": [3, 4]}),
}


def adapter(name, tokenizer):
    base, options = ADAPTERS[name]
    folder, model = at("adapter of " + name), random(base, len(tokenizer))
    torch.manual_seed(2)
    model = get_peft_model(model, LoraConfig(**{"task_type": "CAUSAL_LM", "r": 4, "init_lora_weights": False} | options)).eval()
    model.save_pretrained(folder)
    hornbook("import", "-onto", at(base) + "-run", "-o", folder + "-run", folder)
    same_words(model, tokenizer, folder + "-run")


def main():
    print(f"transformers {T.__version__}, PyTorch {torch.__version__}", flush=True)
    with open(at("text"), "w") as f:
        f.write(TEXT)
    for preset, more in TRAINED.items():
        case("export of " + preset, lambda: train(preset, more))
    for preset in ["nanogpt-cpu", "stories", "tiny"]:
        case("export of an adapter for " + preset, lambda: adapt(preset))
    tokenizer = T.AutoTokenizer.from_pretrained(at("stories"))
    for name in SAVED:
        case("import of " + name, lambda: imported(name, tokenizer))
    case("import of what stops", lambda: stops(tokenizer))
    for name in ADAPTERS:
        case("import of an adapter, " + name, lambda: adapter(name, tokenizer))
    shutil.rmtree(WORK)
    sys.exit(failed > 0)


main()
