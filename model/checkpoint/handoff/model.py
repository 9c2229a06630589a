"""The transformer of a recipe, in every form that Hornbook trains: GPT-2's, Llama's, and what others differ by.

continue.py trains it. Letters: B batch, T time, C channels, V vocabulary, H heads, K heads of keys and values,
D head size, E experts.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Linear(nn.Module):
    """y = x·wᵀ + b, and what an adapter adds: scale · (x·Aᵀ)·Bᵀ (Hu et al. 2021)."""

    def __init__(self, c, name, fan_in, fan_out, lora=None):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(fan_out, fan_in))
        self.bias = nn.Parameter(torch.zeros(fan_out)) if biased(c, name) else None
        self.lora = lora if lora and name in lora["targets"].split(",") else None
        if self.lora:
            self.lora_a = nn.Parameter(torch.zeros(lora["rank"], fan_in))
            self.lora_b = nn.Parameter(torch.zeros(fan_out, lora["rank"]))

    def forward(self, x):
        y = F.linear(x, self.weight, self.bias)
        if self.lora and self.lora["on"]:
            dropped = F.dropout(x, self.lora["dropout"], self.training)
            y = y + F.linear(F.linear(dropped, self.lora_a), self.lora_b) * (self.lora["alpha"] / self.lora["rank"])
        return y


def biased(c, name):
    reads = name in ("query", "key", "value")
    return c["bias"] and name != "head" and {"": True, "qkv": reads, "attention": reads or name == "output",
                                             "mlp": not reads and name != "output", "rest": not reads}[c.get("biased", "")]


class Norm(nn.Module):
    """LayerNorm, or RMSNorm."""

    def __init__(self, c, n, layer):
        super().__init__()
        self.eps, self.layer = c["norm_eps"], layer
        self.gain = nn.Parameter(torch.ones(n))
        self.bias = nn.Parameter(torch.zeros(n)) if layer and c["bias"] else None

    def forward(self, x):
        if self.layer:
            return F.layer_norm(x, x.shape[-1:], self.gain, self.bias, self.eps)
        x = x.float()
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.gain


class Attention(nn.Module):
    def __init__(self, c, lora):
        super().__init__()
        self.D, C, H, K = head_size(c), c["channels"], c["heads"], c["kv_heads"]
        self.unscaled = c.get("unscaled", False)
        self.query = Linear(c, "query", C, H * self.D, lora)
        self.key = Linear(c, "key", C, K * self.D, lora)
        self.value = Linear(c, "value", C, K * self.D, lora)
        self.query_norm = Norm(c, self.D, False) if c["qk_norm"] else None
        self.key_norm = Norm(c, self.D, False) if c["qk_norm"] else None
        self.output = Linear(c, "output", H * self.D, C, lora)

    def forward(self, x, turn, seen, past):
        q, k, v = (f(x).unflatten(-1, (-1, self.D)) for f in (self.query, self.key, self.value))
        if self.query_norm is not None:
            q, k = self.query_norm(q), self.key_norm(k)
        if turn is not None:
            q, k = rotated(q, *turn), rotated(k, *turn)
        if self.unscaled:
            q = q * self.D**0.5
        k, v = kept(past, k, v)
        k, v = (z.repeat_interleave(q.shape[2] // z.shape[2], 2) for z in (k, v))
        return self.output(attend(q, k, v, seen))


class Latent(nn.Module):
    """Multi-head latent attention (DeepSeek-AI 2024, section 2.1): keys and values of all heads are made of one
    vector a token, which is all that is kept of it, beside one key that turns with the position."""

    def __init__(self, c, lora):
        super().__init__()
        C, self.H, l = c["channels"], c["heads"], c["latent"]
        self.query_down, self.query_norm = Linear(c, "query", C, l["query"], lora), Norm(c, l["query"], False)
        self.query = Linear(c, "query", l["query"], self.H * l["plain"], lora)
        self.query_turned = Linear(c, "query", l["query"], self.H * l["turned"], lora)
        self.latent, self.latent_norm = Linear(c, "key", C, l["rank"], lora), Norm(c, l["rank"], False)
        self.key_turned = Linear(c, "key", C, l["turned"], lora)
        self.key = Linear(c, "key", l["rank"], self.H * l["plain"])
        self.value = Linear(c, "value", l["rank"], self.H * l["value"])
        self.output = Linear(c, "output", self.H * l["value"], C, lora)

    def forward(self, x, turn, seen, past):
        heads = lambda z: z.unflatten(-1, (self.H, -1))
        down = self.query_norm(self.query_down(x))
        q = torch.cat((heads(self.query(down)), rotated(heads(self.query_turned(down)), *turn)), -1)
        latent, turned = kept(past, self.latent_norm(self.latent(x)), rotated(self.key_turned(x)[:, :, None], *turn))
        k = torch.cat((heads(self.key(latent)), turned.expand(-1, -1, self.H, -1)), -1)
        return self.output(attend(q, k, heads(self.value(latent)), seen))


def kept(past, *now):
    """What a cache keeps of earlier tokens, and of these."""
    if past is None:
        return now
    past[:] = [torch.cat(two, 1) for two in zip(past, now)] if past else now
    return past


def attend(q, k, v, seen):
    """q, k and v are (B,T,H,D). seen (B,1,T,S) is what each may look at; None: all that came before."""
    q, k, v = (z.to(v.dtype).transpose(1, 2) for z in (q, k, v))
    if hasattr(F, "scaled_dot_product_attention"):
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, is_causal=seen is None)
    else:
        scores = q @ k.transpose(2, 3) / q.shape[-1]**0.5
        if seen is None:
            seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
        y = scores.masked_fill(~seen, -math.inf).softmax(-1) @ v
    return y.transpose(1, 2).flatten(2)


def rotated(x, cos, sin):
    """RoPE (Su et al. 2021): channel i of a head turns with channel i + D/2. x (B,T,H,D), cos and sin (B,T,1,D/2)."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class MLP(nn.Module):
    def __init__(self, c, hidden, lora):
        super().__init__()
        self.kind = c["mlp"]
        self.gate = Linear(c, "gate", c["channels"], hidden, lora) if self.kind == "swiglu" else None
        self.up = Linear(c, "up", c["channels"], hidden, lora)
        self.down = Linear(c, "down", hidden, c["channels"], lora)

    def forward(self, x, counted):
        up = self.up(x)
        if self.kind == "swiglu":
            up = F.silu(self.gate(x)) * up
        elif self.kind == "relu2":
            up = F.relu(up).square()
        else:
            up = F.gelu(up, approximate="tanh" if self.kind == "gelu_tanh" else "none")
        return self.down(up)


class Experts(nn.Module):
    """An MLP that is divided (DeepSeek-AI 2024, arXiv 2412.19437, section 2.1.2): each token goes to the experts that
    its router and their balance like best, and to the shared one. No expert computes tokens that are not its own."""

    def __init__(self, c, lora):
        super().__init__()
        self.e, C = c["experts"], c["channels"]
        E, W = self.e["count"], self.e["hidden"]
        self.router = Linear(c, "router", C, E)
        self.router.balance = nn.Parameter(torch.zeros(E), requires_grad=False)
        self.experts = nn.ModuleDict({name: nn.Module() for name in ("gate", "up", "down")})
        for name, m in self.experts.items():
            m.weight = nn.Parameter(torch.zeros(E, C, W) if name == "down" else torch.zeros(E, W, C))
        self.shared = MLP(c, self.e["shared"] * W, lora) if self.e["shared"] else None
        self.register_buffer("load", torch.zeros(E), persistent=False)  # how many of the tokens that count each was dealt

    def forward(self, x, counted):
        rows = x.flatten(0, 1)
        with torch.autocast(x.device.type, enabled=False):
            liked = torch.sigmoid(F.linear(rows.float(), self.router.weight))
        chosen = (liked + self.router.balance).topk(self.e["chosen"]).indices
        weight = liked.gather(1, chosen)
        if self.e["normed"]:
            weight = weight / (weight.sum(1, keepdim=True) + 1e-20)
        y = torch.zeros_like(rows)
        for i, (gate, up, down) in enumerate(zip(*(m.weight.unbind() for m in self.experts.values()))):
            at, nth = (chosen == i).nonzero(as_tuple=True)
            said = F.linear(F.silu(F.linear(rows[at], gate)) * F.linear(rows[at], up), down)
            y = y.index_add(0, at, (said * weight[at, nth, None] * self.e["scale"]).to(y.dtype))
        if counted is not None:
            self.load += F.one_hot(chosen, self.e["count"]).sum(1)[counted.flatten()].sum(0)
        y = y.view_as(x)
        return y if self.shared is None else y + self.shared(x, counted)


class Block(nn.Module):
    def __init__(self, c, lora, i):
        super().__init__()
        layer, C, e = c["norm"] == "layernorm", c["channels"], c.get("experts", {"count": 0})
        self.parallel = c.get("parallel", False)
        self.norm1 = Norm(c, C, layer)
        self.attention = Latent(c, lora) if latent(c) else Attention(c, lora)
        self.norm2 = Norm(c, C, layer)
        self.mlp = Experts(c, lora) if e["count"] and i >= e["dense"] else MLP(c, c["hidden"], lora)

    def forward(self, x, turn, seen, past, counted):
        y = x + self.attention(self.norm1(x), turn, seen, past)
        return y + self.mlp(self.norm2(x if self.parallel else y), counted)


class Ahead(nn.Module):
    """What the word after the next is told from (multi-token prediction, arXiv 2412.19437, section 2.2): the next
    one's embedding, and what the model makes of this one."""

    def __init__(self, c):
        super().__init__()
        C = c["channels"]
        self.embedding_norm, self.hidden_norm = Norm(c, C, False), Norm(c, C, False)
        self.join = Linear(c, "join", 2 * C, C)
        self.block, self.norm = Block(c, None, c["layers"]), Norm(c, C, False)

    def forward(self, h, embedding, turn, seen, counted):
        x = self.join(torch.cat((self.embedding_norm(embedding), self.hidden_norm(h)), -1))
        return self.norm(self.block(x, turn, seen, None, counted))


class GPT(nn.Module):
    """The transformer of a recipe. Its parameters are called as Hornbook calls them."""

    def __init__(self, c, lora=None):
        super().__init__()
        self.config, self.lora, C = c, dict(lora, on=True) if lora else None, c["channels"]
        self.tokens = nn.Embedding(c["vocab"], C)
        self.positions = nn.Embedding(c["context"], C) if c["position"] == "learned" else None
        self.lookback = nn.ModuleList(nn.Embedding(c["vocab"] + 1, C) for _ in range(c["lookback"]))
        self.trigrams = nn.Embedding(c["trigrams"], C) if c["trigrams"] else None
        self.blocks = nn.ModuleList(Block(c, self.lora, i) for i in range(c["layers"]))
        self.ahead = Ahead(c) if c.get("ahead") else None
        self.norm = Norm(c, C, c["norm"] == "layernorm")
        self.head = None if c["tied"] else Linear(c, "head", C, c["vocab"], self.lora)
        if c["position"] == "rope":
            angle = torch.arange(c["context"] + 1).double()[:, None] * frequencies(c)
            self.register_buffer("cos", angle.cos().float(), persistent=False)
            self.register_buffer("sin", angle.sin().float(), persistent=False)

    def forward(self, ids, place=None, cache=None, counted=None, ahead=False):
        """Logits (B,T,V) of ids (B,T). place (B,T) counts from 0 in each sequence of a row, -1 is padding in front;
        None: a row is a sequence. With a cache only what it has not seen is computed. Which expert takes the tokens
        that are counted (B,T) is noted. With ahead logits of the words after the next come too."""
        whole = place is None
        if whole:
            place = torch.arange(ids.shape[1], device=ids.device).expand(ids.shape)
        first = cache.pop("seen", 0) if cache is not None else 0
        x, now = self.embed(ids, place)[:, first:], place[:, first:].clamp(min=0)
        turn = (self.cos[now][:, :, None], self.sin[now][:, :, None]) if self.positions is None else None
        masks = {w: None if whole and not w and first == 0 else visible(place, first, w) for w in {0, self.config.get("window", 0)}}
        seen = lambda i: masks[looks(self.config, i)]
        for i, block in enumerate(self.blocks):
            x = block(x, turn, seen(i), None if cache is None else cache.setdefault(i, []), counted)
        if cache is not None:
            cache["seen"] = ids.shape[1]
        h, logits = self.norm(x), lambda h: F.linear(h, self.tokens.weight) if self.head is None else self.head(h)
        if not ahead:
            return logits(h)
        known = None if counted is None else counted & (following(place) == place + 1)
        return logits(h), logits(self.ahead(h, self.tokens(following(ids)), turn, seen(len(self.blocks)), known))

    def embed(self, ids, place):
        x = self.tokens(ids)
        if self.positions is not None:
            x = x + self.positions(place.clamp(min=0))
        before = lambda k: F.pad(ids, (k, 0))[:, :ids.shape[1]].masked_fill(place < k, self.config["vocab"])
        for k, table in enumerate(self.lookback):
            x = x + table(before(k + 1))
        if self.trigrams is not None:
            h = torch.full_like(ids, 2166136261)  # FNV-1a over whole ids, the latest first
            for id in (ids, before(1), before(2)):
                h = (h ^ id) * 16777619 & 0xFFFFFFFF
            x = x + self.trigrams((h ^ h >> 15) % self.config["trigrams"])
        return x


def following(x):
    return torch.cat((x[:, 1:], x[:, :1]), 1)


def visible(place, first, window):
    """(B,1,T,S): whether the row of a query, from the first-th on, sees that of a key."""
    row = torch.arange(place.shape[1], device=place.device)
    apart = row[first:, None] - row
    sequence = (place == 0).cumsum(1)
    seen = (apart >= 0) & (sequence[:, first:, None] == sequence[:, None])
    return (seen & (apart < window) if window else seen)[:, None]


def looks(c, layer):
    pattern = c.get("windowed", "")
    return c.get("window", 0) if not pattern or pattern[layer % len(pattern)] == "w" else 0


def latent(c):
    return c.get("latent", {}).get("rank", 0) > 0


def head_size(c):
    return c["head_dim"] or c["channels"] // c["heads"]


def frequencies(c):
    """RoPE's, one a pair of a head's channels; 0 for those that do not turn."""
    half = (c["latent"]["turned"] if latent(c) else head_size(c)) // 2
    turning = c["rotary"] // 2 if c.get("rotary") else half
    f = c["rope_base"] ** (-torch.arange(turning).double() / turning)
    s = c.get("scaling", {"kind": ""})
    if s["kind"] == "linear":
        f = f / s["factor"]
    elif s["kind"] == "llama3":
        short = ((s["context"] * f / (2 * math.pi) - s["low"]) / (s["high"] - s["low"])).clamp(0, 1)
        f = (1 - short) * f / s["factor"] + short * f
    return F.pad(f, (0, half - turning))


@torch.no_grad()
def begin(net, how, seed):
    """Draws the weights of a new model as the recipe says ("gpt2" or "unit"), by PyTorch's generator."""
    draw, c, unit = torch.Generator().manual_seed(seed), net.config, how == "unit"
    for name, p in net.named_parameters():
        if p.dim() < 2:
            continue
        deviation = 0.02
        if name.startswith(("blocks.", "ahead.")):
            writes = name.endswith((".output.weight", ".down.weight"))
            deviation = (0 if writes else p.shape[-1]**-0.5) if unit else 0.02 / (2 * c["layers"])**0.5 if writes else 0.02
        elif name.startswith(("head", "trigrams")):
            deviation = 0 if unit else 0.02
        elif unit and not c["tied"]:
            deviation = 1
        p.copy_(torch.randn(p.shape, generator=draw) * deviation)


# --- What it writes ------------------------------------------------------------------------------------

class Random:
    """Go's math/rand/v2 over PCG-DXSM (O'Neill 2014), so that what is drawn is what Hornbook draws."""

    def __init__(self, seed, stream):
        self.state = (seed % 2**64) << 64 | stream % 2**64

    def bits(self):  # 64 of them
        self.state = (self.state * (2549297995355413924 << 64 | 4865540595714422341)
                      + (6364136223846793005 << 64 | 1442695040888963407)) % 2**128
        high, low = self.state >> 64, self.state % 2**64
        high ^= high >> 32
        high = high * 0xDA942042E4DD58B5 % 2**64
        high ^= high >> 48
        return high * (low | 1) % 2**64

    def below(self, n):
        if n & (n - 1) == 0:
            return self.bits() & (n - 1)
        x = self.bits() * n
        while x % 2**64 < n and x % 2**64 < 2**64 % n:
            x = self.bits() * n
        return x >> 64

    def unit(self):  # in [0, 1)
        return (self.bits() % 2**53) / 2**53

    def shuffled(self, x):
        for i in range(len(x) - 1, 0, -1):
            j = self.below(i + 1)
            x[i], x[j] = x[j], x[i]
        return x


def key(seed, step, prompt, reply):
    """The seed of one reply, whoever writes it."""
    h = seed
    for x in (step, prompt, reply):
        h = (h ^ x) * 0x9E3779B97F4A7C15 % 2**64
        h ^= h >> 29
    return h


@torch.no_grad()
def write(net, prompts, seeds, tokens, stop, heat, over=all):
    """Each of prompts is gone on from, a draw a token, until a stop or so many tokens. over is asked when all
    have ended, since processes that share a model must go on together."""
    device, longest = next(net.parameters()).device, max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(p)) + p for p in prompts], device=device)
    place = torch.tensor([[-1] * (longest - len(p)) + list(range(len(p))) for p in prompts], device=device)
    draws, written, cache = [Random(s, 0) for s in seeds], [[] for _ in prompts], {}
    for _ in range(tokens):
        going = [not w or w[-1] not in stop for w in written]
        if over([not g for g in going]):
            break
        logits = net(ids, place, cache)[:, -1].float()
        if heat:
            reach = (logits / heat).softmax(-1).double().cumsum(-1)
            at = torch.tensor([d.unit() if g else 0 for d, g in zip(draws, going)], device=device, dtype=torch.float64)
            pick = (reach <= at[:, None] * reach[:, -1:]).sum(-1).clamp(max=logits.shape[1] - 1)
        else:
            pick = logits.argmax(-1)
        for w, id, g in zip(written, pick.tolist(), going):
            if g:
                w.append(id)
        ids, place = torch.cat((ids, pick[:, None]), 1), torch.cat((place, place[:, -1:] + 1), 1)
    return written
