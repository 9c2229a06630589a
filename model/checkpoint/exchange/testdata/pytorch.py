"""Writes the checkpoints of pytorch/ and the logits that PyTorch computes of them.

The models are written here once more, by hand, in the layouts of Hugging
Face's transformers (LlamaForCausalLM, Qwen3ForCausalLM, GPT2LMHeadModel), and so
is safetensors: nothing of Hornbook is used. Needs Debian's python3-torch.

    /usr/bin/python3 -B pytorch.py
"""
import json
import math
import os
import struct

import torch

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch")
CHARACTERS = sorted("abcdefghijklmnop é日")
V = len(CHARACTERS)
TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def write_safetensors(path, tensors):
    header, blobs, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name, t in tensors.items():
        raw = t.contiguous().view(torch.int16 if t.element_size() == 2 else torch.int32).numpy().tobytes()
        header[name] = {"dtype": TYPES[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + len(raw)]}
        blobs.append(raw)
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def linear(x, w, name):
    y = x @ w[name + ".weight"].T
    return y + w[name + ".bias"] if name + ".bias" in w else y


def rmsnorm(x, gain, eps):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * gain


def rotate_half(x):
    half = x.shape[-1] // 2
    return torch.cat((-x[..., half:], x[..., :half]), -1)


def attend(q, k, v):
    """q (T,H,D), k and v (T,K,D), causal."""
    t, h, d = q.shape
    k, v = (x.repeat_interleave(h // x.shape[1], 1) for x in (k, v))
    scores = torch.einsum("qhd,khd->hqk", q, k) / math.sqrt(d)
    scores = scores.masked_fill(torch.ones(t, t).triu(1).bool(), -math.inf)
    return torch.einsum("hqk,khd->qhd", scores.softmax(-1), v).reshape(t, h * d)


def rope_model(w, c, ids):
    """Llama's and Qwen3's logits (T,V)."""
    d, eps = c["head_dim"], c["rms_norm_eps"]
    theta = c["rope_parameters"]["rope_theta"] if "rope_parameters" in c else c["rope_theta"]
    angles = torch.outer(torch.arange(len(ids)).float(), theta ** (-torch.arange(0, d, 2).float() / d))
    cos, sin = (torch.cat((f(angles), f(angles)), -1)[:, None] for f in (torch.cos, torch.sin))
    x = w["model.embed_tokens.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        n = rmsnorm(x, w[p + "input_layernorm.weight"], eps)
        q, k, v = (linear(n, w, p + f"self_attn.{s}_proj").reshape(len(ids), -1, d) for s in "qkv")
        if c["model_type"] == "qwen3":
            q, k = rmsnorm(q, w[p + "self_attn.q_norm.weight"], eps), rmsnorm(k, w[p + "self_attn.k_norm.weight"], eps)
        q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
        x = x + linear(attend(q, k, v), w, p + "self_attn.o_proj")
        n = rmsnorm(x, w[p + "post_attention_layernorm.weight"], eps)
        gate = torch.nn.functional.silu(linear(n, w, p + "mlp.gate_proj"))
        x = x + linear(gate * linear(n, w, p + "mlp.up_proj"), w, p + "mlp.down_proj")
    x = rmsnorm(x, w["model.norm.weight"], eps)
    return x @ (w["model.embed_tokens.weight"] if c["tie_word_embeddings"] else w["lm_head.weight"]).T


def gpt2_model(w, c, ids):
    """GPT-2's logits (T,V)."""
    def norm(x, name):
        return torch.nn.functional.layer_norm(x, (c["n_embd"],), w[name + ".weight"], w[name + ".bias"], c["layer_norm_epsilon"])

    def conv1d(x, name):
        return x @ w[name + ".weight"] + w[name + ".bias"]

    def gelu_new(x):
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))

    t = "transformer."
    x = w[t + "wte.weight"][ids] + w[t + "wpe.weight"][: len(ids)]
    for i in range(c["n_layer"]):
        p = f"{t}h.{i}."
        q, k, v = (s.reshape(len(ids), c["n_head"], -1) for s in conv1d(norm(x, p + "ln_1"), p + "attn.c_attn").chunk(3, -1))
        x = x + conv1d(attend(q, k, v), p + "attn.c_proj")
        x = x + conv1d(gelu_new(conv1d(norm(x, p + "ln_2"), p + "mlp.c_fc")), p + "mlp.c_proj")
    return norm(x, t + "ln_f") @ w[t + "wte.weight"].T


def rope_weights(c, biases=()):
    n, d, f = c["hidden_size"], c["head_dim"], c["intermediate_size"]
    h, k = c["num_attention_heads"], c["num_key_value_heads"]
    shapes = {"model.embed_tokens.weight": (V, n)}
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        for name, out, into in (("self_attn.q_proj", h * d, n), ("self_attn.k_proj", k * d, n), ("self_attn.v_proj", k * d, n),
                                ("self_attn.o_proj", n, h * d), ("mlp.gate_proj", f, n), ("mlp.up_proj", f, n), ("mlp.down_proj", n, f)):
            shapes[p + name + ".weight"] = (out, into)
            if name in biases:
                shapes[p + name + ".bias"] = (out,)
        for name in ("input_layernorm", "post_attention_layernorm"):
            shapes[p + name + ".weight"] = (n,)
        if c["model_type"] == "qwen3":
            shapes[p + "self_attn.q_norm.weight"] = shapes[p + "self_attn.k_norm.weight"] = (d,)
    shapes["model.norm.weight"] = (n,)
    if not c["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (V, n)
    return shapes


def gpt2_weights(c):
    n, t = c["n_embd"], "transformer."
    shapes = {t + "wte.weight": (V, n), t + "wpe.weight": (c["n_positions"], n)}
    for i in range(c["n_layer"]):
        p = f"{t}h.{i}."
        for name, into, out in (("attn.c_attn", n, 3 * n), ("attn.c_proj", n, n), ("mlp.c_fc", n, 4 * n), ("mlp.c_proj", 4 * n, n)):
            shapes[p + name + ".weight"], shapes[p + name + ".bias"] = (into, out), (out,)
        for name in ("ln_1", "ln_2"):
            shapes[p + name + ".weight"] = shapes[p + name + ".bias"] = (n,)
    shapes[t + "ln_f.weight"] = shapes[t + "ln_f.bias"] = (n,)
    return shapes


def draw(shapes, dtype):
    w = {}
    for name, shape in shapes.items():
        x = torch.randn(shape) * 0.3
        if len(shape) == 1 and name.endswith("weight"):
            x = x + 1
        w[name] = x.to(dtype)
    return w


def tokenizer_json():
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
        "post_processor": None, "decoder": {"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": {c: i for i, c in enumerate(CHARACTERS)}, "merges": []},
    }


def case(name, config, shapes, model, dtype=torch.float32, shards=1):
    torch.manual_seed(len(name))
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    w = draw(shapes, dtype)
    ids = torch.tensor([(7 * i * i + i) % V for i in range(12)])
    logits = model({k: v.float() for k, v in w.items()}, config, ids)

    def write(file, content):
        with open(os.path.join(folder, file), "w") as f:
            json.dump(content, f)
            f.write("\n")

    write("config.json", config)
    write("tokenizer.json", tokenizer_json())
    write("logits.json", {"ids": ids.tolist(), "logits": [float(f"{x:.7g}") for x in logits.flatten().tolist()]})
    if shards == 1:
        write_safetensors(os.path.join(folder, "model.safetensors"), w)
        return
    names, index = list(w), {}
    for s in range(shards):
        part = names[s * len(names) // shards:(s + 1) * len(names) // shards]
        file = f"model-{s + 1:05d}-of-{shards:05d}.safetensors"
        write_safetensors(os.path.join(folder, file), {n: w[n] for n in part})
        index.update({n: file for n in part})
    write("model.safetensors.index.json", {"metadata": {"total_size": 0}, "weight_map": index})


def llama(**changes):
    c = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": V, "hidden_size": 16, "intermediate_size": 24,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 4, "max_position_embeddings": 32,
         "hidden_act": "silu", "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "rope_scaling": None, "attention_bias": False,
         "mlp_bias": False, "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2, "pretraining_tp": 1}
    c.update(changes)
    return c


def main():
    c = llama()
    case("llama", c, rope_weights(c), rope_model)
    c = llama(tie_word_embeddings=True, num_key_value_heads=4, attention_bias=True)
    case("llama-tied-biases", c, rope_weights(c, ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj")), rope_model)
    c = llama(num_key_value_heads=1)
    case("llama-f16-sharded", c, rope_weights(c), rope_model, torch.float16, shards=2)
    c = llama(rope_parameters={"rope_type": "default", "rope_theta": 500000.0}, max_position_embeddings=131072)
    del c["rope_theta"], c["rope_scaling"]
    case("llama-bf16", c, rope_weights(c), rope_model, torch.bfloat16)
    c = llama(architectures=["Qwen3ForCausalLM"], model_type="qwen3", head_dim=6, rms_norm_eps=1e-6, rope_theta=1000000.0,
              sliding_window=None, use_sliding_window=False, max_window_layers=2)
    case("qwen3", c, rope_weights(c), rope_model)
    c = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": V, "n_positions": 24, "n_ctx": 24, "n_embd": 12, "n_layer": 2,
         "n_head": 3, "n_inner": None, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5}
    case("gpt2", c, gpt2_weights(c), gpt2_model)


main()
