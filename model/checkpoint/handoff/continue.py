#!/usr/bin/env python3
"""Goes on with a training run that Hornbook began, on as many processes and machines as there are.

    python3 continue.py                                   on this machine, by one process
    torchrun --nproc_per_node 8 continue.py               by eight, a GPU each where there are GPUs
    torchrun --nnodes 2 --nproc_per_node 8 --rdzv_backend c10d --rdzv_endpoint HOST:29500 continue.py

It needs PyTorch 1.13 or newer and nothing else, and lies in a folder that Hornbook wrote:

    run/          the run as Hornbook keeps it: model and tokenizer in Hugging Face's form, moments, recipe, history
    teacher/      whose predictions are learned, of objective distill
    data/         what is learned from, as 32-bit ids (.bin, read in place), and as text
    handoff.json  under which names the weights lie, and what the data are

What it writes (--out) is a folder like run/: it goes on there when it is started again, whatever stopped it,
and so does Hornbook (`hornbook train -resume -out FOLDER -data ...`, or the page, where it is opened).

Batches, their order, the loss, optimizer and schedule are those of the recipe, to the same numbers: every
draw comes from the generator that Hornbook has (Random). Only an adapter's dropout is PyTorch's own.

The file is in this order: the transformer, what it writes, what is learned from, losses, the optimizer, the run,
files. Letters: B batch, T time, C channels, V vocabulary, H heads, K heads of keys and values, D head size, E experts.
"""
import argparse, contextlib, hashlib, json, math, os, shutil, signal, struct, sys, time

try:
    import torch
    import torch.distributed as dist
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    raise SystemExit("continue.py: PyTorch is missing; install it: pip install torch, or on Debian apt-get install python3-torch")

HERE = os.path.dirname(os.path.abspath(__file__))
EVAL_SEED = 2024  # every evaluation draws the same
AHEAD = 0.3  # what the loss of the word after the next counts beside that of the next
BALANCE = 1e-2  # by how much a step moves the bias of an expert that had more to do than others, or less


# --- The transformer ----------------------------------------------------------------------------------

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


# --- What it writes -----------------------------------------------------------------------------------

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


# --- What is learned from ------------------------------------------------------------------------------
#
# Rows are a dict of tensors, a row a sequence or several that do not see each other:
#
#     ids, targets (B,T)   the target of a token that is not learned is -1
#     place (B,T)          that of each token in its sequence, where a row has several
#     weight (B,T)         what the loss of each target counts
#     counted (B,T)        whether a token is read: not padding, and no prompt that the row before has too
#     real (B)             0 where a row only fills up
#     share, advantage (B) what a pair counts; how good a reply is beside those of its group

def batch_of(ids, targets, **more):
    learned = (targets >= 0).float()
    return dict(ids=ids, targets=targets, weight=learned / learned.sum().clamp(min=1), counted=torch.ones_like(ids, dtype=torch.bool),
                real=torch.ones(len(ids)), **more)


def lessons_of(sequences, each, **more):
    """Rows of (ids, tokens of the prompt); of what is behind the prompt a token of row i counts each[i]."""
    n, longest = len(sequences), max((len(ids) for ids, _ in sequences), default=1) - 1
    rows = dict(ids=torch.zeros(n, longest, dtype=torch.long), targets=torch.full((n, longest), -1), weight=torch.zeros(n, longest),
                counted=torch.zeros(n, longest, dtype=torch.bool), real=torch.ones(n), **{k: torch.tensor(x) for k, x in more.items()})
    asked = None
    for i, (ids, prompt) in enumerate(sequences):
        end, learned = len(ids) - 1, slice(prompt - 1, len(ids) - 1)
        rows["ids"][i, :end], rows["targets"][i, learned] = torch.tensor(ids[:-1]), torch.tensor(ids[prompt:])
        rows["weight"][i, learned], rows["counted"][i, prompt - 1 if ids[:prompt] == asked else 0:end] = each[i], True
        asked = ids[:prompt]
    return rows


def even(sequences):
    """Lessons in which every token counts alike."""
    return lessons_of(sequences, [1 / sum(len(ids) - prompt for ids, prompt in sequences)] * len(sequences))


class Windows:
    """Random places of a text: B sequences of T ids, and as targets the same moved by one."""

    def __init__(self, ids, batch, time, seed):
        self.ids, self.batch, self.time = ids, batch, time
        self.seed(seed)

    def seed(self, seed):
        self.random = Random(seed, 0xDA7A)

    def skip(self):
        return [self.random.below(len(self.ids) - self.time) for _ in range(self.batch)]

    def next(self):
        rows = torch.stack([self.ids[at:at + self.time + 1] for at in self.skip()]).long()
        return batch_of(rows[:, :-1], rows[:, 1:])


class Packed:
    """Whole documents, as many in a row as fit; each comes once an epoch, in a new order."""

    def __init__(self, docs, batch, time, seed):
        self.docs, self.batch, self.time = docs, batch, time
        self.seed(seed)

    def seed(self, seed):
        self.random, self.order, self.at = Random(seed, 0xD0C5), list(range(len(self.docs))), len(self.docs)

    def skip(self):
        rows, used = [[] for _ in range(self.batch)], [0] * self.batch
        while True:
            if self.at == len(self.order):
                self.order, self.at = self.random.shuffled(self.order), 0
            doc = self.docs[self.order[self.at]]
            row = next((i for i in range(self.batch) if used[i] + len(doc[0]) <= self.time), None)
            if row is None:  # it opens the next batch
                return rows
            rows[row].append(doc)
            used[row] += len(doc[0])
            self.at += 1

    def next(self):
        ids, place = (torch.zeros(self.batch, self.time, dtype=torch.long) for _ in range(2))
        targets = torch.full_like(ids, -1)
        for i, row in enumerate(self.skip()):
            at = 0
            for doc in row:
                n = len(doc[0])
                ids[i, at:at + n], targets[i, at:at + n], place[i, at:at + n] = doc[0], doc[1], torch.arange(n)
                at += n
            place[i, at:] = torch.arange(self.time - at)
        return batch_of(ids, targets, place=place)


# --- Losses --------------------------------------------------------------------------------------------
#
# Each gives the loss of some rows and sums for the measures, of which it is the first. logp (B,T) are log
# probabilities of the targets, frozen the same by the model that this one is compared with.

def logp_of(logits, targets):
    return -F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="none").view_as(targets)


def sums_of(*x):
    return torch.stack([z.detach().double() for z in x] + [torch.zeros((), dtype=torch.float64, device=x[0].device)] * (10 - len(x)))


def dpo_loss(w, rows, logp, frozen):
    """Direct preference optimization (Rafailov et al. 2023, eq. 7) of pairs, the chosen answer first. Sums: loss,
    pairs, rewards of chosen and rejected, pairs told right, log probabilities, chosen tokens and their loss."""
    mask = rows["targets"] >= 0
    said, gain = (logp * mask).sum(1), ((logp - frozen) * mask).sum(1)
    if w["loss"] == "ipo":
        mean = gain / mask.sum(1)
        loss = (mean[0::2] - mean[1::2] - 1 / (2 * w["beta"]))**2
    elif w["loss"] == "robust":
        e, x = w["smoothing"], w["beta"] * (gain[0::2] - gain[1::2])
        loss = ((1 - e) * -F.logsigmoid(x) - e * -F.logsigmoid(-x)) / (1 - 2 * e)
    else:
        loss = -F.logsigmoid(w["beta"] * (gain[0::2] - gain[1::2]))
    loss = (loss * rows["share"][0::2]).sum() - (logp * rows["weight"]).sum()
    real, right = rows["real"], (gain[0::2] > gain[1::2]).float().repeat_interleave(2)
    chosen = lambda x: (x * real)[0::2].sum()
    rejected = lambda x: (x * real)[1::2].sum()
    reward = w["beta"] * gain
    return loss, sums_of(loss, chosen(real), chosen(reward), rejected(reward), chosen(right), chosen(said), rejected(said),
                         chosen(mask.sum(1)), -chosen(said))


def grpo_loss(w, rows, logp, frozen, logits):
    """Group relative policy optimization (Shao et al. 2024), as TRL has it. Sums: loss, tokens, KL, entropy, tokens
    whose ratio was too low and too high to count."""
    old = rows.setdefault("old", logp.detach())
    ratio, a = torch.exp(logp - old), rows["advantage"][:, None]
    loss = -torch.min(ratio * a, ratio.clamp(1 - w["clip_low"], 1 + w["clip_high"]) * a)
    kl = torch.zeros_like(loss)
    if frozen is not None:
        kl = torch.exp(frozen - logp) - (frozen - logp) - 1  # k3 (Schulman 2020)
        loss = loss + w["kl"] * kl
    loss = (loss * rows["weight"]).sum()
    with torch.no_grad():
        entropy = torch.distributions.Categorical(logits=logits).entropy()
        counts = (rows["targets"] >= 0) * rows["real"][:, None]
        low, high = (a < 0) & (ratio < 1 - w["clip_low"]), (a > 0) & (ratio > 1 + w["clip_high"])
        return loss, sums_of(loss, *((x * counts).sum() for x in (torch.ones_like(kl), kl, entropy, low, high)))


def distill_loss(w, rows, logits, teacher):
    """Generalized knowledge distillation (Agarwal et al. 2023): β·KL(T‖M) + (1-β)·KL(S‖M), M = (1-β)·S + β·T.
    Sums: loss, tokens, tokens for which both hold the same likeliest."""
    s, t, b = logits.log_softmax(-1), teacher.log_softmax(-1), w["gkd_beta"]
    kl = lambda p, q: (p.exp() * (p - q)).sum(-1)
    if b in (0, 1):
        d = kl(s, t) if b else kl(t, s)
    else:
        m = torch.logsumexp(torch.stack((s + math.log(1 - b), t + math.log(b))), 0)
        d = b * kl(t, m) + (1 - b) * kl(s, m)
    loss = (d * rows["weight"]).sum()
    counts = (rows["targets"] >= 0) * rows["real"][:, None]
    return loss, sums_of(loss, counts.sum(), ((logits.argmax(-1) == teacher.argmax(-1)) * counts).sum())


def advantages(rewards, scale):
    mean = sum(r / len(rewards) for r in rewards)
    deviation = sum((r - mean) * (r - mean) / (len(rewards) - 1) for r in rewards)**0.5
    return [(r - mean) / (deviation + 1e-4) if scale else r - mean for r in rewards], mean, deviation


def shares(w, lengths):
    """What each token of each group's replies counts; replies that are left out have none left."""
    replies, every = sum(map(len, lengths)), sum(map(sum, lengths))
    by = {"grpo": lambda g, n: replies * n, "bnpo": lambda g, n: len(lengths) * sum(g),
          "dapo": lambda g, n: every, "dr_grpo": lambda g, n: replies * w["reply_most"]}[w["loss"]]
    return [[1 / max(1, by(g, n)) for n in g] for g in lengths]


# --- The optimizer -------------------------------------------------------------------------------------

def stage_of(recipe, done):
    """The recipe as it is for the step after so many, and where that stage began: GRPO may first be shown how."""
    w = recipe.get("rewards", {})
    warm = w.get("warm_up_steps", 0) if recipe["objective"] == "grpo" else 0
    if done >= warm:
        return dict(recipe, steps=recipe["steps"] - warm), warm
    return dict(recipe, steps=warm, learning_rate=w["warm_rate"], muon_rate=w["warm_muon"], warm_up=warm // 20, schedule="linear", hold=0.5,
                final_fraction=0.1, beta1=0.9, beta2=0.95, momentum=0.95, optimizer="muon" if w["warm_muon"] > 0 else "adamw"), 0


def fraction(r, step):
    """The part of the peak learning rate at a step, from 0: warm-up, a hold, then down by half a cosine or a line."""
    if step < r["warm_up"]:
        return (step + 1) / (r["warm_up"] + 1)
    start = r["warm_up"] + r["hold"] * (r["steps"] - r["warm_up"])
    through = min(1, max(0, (step - start) / max(1, r["steps"] - start)))
    through = {"cosine": (1 - math.cos(math.pi * through)) / 2, "linear": through, "constant": 0}[r["schedule"]]
    return 1 + through * (r["final_fraction"] - 1)


def full(x):
    return x.full_tensor() if hasattr(x, "full_tensor") else x  # of all processes, where each has a part


def like(p, x):
    """x as p lies: in parts where p does."""
    if not hasattr(p, "full_tensor"):
        return x.to(p.device)
    from torch.distributed.tensor import distribute_tensor
    return distribute_tensor(x.to(p.device), p.device_mesh, p.placements)


def by_muon(recipe, name, p):
    return recipe["optimizer"] == "muon" and name.startswith(("blocks.", "ahead.")) and p.dim() >= 2


class Optimizer:
    """AdamW (Loshchilov & Hutter 2019) and, where the recipe says so, Muon (Jordan et al. 2024) on the blocks' matrices.
    rates are factors of AdamW's rate, of parameters that have one (--channels)."""

    def __init__(self, stage, named, steps, moments, rates):
        self.stage, self.steps, self.named, self.momentum, groups = stage, steps, named, {}, {}
        take = lambda n, end, p: like(p, moments.get(n + end, torch.zeros(p.shape)))
        for n, p in named.items():
            if by_muon(stage, n, p):
                self.momentum[n] = take(n, ".momentum_buffer", p)
            else:
                groups.setdefault((p.dim() >= 2, rates.get(n, 1)), []).append(n)
        self.adam = torch.optim.AdamW([{"params": [named[n] for n in names], "rate": rate, "weight_decay": stage["weight_decay"] if decays else 0}
                                       for (decays, rate), names in groups.items()] or [nn.Parameter(torch.zeros(1))],
                                      lr=1.0, betas=(stage["beta1"], stage["beta2"]), eps=1e-8)
        for n in (n for names in groups.values() for n in names):
            p = named[n]
            self.adam.state[p] = {"step": torch.tensor(float(steps)), "exp_avg": take(n, ".exp_avg", p), "exp_avg_sq": take(n, ".exp_avg_sq", p)}

    @torch.no_grad()
    def step(self, loads):
        """loads are how many tokens each expert was dealt, by the names of what they are chosen by."""
        s, part = self.stage, fraction(self.stage, self.steps)
        self.steps += 1
        for g in self.adam.param_groups:
            g["lr"] = s["learning_rate"] * part * g.get("rate", 1)
        self.adam.step()
        rise = min(1, self.steps / 300)
        mu, lr = min(s["momentum"], 0.85) * (1 - rise) + s["momentum"] * rise, s["muon_rate"] * part
        for n, m in self.momentum.items():
            p = self.named[n]
            m.mul_(mu).add_(p.grad)
            u = like(p, orthogonal(full(p.grad + mu * m)))
            p.mul_(1 - lr * s["weight_decay"]).add_(u, alpha=-lr * max(1, p.shape[-2] / p.shape[-1])**0.5)
        for n, load in loads.items():
            if n in self.named:
                b = full(self.named[n]) + BALANCE * torch.sign(load.mean() - load).to(self.named[n].device)
                self.named[n].copy_(like(self.named[n], b - b.mean()))

    def moments(self):
        for n, p in self.named.items():
            if n in self.momentum:
                yield n + ".momentum_buffer", full(self.momentum[n])
            else:
                for end in (".exp_avg", ".exp_avg_sq"):
                    yield n + end, full(self.adam.state[p][end[1:]])


def orthogonal(g):
    """The matrix of singular values about 1 that is nearest to g: five steps of a quintic Newton–Schulz iteration.
    Of three dimensions it is a matrix an expert."""
    x = g / (g.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    tall = x.shape[-2] > x.shape[-1]
    x = x.transpose(-2, -1) if tall else x
    for _ in range(5):
        a = x @ x.transpose(-2, -1)
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.transpose(-2, -1) if tall else x


# --- The run -------------------------------------------------------------------------------------------

def read_lines(name):
    """The values of a file in data/ that has one a line."""
    try:
        with open(os.path.join(HERE, "data", name), encoding="utf-8") as f:
            return [json.loads(line) for line in f]
    except ValueError as e:
        die(f"data/{name} cannot be read ({e}); hand the run off again")


class Run:
    def __init__(self, args):
        if tuple(int(x) for x in torch.__version__.split(".")[:2]) < (1, 13):
            die(f"PyTorch is {torch.__version__}; 1.13 or newer is needed")
        self.args, self.rank, self.world = args, int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
        self.joined = "TORCHELASTIC_RUN_ID" in os.environ  # torchrun started it
        self.hand = handed(HERE)
        self.open()
        r = self.recipe = self.doc["recipe"]
        self.steps = r["steps"] = args.steps or r["steps"]
        self.objective, self.warm = r["objective"], r["rewards"]["warm_up_steps"] if r["objective"] == "grpo" else 0
        self.done, self.tokens, self.written, self.seconds = (self.doc.get(k, 0) for k in ("step", "tokens", "written", "seconds"))
        if self.done >= self.steps and args.stop_at is None:
            die(f"all {self.steps} steps of the run are taken; --steps {2 * self.steps} goes on to so many")
        if r["batch"] < self.world:
            die(f"{self.world} processes cannot share a batch of {r['batch']} rows; start at most {r['batch']}")
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        if self.joined and not dist.is_initialized():
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        if self.total(torch.tensor([float(self.done)]))[0] != self.done * self.world:
            die(f"the processes found runs of different steps: {args.out} must be one folder that all machines share")
        self.build()
        self.read_data()
        self.tally = self.doc.get("tally") or [0.0] * 15
        self.optimizer, self.given, self.stopping, self.taken, self.saved = None, None, False, 0, time.time()

    def say(self, text):
        if self.rank == 0:
            print(text, flush=True)

    def total(self, x):
        """The sums over all processes."""
        x = x.double().to(self.device)
        if self.joined:
            dist.all_reduce(x)
        return x.tolist()

    def open(self):
        """Finds what there is to go on with: --out, else the run that was handed off, or a larger one like it."""
        a, self.layout, self.rates = self.args, self.hand["tensors"], {}
        there, self.grown = os.path.exists(os.path.join(a.out, "run.json")), os.path.join(a.out, "grown.json")
        self.folder = Folder(a.out if there else os.path.join(HERE, "run"))
        self.doc, self.log = self.folder.doc, []
        if there and (a.layers or a.channels):
            die(f"{a.out} holds a run already; name another --out for the larger model")
        if a.layers or a.channels:
            return self.grow()
        if there and os.path.exists(self.grown):
            self.layout, self.rates = None, read_json(self.grown, {"rates": dict}, "begin the larger model again")["rates"]
        if "log.jsonl" in self.doc["sha256"]:
            with open(self.folder.at("log.jsonl"), encoding="utf-8") as f:
                self.log = f.read().splitlines()

    def grow(self):
        """A new model, larger, by the same recipe and data. Where AdamW moves a matrix, its rate is divided by what the
        matrix' input has grown by, as muP says (Yang et al. 2022, table 8); Muon's step has the right size by itself."""
        doc, r, m = self.doc, self.doc["recipe"], self.doc["recipe"]["model"]
        if r["objective"] not in ("lm", "distill") and r["from"] != "new":
            die(f"a new model cannot begin with {r['objective']}: hand off the run that taught the model to read, and grow that")
        C, D, group = self.args.channels or m["channels"], m["channels"] // m["heads"], m["heads"] // m["kv_heads"]
        heads = m["heads"] * C // m["channels"]
        if C % (D * group):
            die(f"--channels {C}: give a multiple of {D * group}, since heads have {D} channels and {group} share their keys")
        wider = lambda n: max(8, round(n * C / m["channels"] / 8) * 8)
        new = dict(m, layers=self.args.layers or m["layers"], channels=C, heads=heads, kv_heads=heads // group, hidden=wider(m["hidden"]))
        if latent(m):
            new["latent"] = dict(m["latent"], query=wider(m["latent"]["query"]), rank=wider(m["latent"]["rank"]))
        if "experts" in m:
            new["experts"] = dict(m["experts"], hidden=wider(m["experts"]["hidden"]))
        if new["layers"] > 64 or C > 4096 or new["hidden"] > 16384:
            self.say("Hornbook opens models of up to 64 layers and 4096 channels: this one can only be used here")
        kind = lambda n: n.split(".", 2)[2] if n.startswith("blocks.") else n
        was = {kind(n): p.shape[-1] for n, p in GPT(m).named_parameters() if p.dim() >= 2}
        self.rates = {n: was[kind(n)] / p.shape[-1] for n, p in GPT(new).named_parameters()
                      if n.startswith(("blocks.", "ahead.", "head.")) and kind(n) in was and not by_muon(r, n, p)}
        for name in ("best", "tally", "measures", "questions", "from", "written"):
            doc.pop(name, None)
        doc.update(step=0, tokens=0, seconds=0, state="training", name=f"{doc['name']} {new['layers']}x{C}",
                   recipe=dict(r, model=new, trains="all", **{"from": "new"}))
        doc["papers"] = [p for p in doc.get("papers", []) if p != "generation_config.json"]
        doc["sha256"] = {n: s for n, s in doc["sha256"].items() if n in ("tokenizer.json", "tokenizer_config.json", *doc["papers"])}
        self.layout = None

    def build(self):
        """The model, what of it trains, and the one that it is compared with or learns from."""
        r, folder = self.recipe, self.folder
        self.trains, lora = r["trains"], r["tuning"]["lora"] if r["trains"] == "adapter" else None
        self.net = GPT(r["model"], lora)
        weights = folder.tensors("model.safetensors")
        begin(self.net, r["init"], r["seed"]) if weights is None else fill(self.net, weights, self.layout)
        if lora:
            fill(self.net, folder.tensors("adapter_model.safetensors"), self.adapter())
        first = r["model"]["layers"] - r["tuning"]["last_layers"]
        last = lambda n: n.startswith(("ahead.", "norm.", "head.")) or n.startswith("blocks.") and int(n.split(".")[1]) >= first
        chosen = {"all": lambda n: True, "last": last, "adapter": lambda n: ".lora_" in n}[self.trains]
        for n, p in self.net.named_parameters():
            p.requires_grad_(chosen(n) and not n.endswith(".balance"))
        self.net.to(self.device)
        self.experts = {n[:-len("load")] + "router.balance": b for n, b in self.net.named_buffers() if n.endswith(".load")}
        self.ddp = self.net
        if self.args.shard:
            self.shard()
        elif self.joined:
            self.ddp = nn.parallel.DistributedDataParallel(self.net, broadcast_buffers=False, find_unused_parameters=self.net.ahead is not None)
        self.every = dict(self.net.named_parameters())  # as they lie between two steps
        self.named = {n: p for n, p in self.every.items() if chosen(n)}
        self.best, self.reference = folder.tensors("best.safetensors"), folder.tensors("reference.safetensors")
        self.stale = (self.doc.get("best") or {}).get("stale", 0)
        self.freeze()

    def adapter(self):
        named = dict(self.net.named_parameters())
        return [[theirs, [[ours, len(named[ours])]], False, None] for theirs, ours in self.hand["adapter"]]

    def shard(self):
        """FSDP2: each process keeps its part of the weights and moments."""
        if not self.joined:
            die("--shard divides a model among processes; start them by torchrun")
        try:
            from torch.distributed.fsdp import fully_shard
        except Exception:  # what an old one raises is not always that it lacks it
            die(f"--shard is PyTorch's FSDP2, and {torch.__version__} has none; use 2.6 or newer, or leave --shard out")
        mesh = dist.init_device_mesh(self.device.type, (self.world,))
        for module in [*self.net.blocks, self.net]:
            fully_shard(module, mesh=mesh)

    def whole(self, p):
        return full(p.detach()).cpu().clone()

    def freeze(self):
        """The second model: a teacher, or the run's own as it began; None where it is this one without its adapter."""
        r, self.frozen = self.recipe, None
        compares = self.objective == "dpo" or self.objective == "grpo" and r["rewards"]["kl"] > 0 and self.done >= self.warm
        if self.objective == "distill" and not r["distillation"]["hard"]:
            teacher = Folder(os.path.join(HERE, "teacher"))
            self.frozen = GPT(teacher.doc["recipe"]["model"])
            fill(self.frozen, teacher.tensors("model.safetensors"), self.hand["teacher"])
        elif compares and self.trains != "adapter":
            weights = {n: self.whole(p) for n, p in self.every.items()}
            self.reference = self.reference or {n: weights[n] for n in self.named}
            self.frozen = GPT(r["model"])
            fill(self.frozen, dict(weights, **self.reference), None)
        if self.frozen is not None:
            self.frozen.to(self.device).requires_grad_(False).eval()

    def read_data(self):
        r, V = self.recipe, self.recipe["model"]["vocab"]
        at = lambda name, *limits: ids_in(os.path.join(HERE, "data", name), *limits)
        B, T, seed, has = r["batch"], r["model"]["context"], r["seed"], lambda name: "data/" + name in self.hand["sha256"]
        self.sets, self.source, self.drawn, self.perms = {}, None, 0, {}
        if has("ids.bin"):
            x, kind = at("ids.bin", V), Windows
            n = min(len(x) * 9 // 10, len(x) - T - 1)
            if has("lengths.bin"):
                lengths, targets, kind = at("lengths.bin", T + 1, 1).tolist(), at("targets.bin", V, -1), Packed
                if not len(x) == len(targets) == sum(lengths):
                    die(f"data/lengths.bin adds up to {sum(lengths)}, of {len(x)} ids and {len(targets)} targets; hand the run off again")
                x = list(zip(x.split(lengths), targets.split(lengths)))
                n = min(len(x) * 9 // 10, len(x) - 1)
            if n < (1 if kind is Packed else T + 1):
                die(f"data/ids.bin is too short for rows of {T} tokens; hand the run off again")
            self.source = kind(x[:n], B, T, seed)
            self.sets = {"train_loss": kind(x[:n], B, T, seed), "val_loss": kind(x[n:], B, T, seed)}
        if has("old.bin"):
            self.sets["old_loss"] = Windows(at("old.bin", V), B, T, 0)
        if has("pairs.bin"):
            ids = at("pairs.bin", V)
            lengths, prompts = at("pairs_lengths.bin", T + 2, 2).tolist(), at("pairs_prompts.bin", T + 1, 1).tolist()
            if sum(lengths) != len(ids) or len(lengths) != len(prompts) or len(lengths) % 2 or any(p >= n for p, n in zip(prompts, lengths)):
                die("data/pairs_lengths.bin and data/pairs_prompts.bin do not tell of the answers in data/pairs.bin; hand the run off again")
            answers = [(x.tolist(), n) for x, n in zip(ids.split(lengths), prompts)]
            self.pairs = list(zip(answers[0::2], answers[1::2]))
            self.train_pairs = len(self.pairs) - min(max(1, len(self.pairs) // 10), 32)
        if has("prompts.jsonl"):
            sys.path.insert(0, HERE)
            import verifier
            self.verifier = verifier
            self.pieces = read_lines("pieces.json")[0]
            self.prompts, self.held = read_lines("prompts.jsonl"), read_lines("held.jsonl")
            if len(self.pieces) != V or any(not 0 <= id < V for e in self.prompts + self.held for id in e["ids"]):
                die("data/prompts.jsonl, held.jsonl and pieces.json do not tell of the model's tokens; hand the run off again")

    # What a step learns from.

    def kind(self):
        """dpo, grpo and distill learn from lessons; lm and sft, the twin of distill and GRPO's first steps from batches."""
        r = self.recipe
        hard = self.objective == "distill" and r["distillation"]["hard"]
        return "batch" if self.done < self.warm or hard or self.objective in ("lm", "sft") else self.objective

    def rows(self):
        kind, r = self.kind(), self.recipe
        if kind == "dpo":
            n, each = self.train_pairs, r["preferences"]["pairs"]
            return self.pair_rows([self.pairs[self.nth(n, self.done * each + i)] for i in range(each)])
        if kind == "grpo":
            return self.roll()
        for _ in range(self.drawn, self.done):
            self.source.skip()
        batch, self.drawn = self.source.next(), self.done + 1
        if kind == "batch":
            return batch
        if Random(r["seed"], (0xD15 << 32) + self.done).unit() >= r["distillation"]["lambda"]:
            return self.text_rows(batch)
        T, n = r["model"]["context"], max(1, r["model"]["context"] // 4)
        prompts, seeds = batch["ids"][:, :n].tolist(), [key(r["seed"], self.done, i, 0) for i in range(r["batch"])]
        own = self.write(prompts, seeds, T + 1 - n, (), 1)
        self.written += sum(map(len, own))
        return even([(p + w, n) for p, w in zip(prompts, own)])

    def text_rows(self, batch):
        return even([(ids[:1] + targets, 1) for ids, targets in zip(batch["ids"].tolist(), batch["targets"].tolist())])

    def nth(self, n, at):
        """The at-th of draws from n in which each comes once an epoch."""
        if at // n not in self.perms:
            self.perms = {at // n: Random(self.recipe["seed"], (0xD90 << 32) + at // n).shuffled(list(range(n)))}
        return self.perms[at // n][at % n]

    def pair_rows(self, pairs):
        each = self.recipe["preferences"]["sft"] / sum(len(ids) - n for (ids, n), _ in pairs)
        answers = [a for pair in pairs for a in pair]
        return lessons_of(answers, [each, 0] * len(pairs), share=[1 / len(pairs)] * len(answers))

    def write(self, prompts, seeds, tokens, stop, heat, at_once=512):
        """What the model writes, each process some of it; all get all."""
        n, written = len(prompts), {}
        mine = [min(i, n - 1) for i in range(self.rank, self.world * -(-n // self.world), self.world)]
        over = (lambda ends: self.total(torch.tensor([float(not all(ends))]))[0] == 0) if self.args.shard else all
        self.net.eval()
        for at in range(0, len(mine), at_once):
            some = mine[at:at + at_once]
            written.update(zip(some, write(self.net, [prompts[i] for i in some], [seeds[i] for i in some], tokens, stop, heat, over)))
        if self.joined:
            parts = [None] * self.world
            dist.all_gather_object(parts, written)
            written = {i: w for part in parts for i, w in part.items()}
        return [written[i] for i in range(n)]

    def reply(self, ids):
        """What the assistant says by ids: up to a special token that is not part of its thoughts."""
        end = next((i for i, id in enumerate(ids) if id in self.hand["cut"]), len(ids))
        text = b"".join(self.pieces[id].encode("latin-1") for id in ids[:end]).decode("utf-8", "surrogateescape")
        return text if self.hand["chats"] else text.split("\n")[0]

    def roll(self):
        """A round: groups of replies, rewarded, each as good as it is beside the others of its group."""
        r, w, stop = self.recipe, self.recipe["rewards"], self.hand["stop"]
        G, draw = w["group"], Random(r["seed"], (0x60 << 32) + self.done)
        asked = [self.prompts[draw.below(len(self.prompts))] for _ in range(w["prompts"])]
        prompts = [a["ids"][max(0, len(a["ids"]) + w["reply_most"] - r["model"]["context"]):] for a in asked for _ in range(G)]
        seeds = [key(r["seed"], self.done, i, s) for i in range(len(asked)) for s in range(G)]
        written = self.write(prompts, seeds, w["reply_most"], stop, w["heat"])
        self.written += sum(map(len, written))
        ahead, lengths, seen = [], [], [0.0] * 3
        for i, example in enumerate(asked):
            replies = written[i * G:(i + 1) * G]
            rewards = [self.verifier.reward(w["reward"], self.hand["strict"], example, self.reply(x)) - w["length_cost"] * len(x) for x in replies]
            lengths.append([0 if w["leave_cut"] and x[-1] not in stop else len(x) for x in replies])
            better, mean, deviation = advantages(rewards, w["scale"])
            ahead += better
            seen = [a + b / len(asked) for a, b in zip(seen, (mean, deviation, float(deviation == 0)))]
        self.tally[1] += 1
        self.tally[12:] = [a + b for a, b in zip(self.tally[12:], seen)]
        each = [e for group in shares(w, lengths) for e in group]
        learned = [i for i, n in enumerate(n for group in lengths for n in group) if n]
        return lessons_of([(prompts[i] + written[i], len(prompts[i])) for i in learned], [each[i] for i in learned],
                          advantage=[ahead[i] for i in learned])

    def pieces_of(self, rows, unit=1):
        """This process' part of rows, in as many pieces as each has; what is missing is there and counts nothing.
        Units of so many rows stay together."""
        n = len(rows["ids"]) // unit
        mine = list(range(self.rank, n, self.world))
        blank = -(-n // self.world) - len(mine)
        part = {k: x[[u * unit + i for u in mine + [0] * blank for i in range(unit)]] for k, x in rows.items()}
        for k in ("weight", "counted", "real", "share"):
            if blank and k in part:
                part[k][-blank * unit:] = 0
        r, pieces = self.recipe, []
        at_once = max(1, (self.args.micro or r["batch"] * r["model"]["context"] // max(1, rows["ids"].shape[1])) // unit) * unit
        for at in range(0, len(part["ids"]), at_once):
            pieces.append({k: x[at:at + at_once].to(self.device) for k, x in part.items()})
        return pieces

    def count_again(self, rows, unit):
        """Hornbook reads lessons in portions of at most a batch's tokens, and a prompt anew in each: experts have that to do."""
        most, read, n = self.recipe["batch"] * self.recipe["model"]["context"], 0, rows["counted"].sum(1).tolist()
        for i in range(0, len(n), unit):
            more = sum(n[i:i + unit])
            if read and read + more > most:
                read = 0
                rows["counted"][i, :1 + int((rows["targets"][i] >= 0).nonzero().max())] = True
            read += more

    # A step.

    def forward(self, rows, net, **more):
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.args.dtype == "bfloat16"):
            return net(rows["ids"], rows.get("place"), **more)

    def loss(self, rows, kind, learns):
        """That of some rows, and sums."""
        r, targets = self.recipe, rows["targets"]
        second = learns and kind == "batch" and self.net.ahead is not None
        out = self.forward(rows, self.ddp if learns else self.net, counted=rows["counted"] if learns else None, ahead=second)
        heat = r["rewards"]["heat"] if kind == "grpo" else r["distillation"]["distill_temperature"] if kind == "distill" else 1
        logits = (out[0] if second else out).float() / heat
        logp = logp_of(logits, targets)
        if kind == "batch":
            loss = told = -(logp * rows["weight"]).sum()
            if second:
                targets, weight = self.second_word(rows)
                loss = told - AHEAD * (logp_of(out[1].float(), targets) * weight).sum()
            return loss, sums_of(told)
        frozen, teacher = self.compared(rows, kind, heat)
        if kind == "dpo":
            return dpo_loss(r["preferences"], rows, logp, frozen)
        if kind == "grpo":
            return grpo_loss(r["rewards"], rows, logp, frozen, logits)
        return distill_loss(r["distillation"], rows, logits, teacher)

    def second_word(self, rows):
        """Targets of the words after the next, where the next is of the same sequence, and what they count."""
        place = rows.get("place", torch.arange(rows["ids"].shape[1], device=self.device).expand(rows["ids"].shape))
        return following(rows["targets"]), following(rows["weight"]) * (following(place) == place + 1)

    @torch.no_grad()
    def compared(self, rows, kind, heat):
        """What the frozen model says of rows: log probabilities and logits."""
        if kind == "grpo" and self.recipe["rewards"]["kl"] == 0:
            return None, None
        if self.frozen is None:
            self.net.lora["on"] = False
        logits = self.forward(rows, self.net if self.frozen is None else self.frozen).float() / heat
        if self.frozen is None:
            self.net.lora["on"] = True
        return logp_of(logits, rows["targets"]), logits

    def step(self):
        start, kind, (stage, first) = time.time(), self.kind(), stage_of(self.recipe, self.done)
        if self.optimizer is None or first == self.done > 0:
            moments = self.folder.tensors("optimizer.safetensors") if self.optimizer is None and self.done > first else {}
            self.optimizer = Optimizer(stage, self.named, self.done - first, moments or {}, self.rates)
        if kind != "grpo" or self.given is None or self.between_rounds():
            rows, unit = self.rows(), 2 if kind == "dpo" else 1
            tokens = int(rows["counted"].sum())
            if kind != "batch" and self.experts:
                self.count_again(rows, unit)
            self.given = self.pieces_of(rows, unit), tokens
        pieces, tokens = self.given
        self.net.train()
        trained = [p for p in self.named.values() if p.requires_grad]
        for p in trained:
            p.grad = None
        sums = torch.zeros(10, dtype=torch.float64, device=self.device)
        for i, rows in enumerate(pieces):
            with self.met(i + 1 == len(pieces)):
                loss, more = self.loss(rows, kind, True)
                (loss * self.world).backward()  # PyTorch takes the processes' mean, the loss is their sum
            sums = sums + more
        for p in trained:
            p.grad = torch.zeros_like(p) if p.grad is None else p.grad
        loads = list(self.experts.values())
        due = self.rank == 0 and time.time() - self.saved >= self.args.save_every
        *sums, stopping, due = self.total(torch.cat([*loads, sums, torch.tensor([float(self.stopping), float(due)], device=self.device)]))
        dealt, sums = torch.tensor(sums[:-10]).split([len(b) for b in loads]), sums[-10:]
        if not math.isfinite(sums[0]):
            die(f"the loss of step {self.done + 1} is no finite number; what was saved before is in {self.args.out}: go on from there with smaller rates")
        if self.recipe["clip"]:
            torch.nn.utils.clip_grad_norm_(trained, self.recipe["clip"])
        self.optimizer.step(dict(zip(self.experts, dealt)))
        for b in loads:
            b.zero_()
        if self.objective in ("dpo", "grpo") or kind == "distill":
            self.tally[0] += 1
            self.tally[2:12] = [a + b for a, b in zip(self.tally[2:12], sums if kind != "batch" else [0.0] * 10)]
        took = time.time() - start
        self.done, self.tokens, self.taken, self.seconds = self.done + 1, self.tokens + tokens, self.taken + 1, self.seconds + took
        if self.warm and self.done == self.warm:
            self.freeze()
        return sums[0], tokens / took, stopping > 0, due > 0

    def met(self, last):
        """Gradients are exchanged once, behind the last piece."""
        if self.args.shard:
            self.net.set_requires_gradient_sync(last)
        elif self.joined and not last:
            return self.ddp.no_sync()
        return contextlib.nullcontext()

    # Measures.

    def read(self, rows, kind, unit=1):
        return self.total(sum(self.loss(piece, kind, False)[1] for piece in self.pieces_of(rows, unit)))

    @torch.no_grad()
    def evaluate(self):
        measures, n = {}, self.recipe["last_eval_batches" if self.done >= self.steps else "eval_batches"]
        self.net.eval()
        for name in self.sets:
            measures[name] = sum(self.read(batch, "batch")[0] for batch in self.drawn_from(name, n)) / n
        self.examine_form(measures)
        getattr(self, "examine_" + self.objective, lambda m: None)(measures)
        if self.hand["bytes"] and "val_loss" in measures:
            measures["bits_per_byte"] = measures["val_loss"] / math.log(2) / (self.hand["bytes"] / self.hand["tokens"])
        measures = {k: v for k, v in measures.items() if math.isfinite(v)}  # Hornbook reads no others
        better = self.judge(-measures["pass@1"] if "pass@1" in measures else measures.get("val_loss", math.inf))
        best = {"best": True} if better else {}
        self.log.append(json.dumps({"step": self.done, "tokens": self.tokens, "seconds": self.seconds, **best, "measures": measures}))
        self.doc["measures"] = measures
        self.say(f"step {self.done:6d}/{self.steps}  " + "  ".join(f"{k} {v:.4f}" for k, v in measures.items()))

    def drawn_from(self, name, n):
        self.sets[name].seed(EVAL_SEED)
        return [self.sets[name].next() for _ in range(n)]

    def examine_form(self, m):
        """How evenly experts have to do, and how often the word after the next is expected."""
        loads, found = list(self.experts.values()), torch.zeros(2, device=self.device)
        if not loads and self.net.ahead is None or "val_loss" not in self.sets:
            return
        for batch in self.drawn_from("val_loss", min(8, self.recipe["eval_batches"])):
            for rows in self.pieces_of(batch):
                out = self.forward(rows, self.net, counted=rows["counted"], ahead=self.net.ahead is not None)
                if self.net.ahead is not None:
                    targets, weight = self.second_word(rows)
                    found += torch.stack((((out[1].argmax(-1) == targets) & (weight > 0)).sum(), (weight > 0).sum()))
        *dealt, right, every = self.total(torch.cat([*loads, found]))
        if loads:
            m["expert_load"] = max(float(x.max() / x.mean()) for x in torch.tensor(dealt).split([len(b) for b in loads]) if x.any())
        if every:
            m["second_word"] = right / every
        for b in loads:
            b.zero_()

    def examine_dpo(self, m):
        held = self.pairs[self.train_pairs:]
        m["train_loss"] = self.read(self.pair_rows(self.pairs[:min(len(held), self.train_pairs)]), "dpo", 2)[0]
        m["val_loss"], n, *sums = self.read(self.pair_rows(held), "dpo", 2)
        c, j, right, logc, logr = (x / n for x in sums[:5])
        m.update({"rewards/chosen": c, "rewards/rejected": j, "rewards/margins": c - j, "rewards/accuracies": right,
                  "logps/chosen": logc, "logps/rejected": logr})

    def examine_distill(self, m):
        if self.frozen is None:
            return
        n, student, teacher = self.recipe["eval_batches"], [], 0.0
        for batch in self.drawn_from("val_loss", n):
            student.append(self.read(self.text_rows(batch), "distill"))
            for rows in self.pieces_of(batch):
                teacher = teacher - (logp_of(self.forward(rows, self.frozen).float(), rows["targets"]) * rows["weight"]).sum()
        loss, tokens, same, *_ = map(sum, zip(*student))
        m.update({"teacher_loss": self.total(teacher) / n, "divergence": loss / n, "agreement": same / tokens})

    def examine_grpo(self, m):
        w, tries, stop, strict = self.recipe["rewards"], self.recipe["rewards"]["tries"], self.hand["stop"], self.hand["strict"]
        held = self.held[:w["most_asked"] if self.done == self.warm or self.done >= self.steps else w["asked"]]
        if held:
            prompts = [e["ids"][-(self.recipe["model"]["context"] - w["reply_most"]):] for e in held for _ in range(tries)]
            seeds = [(EVAL_SEED << 32) + i for i in range(len(prompts))]
            written = self.write(prompts, seeds, w["reply_most"], stop, w["heat"] if tries > 1 else 0)
            replies = [(held[i // tries], self.reply(x)) for i, x in enumerate(written)]
            right = [self.verifier.right(strict, e, x) for e, x in replies]
            counts = [sum(right[i:i + tries]) for i in range(0, len(right), tries)]
            for k in (1, 8) if tries >= 8 else (1,):
                m[f"pass@{k}"] = sum(1 - math.comb(tries - c, k) / math.comb(tries, k) for c in counts) / len(counts)  # Chen et al. 2021
            mean = lambda x: sum(x) / len(replies)
            m.update({"held_reward": mean(self.verifier.reward(w["reward"], strict, e, x) for e, x in replies),
                      "working": mean(self.verifier.right("working", e, x) for e, x in replies), "length": mean(map(len, written)),
                      "cut": mean(x[-1] not in stop for x in written), "questions": len(held)})
        _, rounds, _, tokens, kl, entropy, low, high = self.tally[:8]
        if rounds:
            m.update(zip(("reward", "reward_std", "frac_reward_zero_std"), (x / rounds for x in self.tally[12:])))
        if tokens:
            m.update({"entropy": entropy / tokens, "clip_ratio": (low + high) / tokens, **({"kl": kl / tokens} if w["kl"] > 0 else {})})
        self.tally = [0.0] * 15

    def judge(self, loss):
        """Keeps the best weights of a run that stops early."""
        best = self.doc.get("best")
        if not self.recipe["tuning"]["patience"] or not math.isfinite(loss) or best and best["step"] == self.done:
            return False
        if best and loss >= best["loss"]:
            self.stale += 1
        else:
            self.stale, self.best = 0, {n: self.whole(p) for n, p in self.named.items()}
            self.doc["best"] = {"step": self.done, "loss": loss}
        self.doc["best"]["stale"] = self.stale
        return self.stale == 0

    # The loop.

    def finished(self):
        return self.done >= self.steps or 0 < self.recipe["tuning"]["patience"] <= self.stale

    def between_rounds(self):
        """Between two steps that learn from one round nothing is saved."""
        return self.kind() != "grpo" or (self.done - self.warm) % self.recipe["rewards"]["updates"] == 0

    def loop(self):
        for s in (signal.SIGINT, signal.SIGTERM):
            signal.signal(s, lambda *_: setattr(self, "stopping", True))
        end, told = self.steps if self.args.stop_at is None else self.args.stop_at, 0
        self.say(f"{self.objective} on {self.trains} of {sum(p.numel() for p in self.net.parameters()):,} weights, "
                 f"step {self.done} of {self.steps}, {self.world} process{'es' * (self.world > 1)} on {self.device.type}, to {self.args.out}")
        if self.done < end and not any('"measures"' in line for line in self.log):
            self.evaluate()
        while not self.finished() and (self.done < end or not self.between_rounds()):
            loss, speed, stopping, due = self.step()
            if self.done % max(1, self.steps // 300) == 0:
                self.log.append(json.dumps({"step": self.done, "loss": loss}))
            if time.time() - told > 1 or self.finished():
                told, left = time.time(), (self.steps - self.done) * self.recipe["batch"] * self.recipe["model"]["context"] / speed
                self.say(f"step {self.done:6d}/{self.steps}  loss {loss:.4f}  {speed:,.0f} tokens/s  {left / 60:.1f} min left")
            if self.done % self.recipe["eval_every"] == 0 or self.finished() or self.done == self.warm:
                self.evaluate()
            if stopping and self.between_rounds():
                break
            if due and self.between_rounds() and not self.finished():
                self.keep()
        self.keep()
        self.say(f"Saved to {self.args.out}, after step {self.done} of {self.steps}.")

    @torch.no_grad()
    def keep(self):
        doc, over = self.doc, self.finished() and self.taken > 0
        best = over and bool(self.best)  # its weights are the run's in the end
        if best:
            for n, p in self.named.items():
                p.copy_(like(p, self.best[n].view(p.shape)))
            step = doc.pop("best")["step"]
            known = [e["measures"] for e in map(json.loads, self.log) if e["step"] == step and "measures" in e]
            doc["measures"] = known[-1] if known else doc.get("measures")
        weights, written = {n: self.whole(p) for n, p in self.every.items()}, {}
        if self.trains == "adapter":
            written["adapter_model.safetensors"] = list(laid_out(weights, self.adapter()))
        else:
            written["model.safetensors"] = list(laid_out(weights, self.layout))
        if self.optimizer and not best:
            written["optimizer.safetensors"] = list(self.optimizer.moments())
        if self.best and not best:
            written["best.safetensors"] = [(n, flat(x)) for n, x in self.best.items()]
        if self.reference:
            written["reference.safetensors"] = [(n, flat(x)) for n, x in self.reference.items()]
        written["log.jsonl"] = "".join(line + "\n" for line in self.log)
        doc.update(step=self.done, tokens=self.tokens, seconds=self.seconds)
        if self.written:
            doc["written"] = self.written
        if self.taken:
            doc.update(state="done" if over else "paused", ranks=self.world, backend="pytorch")
            doc.pop("tally", None)
            doc.update({"tally": self.tally} if any(self.tally) and not over else {})
        elif doc["state"] == "training":
            doc["state"] = "paused"
        if self.rank == 0:
            if self.layout is None and self.hand["tensors"] is not None or self.rates:
                os.makedirs(self.args.out, exist_ok=True)
                with open(self.grown, "w") as f:
                    json.dump({"rates": self.rates}, f)
            save(self.args.out, doc, self.folder, written, ["best.safetensors", "optimizer.safetensors"] if best else [])
        self.saved = time.time()


def arguments():
    p = argparse.ArgumentParser(description="Goes on with the run of this folder.", epilog="README.md beside it says more.")
    p.add_argument("--out", default=os.path.join(HERE, "continued"), help="folder that the run is saved to, and gone on with from there if it is one (default: continued)")
    p.add_argument("--steps", type=int, help="steps of the run in all, by which the rates fall (default: the recipe's)")
    p.add_argument("--stop-at", type=int, help="pause after so many steps of them")
    p.add_argument("--save-every", type=float, default=60, help="seconds between two saves (default 60)")
    p.add_argument("--layers", type=int, help="begin a new model of so many layers by the same recipe and data")
    p.add_argument("--channels", type=int, help="the same, so many channels wide")
    p.add_argument("--micro", type=int, help="rows that are computed at once (default: all; fewer take less memory)")
    p.add_argument("--dtype", default="float32", choices=("float32", "bfloat16"), help="of products (default float32; bfloat16 is several times as fast on a GPU)")
    p.add_argument("--shard", action="store_true", help="FSDP2, of PyTorch 2.6: each process keeps a part of weights and moments")
    args = p.parse_args()
    for name in ("steps", "layers", "channels", "micro"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            die(f"--{name} must be at least 1")
    return args


def main():
    run = Run(arguments())
    run.loop()
    if run.joined:
        dist.destroy_process_group()


# --- Files --------------------------------------------------------------------------------------------

def die(text):
    raise SystemExit("continue.py: " + text)


def sum_of(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def read_json(path, keys, next_step):
    """A JSON object that has keys of these types."""
    try:
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
    except (OSError, ValueError) as e:
        die(f"{path} cannot be read ({e}); {next_step}")
    if not isinstance(doc, dict):
        die(f"{path} is no JSON object; {next_step}")
    for key, kind in keys.items():
        if not isinstance(doc.get(key), kind):
            die(f"{path}: {key} is {json.dumps(doc[key])[:60] if key in doc else 'missing'}; {next_step}")
    return doc


def mapped(path, dtype=torch.int32):
    """The numbers of a file, read in place."""
    n = os.path.getsize(path) // torch.empty(0, dtype=dtype).element_size()
    return torch.from_file(path, size=n, dtype=dtype) if n else torch.empty(0, dtype=dtype)


def read_safetensors(path):
    data, tensors = mapped(path, torch.uint8), {}
    try:
        n = 8 + struct.unpack("<Q", bytes(data[:8].tolist()))[0]
        header = json.loads(bytes(data[8:n].tolist()) if n <= min(len(data), 100 << 20) else "")
        header.pop("__metadata__", None)
        for name, t in header.items():
            kind = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}[t["dtype"]]
            first, end = t["data_offsets"]
            tensors[name] = data[n + first:n + end].clone().view(kind).view(t["shape"]).float()
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, struct.error) as e:
        die(f"{path} is no file of safetensors that can be read ({e!r}); use another copy, or hand the run off again")
    return tensors


def write_safetensors(path, tensors):
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, x in tensors:
        header[name] = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [at, at + 4 * x.numel()]}
        at += 4 * x.numel()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        f.truncate(8 + len(text) + at)
    if at:
        room = torch.from_file(path, shared=True, size=8 + len(text) + at, dtype=torch.uint8)[8 + len(text):].view(torch.float32)
        for (_, x), part in zip(tensors, room.split([x.numel() for _, x in tensors])):
            part.copy_(x.detach().reshape(-1))


RECIPE = """model objective trains from seed init batch steps optimizer learning_rate muon_rate final_fraction warm_up schedule hold
    beta1 beta2 momentum weight_decay clip eval_every eval_batches last_eval_batches tuning""".split()
MODEL = """vocab context layers heads kv_heads head_dim channels hidden norm norm_eps position rope_base mlp qk_norm bias tied lookback
    trigrams""".split()


class Folder:
    """A run's folder: run.json names the others by their sums. Where a save was cut off they lie under NAME.new."""

    def __init__(self, path):
        self.path = path
        self.doc = read_json(os.path.join(path, "run.json"), {"version": int, "name": str, "recipe": dict, "sha256": dict},
                             "use another copy, or hand the run off again")
        if self.doc["version"] not in (4, 5):
            die(f"{path}/run.json is of version {self.doc['version']}, and this continue.py knows 4 and 5; take the one of the Hornbook that wrote it")
        recipe = self.doc["recipe"]
        missing = [k for k in RECIPE if k not in recipe] or [k for k in MODEL if k not in recipe["model"]]
        if missing:
            die(f"{path}/run.json: the recipe says nothing of {missing[0]}; use another copy, or hand the run off again")
        for name, want in self.doc["sha256"].items():
            if os.path.basename(name) != name or not os.path.exists(self.at(name)) or sum_of(self.at(name)) != want:
                die(f"{os.path.join(path, name)} is missing or is not the one that run.json tells of: it was changed or damaged; use another copy")

    def at(self, name):
        plain = os.path.join(self.path, name)
        new = plain + ".new"
        return new if os.path.exists(new) and sum_of(new) == self.doc["sha256"].get(name) else plain

    def tensors(self, name):
        return read_safetensors(self.at(name)) if name in self.doc["sha256"] else None


def save(path, doc, old, written, dropped):
    """Makes path the folder of a run: files of old, but for those written anew and those dropped. Cut off at
    whatever moment, it holds this save or the one before."""
    os.makedirs(path, exist_ok=True)
    at, sums = lambda name: os.path.join(path, name), {}
    for name in old.doc["sha256"]:
        if name not in written and name not in dropped:
            if not os.path.exists(at(name)):
                shutil.copyfile(old.at(name), at(name) + ".new")
            sums[name] = old.doc["sha256"][name]

    def put(name, text):
        with open(at(name) + ".new", "w", encoding="utf-8", newline="\n") as f:
            f.write(text)

    for name, content in written.items():
        put(name, content) if isinstance(content, str) else write_safetensors(at(name) + ".new", content)
        sums[name] = sum_of(at(name) + ".new")
    put("run.json", json.dumps(dict(doc, sha256=dict(sorted(sums.items()))), indent=2, ensure_ascii=False) + "\n")
    new = [name for name in ["run.json", *sums] if os.path.exists(at(name) + ".new")]
    for name in new:
        with open(at(name) + ".new", "rb+") as f:
            os.fsync(f.fileno())
    for name in new:  # the first is the moment
        os.replace(at(name) + ".new", at(name))
    for name in dropped:
        if os.path.exists(at(name)):
            os.remove(at(name))


# handoff.json says of each tensor of a file [its name, [[a parameter of ours or "" for zeros, rows]...], whether rows
# and columns are exchanged, the order of the rows]. NAME[3] is an expert's of a parameter.

def places(named, layout):
    return layout or [[n, [[n, len(flat(p))]], False, None] for n, p in named.items() if ".lora_" not in n]


def part_of(named, name):
    whole, _, expert = name.partition("[")
    return named[whole][int(expert[:-1])] if expert else flat(named[whole])


def flat(x):
    """The matrices of all experts are one below the other in files."""
    return x.flatten(0, -2) if x.dim() > 2 else x


@torch.no_grad()
def fill(net, tensors, layout):
    """Fills a model from a file."""
    named = dict(net.named_parameters())
    for name, parts, turned, order in places(named, layout):
        try:
            x = tensors[name].t() if turned else flat(tensors[name])
            if order:
                x = x[torch.tensor(order).argsort()]
            for (ours, _), part in zip(parts, x.split([rows for _, rows in parts])):
                if ours and part_of(named, ours).shape != part.shape:
                    raise ValueError
                if ours:
                    part_of(named, ours).copy_(part)
        except (KeyError, IndexError, ValueError, TypeError, RuntimeError) as e:
            why = "nothing of that name" if isinstance(e, KeyError) else "another shape"
            die(f"the tensor {name}, of which handoff.json tells, does not fit: the model or its file has {why}; hand the run off again")


def laid_out(named, layout):
    """The other way: a model's numbers as its file has them."""
    for name, parts, turned, order in places(named, layout):
        x = torch.cat([part_of(named, ours) if ours else torch.zeros(rows) for ours, rows in parts])
        x = x[order] if order else x
        yield name, x.t().contiguous() if turned else x


def handed(folder):
    """handoff.json of a folder, and whether all lies there that it names."""
    some = (list, type(None))
    hand = read_json(os.path.join(folder, "handoff.json"), {
        "version": int, "tensors": some, "teacher": some, "adapter": some, "stop": some, "cut": some, "bytes": int, "tokens": int,
        "chats": bool, "strict": str, "reward": str, "sha256": dict}, "hand the run off again, and leave continue.py in the folder that `hornbook handoff` wrote")
    if hand["version"] != 1:
        die(f"handoff.json is of version {hand['version']}, and this continue.py knows 1; hand the run off again")
    for name, want in hand["sha256"].items():
        path = os.path.join(folder, *name.split("/"))
        if ".." in name or not os.path.isfile(path) or sum_of(path) != want:
            die(f"{name} is missing or was changed; hand the run off again")
    return hand


def ids_in(path, below, least=0):
    """The numbers of a file in data/, of which each must be below one and no less than another."""
    name = os.path.basename(path)
    if os.path.getsize(path) % 4:
        die(f"data/{name} has {os.path.getsize(path)} bytes, which are no whole numbers of 32 bits; hand the run off again")
    x = mapped(path)
    if len(x) and not (least <= int(x.min()) and int(x.max()) < below):
        die(f"data/{name} has numbers from {int(x.min())} to {int(x.max())}, and {least} to {below - 1} are possible; hand the run off again")
    return x


if __name__ == "__main__":
    main()
