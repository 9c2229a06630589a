"""Makes golden.json: losses and gradients of small transformers by PyTorch.

    python3 model/testdata/golden.py        (Debian: python3-torch, libopenblas0-openmp)

Weights and batches come from a hash that golden_test.go computes too, so that
neither needs to be stored. Everything is float32 on one thread, as PyTorch
does it by default. The models are written out here from their papers; none of
Hornbook's code is involved.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
M32 = 0xFFFFFFFF


def noise(seed, n):
    """n numbers in [-1, 1), the same in Go: a hash of seed and index."""
    h = (torch.arange(1, n + 1, dtype=torch.int64) * 2654435761 + seed * 40503) & M32
    h = h ^ (h >> 15)
    h = (h * 2246822519) & M32  # wraps in int64; the low 32 bits are right
    h = h ^ (h >> 13)
    return (h.double() / 2**31 - 1).float()


def parameters(c):
    """(name, dims) in the model's order of use."""
    C, D, H, K, Hid = c["channels"], c["channels"] // c["heads"], c["heads"], c["kv_heads"], c["hidden"]
    out = [("tokens.weight", (c["vocab"], C))]
    if c["position"] == "learned":
        out.append(("positions.weight", (c["context"], C)))

    out += [(f"lookback.{k}.weight", (c["vocab"] + 1, C)) for k in range(c["lookback"])]
    if c["trigrams"]:
        out.append(("trigrams.weight", (c["trigrams"], C)))

    def linear(name, o, i):
        out.append((name + ".weight", (o, i)))
        part = name.split(".")[-1]
        if c["bias"] and {"": True, "qkv": part in ("query", "key", "value"), "rest": part not in ("query", "key", "value")}[c["biased"]]:
            out.append((name + ".bias", (o,)))

    def norm(name, n):
        out.append((name + "gain", (n,)))
        if c["norm"] == "layernorm" and c["bias"]:
            out.append((name + "bias", (n,)))

    for i in range(c["layers"]):
        b = f"blocks.{i}."
        norm(b + "norm1.", C)
        for part, n in (("query", H), ("key", K), ("value", K)):
            linear(b + "attention." + part, n * D, C)
        if c["qk_norm"]:
            out += [(b + "attention.query_norm.gain", (D,)), (b + "attention.key_norm.gain", (D,))]
        linear(b + "attention.output", C, H * D)
        norm(b + "norm2.", C)
        if c["mlp"] == "swiglu":
            linear(b + "mlp.gate", Hid, C)
        linear(b + "mlp.up", Hid, C)
        linear(b + "mlp.down", C, Hid)
    norm("norm.", C)
    if not c["tied"]:
        out.append(("head.weight", (c["vocab"], C)))
    return out


def weights(c):
    p = {}
    for i, (name, dims) in enumerate(parameters(c)):
        x = noise(i + 1, math.prod(dims)).reshape(dims)
        if len(dims) == 2:
            x = x * 0.05
        elif name.endswith("gain"):
            x = 1 + x * 0.1
        else:
            x = x * 0.1
        p[name] = x.float().requires_grad_()
    return p


def batch(c, step, rows):
    """Windows of a sequence that can be learned: x and y (rows, context)."""
    xs, ys = [], []
    for b in range(rows):
        at = (step * 977 + b * 131) % 1009
        s = [((j * j + 3 * j) // 5 % 97 + j % 3) % c["vocab"] for j in range(at, at + c["context"] + 1)]
        xs.append(s[:-1])
        ys.append(s[1:])
    return torch.tensor(xs), torch.tensor(ys)


def packing(c, step, rows):
    """Two sequences a row, of which the last two thirds count: their lengths,
    the place of each token in its sequence, and the weight of each target."""
    lengths, places, counted = [], [], []
    for b in range(rows):
        first = 5 + (step * 3 + b * 7) % (c["context"] - 10)
        for n in (first, c["context"] - first):
            lengths.append(n)
            places += range(n)
            counted += [n // 3 <= i < n - 1 for i in range(n)]
    places, counted = (torch.tensor(v).view(rows, -1) for v in (places, counted))
    return lengths, places, counted.float() / counted.sum()


def hash_row(ids, rows):
    """FNV-1a of three ids taken as they are, the latest first, and mixed."""
    z = torch.full_like(ids[0], 2166136261)
    for v in ids:
        z = ((z ^ v) * 16777619) & M32
    return (z ^ (z >> 15)) % rows


def stretch(freq, s):
    """Llama 3's scaling of frequencies, or the linear one."""
    if s["kind"] == "linear":
        return freq / s["factor"]
    wave = 2 * math.pi / freq
    short = (s["context"] / wave - s["low"]) / (s["high"] - s["low"])
    mixed = (1 - short) * freq / s["factor"] + short * freq
    return torch.where(wave > s["context"] / s["low"], freq / s["factor"], torch.where(wave < s["context"] / s["high"], freq, mixed))


def rotate(x, c, places):
    """RoPE on halves: x (B,T,H,D), places (B,T). Of the heads' channels only
    c["rotary"] may turn: those whose weights lie first in each half."""
    D, R = x.shape[3], c["rotary"] or x.shape[3]
    freq = c["rope_base"] ** (-torch.arange(0, R, 2, dtype=torch.float64) / R)
    if c["scaling"]["kind"]:
        freq = stretch(freq, c["scaling"])
    freq = torch.cat((freq, torch.zeros((D - R) // 2, dtype=torch.float64)))
    angle = places.double()[:, :, None] * freq
    cos, sin = angle.cos().float()[:, :, None], angle.sin().float()[:, :, None]
    a, b = x[..., : D // 2], x[..., D // 2 :]
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


def forward(c, p, x, places=None):
    """Logits; places (B,T) are those of tokens in their sequences, which begin
    at 0: one sequence a row, if there are none."""
    if places is None:
        places = torch.arange(x.shape[1]).expand(x.shape)
    sequence = (places == 0).cumsum(1)
    H, K, D = c["heads"], c["kv_heads"], c["channels"] // c["heads"]
    B, T = x.shape

    def linear(name, v):
        return F.linear(v, p[name + ".weight"], p.get(name + ".bias"))

    def rms(v, gain):
        return v * torch.rsqrt(v.pow(2).mean(-1, keepdim=True) + c["norm_eps"]) * gain

    def norm(name, v):
        if c["norm"] == "rmsnorm":
            return rms(v, p[name + "gain"])
        return F.layer_norm(v, v.shape[-1:], p[name + "gain"], p.get(name + "bias"), c["norm_eps"])

    h = p["tokens.weight"][x]
    if c["position"] == "learned":
        h = h + p["positions.weight"][places]
    before = [F.pad(x, (k, 0))[:, :T].masked_fill(places < k, c["vocab"]) for k in range(9)]  # the token k places before
    for k in range(c["lookback"]):
        h = h + p[f"lookback.{k}.weight"][before[k + 1]]
    if c["trigrams"]:
        h = h + p["trigrams.weight"][hash_row(before[:3], c["trigrams"])]
    for i in range(c["layers"]):
        b = f"blocks.{i}."
        n = norm(b + "norm1.", h)
        q = linear(b + "attention.query", n).view(B, T, H, D)
        k = linear(b + "attention.key", n).view(B, T, K, D)
        v = linear(b + "attention.value", n).view(B, T, K, D)
        if c["qk_norm"]:
            q, k = rms(q, p[b + "attention.query_norm.gain"]), rms(k, p[b + "attention.key_norm.gain"])
        if c["position"] == "rope":
            q, k = rotate(q, c, places), rotate(k, c, places)
        k, v = (z.repeat_interleave(H // K, 2) for z in (k, v))
        q, k, v = (z.transpose(1, 2) for z in (q, k, v))
        unseen = torch.ones(T, T).triu(1).bool() | (sequence[:, :, None] != sequence[:, None, :])
        if c["window"] and (not c["windowed"] or c["windowed"][i % len(c["windowed"])] == "w"):
            unseen = unseen | torch.ones(T, T).tril(-c["window"]).bool()
        scores = (q @ k.transpose(2, 3) / (1 if c["unscaled"] else D**0.5)).masked_fill(unseen[:, None], -math.inf)
        y = scores.softmax(-1) @ v
        read = h
        h = h + linear(b + "attention.output", y.transpose(1, 2).reshape(B, T, H * D))
        n = norm(b + "norm2.", read if c["parallel"] else h)
        up = linear(b + "mlp.up", n)
        act = {"gelu": lambda: F.gelu(up), "gelu_tanh": lambda: 0.5 * up * (1 + torch.tanh(math.sqrt(2 / math.pi) * (up + 0.044715 * up**3))), "relu2": lambda: F.relu(up).square(),
               "swiglu": lambda: F.silu(linear(b + "mlp.gate", n)) * up}[c["mlp"]]()
        h = h + linear(b + "mlp.down", act)
    return F.linear(norm("norm.", h), p["tokens.weight"] if c["tied"] else p["head.weight"])


def fraction(r, step):
    """Warm-up and cosine, as nanoGPT's get_lr, as a part of the peak."""
    if step < r["warm_up"]:
        return (step + 1) / (r["warm_up"] + 1)
    through = (step - r["warm_up"]) / (r["steps"] - r["warm_up"])
    return r["final_fraction"] + 0.5 * (1 + math.cos(math.pi * through)) * (1 - r["final_fraction"])


def orthogonal(g):
    """Muon's quintic Newton-Schulz (Jordan et al. 2024), in float32."""
    x = g / (g.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.T if tall else x


class Muon:
    def __init__(self, params, momentum):
        self.params, self.momentum, self.step_count = params, momentum, 0
        self.buffers = [torch.zeros_like(p) for p in params]

    def step(self, lr):
        self.step_count += 1
        rise = min(1, self.step_count / 300)
        mu = (1 - rise) * min(self.momentum, 0.85) + rise * self.momentum
        with torch.no_grad():
            for p, m in zip(self.params, self.buffers):
                m.mul_(mu).add_(p.grad)
                u = orthogonal(p.grad + mu * m)
                p.sub_(lr * max(1, p.shape[0] / p.shape[1]) ** 0.5 * u)


def summary(values):
    """What is kept of an array: its norm, a projection, 16 of its elements."""
    flat = values.detach().flatten()
    n = flat.numel()
    return {"norm": flat.double().norm().item(), "projection": (flat.double() * noise(77, n).double()).sum().item(),
            "some": [flat[i * n // 16].item() for i in range(16)]}


def run(case):
    c, r = case["model"], case["recipe"]
    p = weights(c)
    with torch.no_grad():
        logits = forward(c, p, batch(c, 0, r["batch"])[0])
    case["logits"] = summary(logits)
    muon = [v for k, v in p.items() if r["optimizer"] == "muon" and v.dim() == 2 and k.startswith("blocks.")]
    taken = {id(v) for v in muon}
    rest = [v for v in p.values() if id(v) not in taken]
    groups = [{"params": [v for v in rest if v.dim() >= 2], "weight_decay": r["weight_decay"]},
              {"params": [v for v in rest if v.dim() < 2], "weight_decay": 0.0}]
    adamw = torch.optim.AdamW(groups, lr=1, betas=(r["beta1"], r["beta2"]), eps=1e-8)
    second = Muon(muon, r["momentum"])
    case["losses"], case["grads"] = [], {}
    for step in range(case["steps"]):
        x, y = batch(c, step, r["batch"])
        if case.get("packed"):
            _, places, weight = packing(c, step, r["batch"])
            nll = F.cross_entropy(forward(c, p, x, places).flatten(0, 1), y.flatten(), reduction="none")
            loss = (nll * weight.flatten()).sum()
        else:
            loss = F.cross_entropy(forward(c, p, x).flatten(0, 1), y.flatten())
        for v in p.values():
            v.grad = None
        loss.backward()
        case["losses"].append(loss.item())
        if step == 0:
            case["grads"] = {k: summary(v.grad) for k, v in p.items()}
        if r["clip"] > 0:
            torch.nn.utils.clip_grad_norm_(list(p.values()), r["clip"])
        for g in adamw.param_groups:
            g["lr"] = r["learning_rate"] * fraction(r, step)
        adamw.step()
        second.step(r["muon_rate"] * fraction(r, step))
    case["weights"] = {k: summary(v) for k, v in p.items()}


NONE = {"kind": "", "factor": 0, "low": 0, "high": 0, "context": 0}


def shape(**changes):
    c = dict(vocab=65, context=64, layers=4, heads=4, kv_heads=4, channels=128, hidden=512, norm="layernorm",
             norm_eps=1e-5, position="learned", rope_base=10000.0, mlp="gelu", qk_norm=False, bias=False, tied=True,
             lookback=0, trigrams=0, biased="", rotary=0, scaling=NONE, window=0, windowed="", unscaled=False, parallel=False)
    return {**c, **changes}


def recipe(**changes):
    r = dict(batch=12, steps=2000, optimizer="adamw", learning_rate=1e-3, muon_rate=0.02, final_fraction=0.1,
             warm_up=100, beta1=0.9, beta2=0.99, momentum=0.95, weight_decay=0.1, clip=1.0)
    return {**r, **changes}


small = dict(vocab=50, context=24, layers=2, channels=48, hidden=80)
llama = dict(small, norm="rmsnorm", norm_eps=1e-6, position="rope", mlp="swiglu")
brief = dict(batch=3, steps=20, warm_up=2)

cases = {
    "nanogpt-cpu": dict(model=shape(), recipe=recipe(), steps=10),
    "qwen3": dict(model=shape(**llama, heads=4, kv_heads=2, qk_norm=True, tied=False), recipe=recipe(**brief), steps=4),
    "llama": dict(model=shape(**llama, heads=6, kv_heads=1, rope_base=500000.0), recipe=recipe(**brief), steps=4),
    "gpt2-biases": dict(model=shape(**small, bias=True), recipe=recipe(**brief), steps=4),
    "relu2": dict(model=shape(**dict(llama, mlp="relu2"), heads=3, kv_heads=3, bias=True), recipe=recipe(**brief), steps=4),
    "lookback": dict(model=shape(**llama, heads=2, kv_heads=2, qk_norm=True, tied=False, lookback=3, trigrams=37), recipe=recipe(**brief),
                     steps=4),
    "muon": dict(model=shape(**llama, heads=4, kv_heads=4, qk_norm=True, tied=False),
                 recipe=recipe(**brief, optimizer="muon", weight_decay=0.0, clip=0.0, beta1=0.8, beta2=0.95), steps=4),
}

sft = dict(recipe=recipe(**brief, weight_decay=0.0, beta2=0.98), steps=20, packed=True)
cases["sft-qwen3"] = dict(sft, model=shape(**llama, heads=4, kv_heads=2, qk_norm=True, tied=False))
cases["sft-gpt2"] = dict(sft, model=shape(**small, bias=True))
cases["sft-lookback"] = dict(sft, model=shape(**llama, heads=2, kv_heads=2, qk_norm=True, tied=False, lookback=3, trigrams=37))

few = dict(recipe=recipe(**brief), steps=3)
cases["qwen2"] = dict(few, model=shape(**llama, heads=4, kv_heads=2, bias=True, biased="qkv"))
cases["llama3"] = dict(few, model=shape(**llama, heads=4, kv_heads=4, scaling=dict(kind="llama3", factor=8.0, low=1.0, high=4.0, context=16)))
cases["linear"] = dict(few, model=shape(**llama, heads=2, kv_heads=2, scaling=dict(NONE, kind="linear", factor=2.0)))
cases["mistral"] = dict(few, model=shape(**llama, heads=4, kv_heads=2, window=5))
cases["gpt-neo"] = dict(few, model=shape(**dict(small, mlp="gelu_tanh"), bias=True, biased="rest", window=5, windowed="-w", unscaled=True))
cases["gpt-neox"] = dict(few, model=shape(**dict(small, position="rope"), bias=True, tied=False, rotary=4, parallel=True))
cases["sft-gpt-neo"] = dict(sft, model=cases["gpt-neo"]["model"], steps=5)

if __name__ == "__main__":
    for case in cases.values():
        run(case)
    where = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.json")
    with open(where, "w") as f:
        json.dump({"torch": torch.__version__, "cases": cases}, f, separators=(",", ":"))
        f.write("\n")
