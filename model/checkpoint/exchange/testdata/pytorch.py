"""Writes the checkpoints of pytorch/ and the logits that PyTorch computes of them.

The models are written here once more, by hand, in the layouts of Hugging
Face's transformers (LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM,
Qwen3ForCausalLM, GPT2LMHeadModel, GPTNeoForCausalLM, GPTNeoXForCausalLM,
DeepseekV3ForCausalLM), and so is safetensors: nothing of Hornbook is used. Needs Debian's python3-torch.

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


def attend(q, k, v, window=None, scaled=True):
    """q (T,H,D), k and v (T,K,D), causal, over the last places of a window."""
    t, h, d = q.shape
    k, v = (x.repeat_interleave(h // x.shape[1], 1) for x in (k, v))
    scores = torch.einsum("qhd,khd->hqk", q, k) / (math.sqrt(d) if scaled else 1)
    scores = scores.masked_fill(torch.ones(t, t).triu(1).bool(), -math.inf)
    if window:
        scores = scores.masked_fill(torch.ones(t, t).tril(-window).bool(), -math.inf)
    return torch.einsum("hqk,khd->qhd", scores.softmax(-1), v).reshape(t, h * d)


def frequencies(d, theta, s):
    """inv_freq, scaled as modeling_rope_utils does it (linear, llama3)."""
    f = theta ** (-torch.arange(0, d, 2).float() / d)
    kind = s.get("rope_type", s.get("type")) if s else None
    if kind == "linear":
        return f / s["factor"]
    if kind == "llama3":
        old, low, high = s["original_max_position_embeddings"], s["low_freq_factor"], s["high_freq_factor"]
        wave = 2 * math.pi / f
        smooth = (old / wave - low) / (high - low)
        long = torch.where(wave > old / low, f / s["factor"], f)
        mixed = (1 - smooth) * long / s["factor"] + smooth * long
        return torch.where((wave <= old / low) & (wave >= old / high), mixed, long)
    return f


def window_of(c, layer):
    """The window of a layer: Mistral's are in all, Qwen's from max_window_layers on."""
    if c["model_type"] == "mistral":
        return c["sliding_window"]
    if c.get("use_sliding_window") and layer >= c["max_window_layers"]:
        return c["sliding_window"]
    return None


def rope_model(w, c, ids):
    """The logits (T,V) of Llama and its like."""
    d, eps = c["head_dim"], c["rms_norm_eps"]
    theta = c["rope_parameters"]["rope_theta"] if "rope_parameters" in c else c["rope_theta"]
    angles = torch.outer(torch.arange(len(ids)).float(), frequencies(d, theta, c.get("rope_parameters", c.get("rope_scaling"))))
    cos, sin = (torch.cat((f(angles), f(angles)), -1)[:, None] for f in (torch.cos, torch.sin))
    x = w["model.embed_tokens.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        n = rmsnorm(x, w[p + "input_layernorm.weight"], eps)
        q, k, v = (linear(n, w, p + f"self_attn.{s}_proj").reshape(len(ids), -1, d) for s in "qkv")
        if c["model_type"] == "qwen3":
            q, k = rmsnorm(q, w[p + "self_attn.q_norm.weight"], eps), rmsnorm(k, w[p + "self_attn.k_norm.weight"], eps)
        q, k = q * cos + rotate_half(q) * sin, k * cos + rotate_half(k) * sin
        x = x + linear(attend(q, k, v, window_of(c, i)), w, p + "self_attn.o_proj")
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


def gelu_new(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def layer_norm(x, w, name, eps):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)


def neo_model(w, c, ids):
    """GPT-Neo's logits (T,V): scores are not divided, and local layers have a window."""
    t, eps = "transformer.", c["layer_norm_epsilon"]
    kinds = [kind for names, times in c["attention_types"] for _ in range(times) for kind in names]
    x = w[t + "wte.weight"][ids] + w[t + "wpe.weight"][: len(ids)]
    for i in range(c["num_layers"]):
        p = f"{t}h.{i}."
        n = layer_norm(x, w, p + "ln_1", eps)
        q, k, v = (linear(n, w, p + f"attn.attention.{s}_proj").reshape(len(ids), c["num_heads"], -1) for s in "qkv")
        window = c["window_size"] if kinds[i] == "local" else None
        x = x + linear(attend(q, k, v, window, scaled=False), w, p + "attn.attention.out_proj")
        x = x + linear(gelu_new(linear(layer_norm(x, w, p + "ln_2", eps), w, p + "mlp.c_fc")), w, p + "mlp.c_proj")
    return layer_norm(x, w, t + "ln_f", eps) @ w[t + "wte.weight"].T


def neox_model(w, c, ids):
    """GPT-NeoX's logits (T,V): the first channels of a head turn, attention and MLP read the same."""
    t, eps, heads = "gpt_neox.", c["layer_norm_eps"], c["num_attention_heads"]
    d = c["hidden_size"] // heads
    turning = int(d * c["rotary_pct"])
    angles = torch.outer(torch.arange(len(ids)).float(), frequencies(turning, c["rotary_emb_base"], None))
    cos, sin = (torch.cat((f(angles), f(angles)), -1)[:, None] for f in (torch.cos, torch.sin))

    def turn(z):
        first, rest = z[..., :turning], z[..., turning:]
        return torch.cat((first * cos + rotate_half(first) * sin, rest), -1)

    x = w[t + "embed_in.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        p = f"{t}layers.{i}."
        qkv = linear(layer_norm(x, w, p + "input_layernorm", eps), w, p + "attention.query_key_value").reshape(len(ids), heads, 3 * d)
        q, k, v = turn(qkv[..., :d]), turn(qkv[..., d:2 * d]), qkv[..., 2 * d:]
        a = linear(attend(q, k, v), w, p + "attention.dense")
        read = x if c["use_parallel_residual"] else x + a
        m = linear(layer_norm(read, w, p + "post_attention_layernorm", eps), w, p + "mlp.dense_h_to_4h")
        x = x + a + linear(torch.nn.functional.gelu(m), w, p + "mlp.dense_4h_to_h")
    return layer_norm(x, w, t + "final_layer_norm", eps) @ w["embed_out.weight"].T


def neo_weights(c):
    n, t, f = c["hidden_size"], "transformer.", c["intermediate_size"] or 4 * c["hidden_size"]
    shapes = {t + "wte.weight": (V, n), t + "wpe.weight": (c["max_position_embeddings"], n)}
    for i in range(c["num_layers"]):
        p = f"{t}h.{i}."
        for s in "qkv":
            shapes[p + f"attn.attention.{s}_proj.weight"] = (n, n)
        for name, out, into in (("attn.attention.out_proj", n, n), ("mlp.c_fc", f, n), ("mlp.c_proj", n, f)):
            shapes[p + name + ".weight"], shapes[p + name + ".bias"] = (out, into), (out,)
        for name in ("ln_1", "ln_2"):
            shapes[p + name + ".weight"] = shapes[p + name + ".bias"] = (n,)
    shapes[t + "ln_f.weight"] = shapes[t + "ln_f.bias"] = (n,)
    return shapes


def neox_weights(c):
    n, t, f = c["hidden_size"], "gpt_neox.", c["intermediate_size"]
    shapes = {t + "embed_in.weight": (V, n)}
    for i in range(c["num_hidden_layers"]):
        p = f"{t}layers.{i}."
        for name, out, into in (("attention.query_key_value", 3 * n, n), ("attention.dense", n, n), ("mlp.dense_h_to_4h", f, n), ("mlp.dense_4h_to_h", n, f)):
            shapes[p + name + ".weight"], shapes[p + name + ".bias"] = (out, into), (out,)
        for name in ("input_layernorm", "post_attention_layernorm"):
            shapes[p + name + ".weight"] = shapes[p + name + ".bias"] = (n,)
    shapes[t + "final_layer_norm.weight"] = shapes[t + "final_layer_norm.bias"] = (n,)
    shapes["embed_out.weight"] = (V, n)
    return shapes


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


def interleaved(x, angles):
    """RoPE of channels 2i and 2i+1, x (T,H,D)."""
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)[:, None]).flatten(-2)


def deepseek_model(w, c, ids):
    """DeepSeek V3's logits (T,V), as arXiv 2412.19437 has them."""
    T, H, nope, rope, v_dim = len(ids), c["num_attention_heads"], c["qk_nope_head_dim"], c["qk_rope_head_dim"], c["v_head_dim"]
    angles = torch.outer(torch.arange(T).float(), frequencies(rope, c["rope_theta"], None))

    def swiglu(x, p):
        return linear(torch.nn.functional.silu(linear(x, w, p + "gate_proj")) * linear(x, w, p + "up_proj"), w, p + "down_proj")

    x = w["model.embed_tokens.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        n, a = rmsnorm(x, w[p + "input_layernorm.weight"], c["rms_norm_eps"]), p + "self_attn."
        q = linear(rmsnorm(linear(n, w, a + "q_a_proj"), w[a + "q_a_layernorm.weight"], 1e-6), w, a + "q_b_proj").view(T, H, nope + rope)
        kv = linear(n, w, a + "kv_a_proj_with_mqa")
        up = linear(rmsnorm(kv[:, :-rope], w[a + "kv_a_layernorm.weight"], 1e-6), w, a + "kv_b_proj").view(T, H, nope + v_dim)
        q = torch.cat((q[..., :nope], interleaved(q[..., nope:], angles)), -1)
        k = torch.cat((up[..., :nope], interleaved(kv[:, None, -rope:], angles).expand(T, H, rope)), -1)
        scores = torch.einsum("thd,shd->hts", q, k) / (nope + rope) ** 0.5
        scores = scores.masked_fill(torch.ones(T, T).triu(1).bool(), -math.inf)
        x = x + linear(torch.einsum("hts,shd->thd", scores.softmax(-1), up[..., nope:]).reshape(T, -1), w, a + "o_proj")
        n, m = rmsnorm(x, w[p + "post_attention_layernorm.weight"], c["rms_norm_eps"]), p + "mlp."
        if i < c["first_k_dense_replace"]:
            x = x + swiglu(n, m)
            continue
        s = torch.sigmoid(linear(n, w, m + "gate"))
        chosen = (s + w[m + "gate.e_score_correction_bias"]).topk(c["num_experts_per_tok"], -1).indices
        g = torch.zeros_like(s).scatter(-1, chosen, s.gather(-1, chosen))
        g = g / (g.sum(-1, keepdim=True) + 1e-20) * c["routed_scaling_factor"]
        x = x + sum(g[:, e, None] * swiglu(n, f"{m}experts.{e}.") for e in range(c["n_routed_experts"])) + swiglu(n, m + "shared_experts.")
    return rmsnorm(x, w["model.norm.weight"], c["rms_norm_eps"]) @ w["lm_head.weight"].T


def deepseek_weights(c):
    n, H, F, S = c["hidden_size"], c["num_attention_heads"], c["moe_intermediate_size"], c["n_shared_experts"] * c["moe_intermediate_size"]
    nope, rope, v_dim, rq, rkv = c["qk_nope_head_dim"], c["qk_rope_head_dim"], c["v_head_dim"], c["q_lora_rank"], c["kv_lora_rank"]
    shapes = {"model.embed_tokens.weight": (V, n)}
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        for name, shape in (("input_layernorm", (n,)), ("self_attn.q_a_proj", (rq, n)), ("self_attn.q_a_layernorm", (rq,)),
                            ("self_attn.q_b_proj", (H * (nope + rope), rq)), ("self_attn.kv_a_proj_with_mqa", (rkv + rope, n)), ("self_attn.kv_a_layernorm", (rkv,)),
                            ("self_attn.kv_b_proj", (H * (nope + v_dim), rkv)), ("self_attn.o_proj", (n, H * v_dim)), ("post_attention_layernorm", (n,))):
            shapes[p + name + ".weight"] = shape
        mlps = [("mlp.", c["intermediate_size"])]
        if i >= c["first_k_dense_replace"]:
            shapes[p + "mlp.gate.weight"], shapes[p + "mlp.gate.e_score_correction_bias"] = (c["n_routed_experts"], n), (c["n_routed_experts"],)
            mlps = [(f"mlp.experts.{e}.", F) for e in range(c["n_routed_experts"])] + [("mlp.shared_experts.", S)]
        for m, wide in mlps:
            shapes[p + m + "gate_proj.weight"], shapes[p + m + "up_proj.weight"], shapes[p + m + "down_proj.weight"] = (wide, n), (wide, n), (n, wide)
    shapes["model.norm.weight"], shapes["lm_head.weight"] = (n,), (V, n)
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
    reads = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
    c = llama(architectures=["Qwen2ForCausalLM"], model_type="qwen2", rope_theta=1000000.0, use_sliding_window=False, sliding_window=32768,
              max_window_layers=21, tie_word_embeddings=True)
    case("qwen2", c, rope_weights(c, reads), rope_model)
    c = llama(architectures=["Qwen2ForCausalLM"], model_type="qwen2", use_sliding_window=True, sliding_window=5, max_window_layers=1)
    case("qwen2-window", c, rope_weights(c, reads), rope_model)
    c = llama(architectures=["MistralForCausalLM"], model_type="mistral", sliding_window=None)
    case("mistral", c, rope_weights(c), rope_model)
    c = llama(architectures=["MistralForCausalLM"], model_type="mistral", sliding_window=4)
    case("mistral-window", c, rope_weights(c), rope_model)
    c = llama(is_llama_config=True, num_attention_heads=6, num_key_value_heads=2, hidden_size=24, tie_word_embeddings=True, rope_interleaved=False,
              **{"transformers.js_config": {"kv_cache_dtype": {"q4f16": "float16"}}})
    case("smollm2", c, rope_weights(c), rope_model)
    c = llama(head_dim=8, rope_theta=500000.0, rope_scaling={"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
                                                             "original_max_position_embeddings": 64, "rope_type": "llama3"})
    case("llama3-scaled", c, rope_weights(c), rope_model)
    c = llama(rope_scaling={"type": "linear", "factor": 4.0})
    case("llama-linear", c, rope_weights(c), rope_model)
    c = {"architectures": ["GPTNeoForCausalLM"], "model_type": "gpt_neo", "vocab_size": V, "max_position_embeddings": 24, "hidden_size": 12, "num_layers": 2,
         "num_heads": 3, "intermediate_size": None, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "window_size": 4,
         "attention_types": [[["global", "local"], 1]], "attention_layers": ["global", "local"]}
    case("gpt-neo", c, neo_weights(c), neo_model)
    c = {"architectures": ["GPTNeoXForCausalLM"], "model_type": "gpt_neox", "vocab_size": V, "max_position_embeddings": 24, "hidden_size": 24,
         "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 40, "hidden_act": "gelu", "layer_norm_eps": 1e-5, "rotary_pct": 0.25,
         "rotary_emb_base": 10000, "use_parallel_residual": True, "tie_word_embeddings": False}
    case("pythia", c, neox_weights(c), neox_model)
    c = dict(c, rotary_pct=1.0, use_parallel_residual=False)
    case("gpt-neox-serial", c, neox_weights(c), neox_model)
    c = {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "vocab_size": V, "hidden_size": 16, "intermediate_size": 24,
         "moe_intermediate_size": 6, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2, "n_shared_experts": 1, "n_routed_experts": 4,
         "num_experts_per_tok": 2, "routed_scaling_factor": 2.5, "first_k_dense_replace": 1, "norm_topk_prob": True, "n_group": 1, "topk_group": 1,
         "scoring_func": "sigmoid", "topk_method": "noaux_tc", "moe_layer_freq": 1, "q_lora_rank": 10, "kv_lora_rank": 8, "qk_nope_head_dim": 6,
         "qk_rope_head_dim": 4, "v_head_dim": 5, "max_position_embeddings": 32, "hidden_act": "silu", "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
         "rope_scaling": None, "attention_bias": False, "tie_word_embeddings": False, "num_nextn_predict_layers": 0}
    case("deepseek", c, deepseek_weights(c), deepseek_model)


main()
