"""Makes deepseek.json: losses and gradients of DeepSeek V3's form by PyTorch.

    python3 model/testdata/deepseek.py        (Debian: python3-torch, libopenblas0-openmp)

As golden.py, whose weights and batches these are, but in float64, so that all that is
off is Hornbook's. Attention is written out as arXiv 2405.04434 has it, with keys and
values of all heads; every expert computes all tokens, and what it was not chosen for
counts nothing. None of Hornbook's code is involved.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

from golden import batch, brief, fraction, noise, orthogonal, packing, recipe, rotate, shape, summary

AHEAD, BALANCE = 0.3, 1e-2


def mixer(c, b):
    C, H, l = c["channels"], c["heads"], c["latent"]
    out = [(b + "norm1.gain", (C,))]
    a = b + "attention."
    if not l["rank"]:
        D = C // H
        return out + [(a + p + ".weight", (n * D, C)) for p, n in (("query", H), ("key", c["kv_heads"]), ("value", c["kv_heads"]))] + [(a + "output.weight", (C, H * D))]
    return out + [
        (a + "query_down.weight", (l["query"], C)), (a + "query_norm.gain", (l["query"],)),
        (a + "query.weight", (H * l["plain"], l["query"])), (a + "query_turned.weight", (H * l["turned"], l["query"])),
        (a + "latent.weight", (l["rank"], C)), (a + "latent_norm.gain", (l["rank"],)), (a + "key_turned.weight", (l["turned"], C)),
        (a + "key.weight", (H * l["plain"], l["rank"])), (a + "value.weight", (H * l["value"], l["rank"])), (a + "output.weight", (C, H * l["value"]))]


def feed(c, b, layer):
    C, e = c["channels"], c["experts"]
    out, m = [(b + "norm2.gain", (C,))], b + "mlp."
    if not e["count"] or layer < e["dense"]:
        return out + [(m + n + ".weight", d) for n, d in (("gate", (c["hidden"], C)), ("up", (c["hidden"], C)), ("down", (C, c["hidden"])))]
    E, W, S = e["count"], e["hidden"], e["shared"] * e["hidden"]
    out += [(m + "router.weight", (E, C)), (m + "router.balance", (E,)), (m + "experts.gate.weight", (E, W, C)), (m + "experts.up.weight", (E, W, C)),
            (m + "experts.down.weight", (E, C, W))]
    if S:
        out += [(m + "shared.gate.weight", (S, C)), (m + "shared.up.weight", (S, C)), (m + "shared.down.weight", (C, S))]
    return out


def parameters(c):
    C = c["channels"]
    out = [("tokens.weight", (c["vocab"], C))]
    for i in range(c["layers"]):
        out += mixer(c, f"blocks.{i}.") + feed(c, f"blocks.{i}.", i)
    if c["ahead"]:
        out += [("ahead.embedding_norm.gain", (C,)), ("ahead.hidden_norm.gain", (C,)), ("ahead.join.weight", (C, 2 * C))]
        out += mixer(c, "ahead.block.") + feed(c, "ahead.block.", c["layers"]) + [("ahead.norm.gain", (C,))]
    out.append(("norm.gain", (C,)))
    return out if c["tied"] else out + [("head.weight", (c["vocab"], C))]


def weights(c):
    p = {}
    for i, (name, dims) in enumerate(parameters(c)):
        x = noise(i + 1, math.prod(dims)).reshape(dims)
        if len(dims) >= 2:
            x = x * 0.05
        elif name.endswith("gain"):
            x = 1 + x * 0.1
        else:
            x = x * 0.01
        p[name] = x.float().double().requires_grad_(not name.endswith("balance"))
    return p


class Model:
    def __init__(self, c):
        self.c, self.p, self.loads, self.counted = c, weights(c), {}, 1.0

    def linear(self, name, x):
        return F.linear(x, self.p[name + ".weight"])

    def rms(self, name, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.c["norm_eps"]) * self.p[name + ".gain"]

    def attention(self, b, x, places):
        c, H, l = self.c, self.c["heads"], self.c["latent"]
        B, T, C = x.shape
        turn = lambda z: rotate(z.double(), dict(c, rotary=0), places).double()
        if l["rank"]:
            down = self.rms(b + "query_norm", self.linear(b + "query_down", x))
            k_turned = turn(self.linear(b + "key_turned", x).view(B, T, 1, -1)).expand(B, T, H, l["turned"])
            latent = self.rms(b + "latent_norm", self.linear(b + "latent", x))
            q = torch.cat((self.linear(b + "query", down).view(B, T, H, -1), turn(self.linear(b + "query_turned", down).view(B, T, H, -1))), -1)
            k = torch.cat((self.linear(b + "key", latent).view(B, T, H, -1), k_turned), -1)
            v = self.linear(b + "value", latent).view(B, T, H, -1)
        else:
            q, k, v = (self.linear(b + n, x).view(B, T, -1, C // H) for n in ("query", "key", "value"))
            q, k = turn(q), turn(k)
            k, v = (z.repeat_interleave(H // z.shape[2], 2) for z in (k, v))
        sequence = (places == 0).cumsum(1)
        unseen = torch.ones(T, T).triu(1).bool() | (sequence[:, :, None] != sequence[:, None, :])
        q, k, v = (z.transpose(1, 2) for z in (q, k, v))
        y = (q @ k.transpose(2, 3) / q.shape[-1] ** 0.5).masked_fill(unseen[:, None], -math.inf).softmax(-1) @ v
        return self.linear(b + "output", y.transpose(1, 2).reshape(B, T, -1))

    def swiglu(self, x, gate, up, down):
        return F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), down)

    def experts(self, m, x):
        e, p = self.c["experts"], self.p
        s = torch.sigmoid(self.linear(m + "router", x))
        chosen = (s + p[m + "router.balance"]).topk(e["chosen"], -1).indices
        took = torch.zeros_like(s).scatter(-1, chosen, 1.0)
        w = s * took
        if e["normed"]:
            w = w / (w.sum(-1, keepdim=True) + 1e-20)
        w = w * e["scale"]
        self.loads[m + "router.balance"] = (took * self.counted).sum((0, 1))
        y = sum(w[..., i, None] * self.swiglu(x, *(p[f"{m}experts.{n}.weight"][i] for n in ("gate", "up", "down"))) for i in range(e["count"]))
        return y + self.swiglu(x, *(p[f"{m}shared.{n}.weight"] for n in ("gate", "up", "down"))) if e["shared"] else y

    def block(self, b, x, layer, places):
        e = self.c["experts"]
        x = x + self.attention(b + "attention.", self.rms(b + "norm1", x), places)
        n = self.rms(b + "norm2", x)
        if e["count"] and layer >= e["dense"]:
            return x + self.experts(b + "mlp.", n)
        return x + self.swiglu(n, *(self.p[f"{b}mlp.{k}.weight"] for k in ("gate", "up", "down")))

    def head(self, h):
        return F.linear(h, self.p["tokens.weight" if self.c["tied"] else "head.weight"])

    def hidden(self, x, places):
        h = self.p["tokens.weight"][x]
        for i in range(self.c["layers"]):
            h = self.block(f"blocks.{i}.", h, i, places)
        return self.rms("norm", h)

    def second(self, h, following, places):
        n = torch.cat((self.rms("ahead.embedding_norm", self.p["tokens.weight"][following]), self.rms("ahead.hidden_norm", h)), -1)
        return self.head(self.rms("ahead.norm", self.block("ahead.block.", self.linear("ahead.join", n), self.c["layers"], places)))


def nll(logits, y):
    return F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none").view(y.shape)


def run(case):
    c, r = case["model"], case["recipe"]
    m = Model(c)
    x = batch(c, 0, r["batch"])[0]
    with torch.no_grad():
        case["logits"] = summary(m.head(m.hidden(x, torch.arange(x.shape[1]).expand(x.shape))))
    trained = {k: v for k, v in m.p.items() if v.requires_grad}
    muon = {k: v for k, v in trained.items() if r["optimizer"] == "muon" and v.dim() >= 2 and not k.startswith(("tokens", "head"))}
    buffers = {k: torch.zeros_like(v) for k, v in muon.items()}
    rest = [v for k, v in trained.items() if k not in muon]
    adamw = torch.optim.AdamW([{"params": [v for v in rest if v.dim() >= 2], "weight_decay": r["weight_decay"]},
                               {"params": [v for v in rest if v.dim() < 2], "weight_decay": 0.0}], lr=1, betas=(r["beta1"], r["beta2"]), eps=1e-8)
    case["losses"], case["grads"] = [], {}
    for step in range(case["steps"]):
        x, y = batch(c, step, r["batch"])
        places, weight = torch.arange(x.shape[1]).expand(x.shape), torch.full(x.shape, 1 / x.numel(), dtype=torch.float64)
        if case.get("packed"):
            _, places, weight = packing(c, step, r["batch"])
        m.counted = 1.0
        h = m.hidden(x, places)
        loss = (nll(m.head(h), y) * weight).sum()
        case["losses"].append(loss.item())
        if c["ahead"]:  # where the next token is in the same sequence
            after = lambda z: torch.cat((z[:, 1:], z[:, :1]), 1)
            known = after(places) == places + 1
            weight, m.counted = after(weight) * known, known[..., None].double()
            loss = loss + AHEAD * (nll(m.second(h, after(x), places), after(y)) * weight).sum()
        for v in m.p.values():
            v.grad = None
        loss.backward()
        if step == 0:
            case["grads"] = {k: summary(v.grad if v.requires_grad else m.loads[k]) for k, v in m.p.items()}
        if r["clip"] > 0:
            torch.nn.utils.clip_grad_norm_(list(trained.values()), r["clip"])
        for g in adamw.param_groups:
            g["lr"] = r["learning_rate"] * fraction(r, step)
        adamw.step()
        with torch.no_grad():
            rise = min(1, (step + 1) / 300)
            mu = (1 - rise) * min(r["momentum"], 0.85) + rise * r["momentum"]
            for k, v in muon.items():
                buffers[k].mul_(mu).add_(v.grad)
                u = v.grad + mu * buffers[k]
                u = orthogonal(u) if u.dim() == 2 else torch.stack([orthogonal(z) for z in u])
                v.sub_(r["muon_rate"] * fraction(r, step) * max(1, v.shape[-2] / v.shape[-1]) ** 0.5 * u)
            for k, load in m.loads.items():
                m.p[k] += BALANCE * torch.sign(load.mean() - load)
                m.p[k] -= m.p[k].mean()
    case["weights"] = {k: summary(v) for k, v in m.p.items()}


NOTHING = dict(query=0, rank=0, plain=0, turned=0, value=0)
ALONE = dict(count=0, chosen=0, shared=0, hidden=0, dense=0, normed=False, scale=0)
base = dict(vocab=50, context=24, channels=32, hidden=40, heads=2, kv_heads=2, norm="rmsnorm", norm_eps=1e-6, position="rope", mlp="swiglu", ahead=0)
latent = dict(query=24, rank=12, plain=10, turned=6, value=14)
experts = dict(count=5, chosen=2, shared=2, hidden=12, dense=1, normed=True, scale=2.5)

cases = {
    "latent": dict(model=shape(**base, layers=2, latent=latent, experts=ALONE), recipe=recipe(**brief), steps=3),
    "experts": dict(model=shape(**dict(base, kv_heads=1), layers=2, latent=NOTHING, experts=dict(experts, normed=False, shared=0, dense=0)), recipe=recipe(**brief), steps=3),
    "deepseek": dict(model=shape(**dict(base, ahead=1), layers=2, latent=latent, experts=experts), recipe=recipe(**brief), steps=4),
    "deepseek, packed": dict(model=shape(**dict(base, ahead=1), layers=2, latent=latent, experts=experts), recipe=recipe(**dict(brief, optimizer="muon", weight_decay=0.0, clip=0.0)),
                             steps=4, packed=True),
}

if __name__ == "__main__":
    for case in cases.values():
        run(case)
    where = os.path.join(os.path.dirname(os.path.abspath(__file__)), "deepseek.json")
    with open(where, "w") as f:
        json.dump({"torch": torch.__version__, "cases": cases}, f, separators=(",", ":"))
        f.write("\n")
