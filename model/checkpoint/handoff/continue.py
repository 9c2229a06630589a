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

Letters: B batch, T time, C channels, V vocabulary, H heads, K heads of keys and values, D head size.
"""
import argparse, contextlib, copy, hashlib, json, math, os, shutil, signal, struct, sys, time

try:
    import torch
    import torch.distributed as dist
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    raise SystemExit("continue.py: PyTorch is missing; install it: pip install torch, or on Debian apt-get install python3-torch")

HERE = os.path.dirname(os.path.abspath(__file__))
EVAL_SEED = 2024  # every evaluation draws the same


def die(text):
    raise SystemExit("continue.py: " + text)


# --- Draws ---------------------------------------------------------------------------------------------

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


# --- Files ---------------------------------------------------------------------------------------------

def sum_of(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def mapped(path, dtype=torch.int32):
    """The numbers of a file, read in place."""
    n = os.path.getsize(path) // torch.empty(0, dtype=dtype).element_size()
    return torch.from_file(path, size=n, dtype=dtype) if n else torch.empty(0, dtype=dtype)


def read_safetensors(path):
    with open(path, "rb") as f:
        n = struct.unpack("<Q", f.read(8))[0]
        header = json.loads(f.read(n))
    header.pop("__metadata__", None)
    data = mapped(path, torch.uint8)[8 + n:]
    return {name: data[t["data_offsets"][0]:t["data_offsets"][1]].clone().view(torch.float32).view(t["shape"])
            for name, t in header.items()}


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
        at = 0
        for _, x in tensors:
            room[at:at + x.numel()] = x.detach().cpu().float().reshape(-1)
            at += x.numel()


class Folder:
    """A run's folder: run.json names the others by their sums. Where a save was cut off they lie under NAME.new."""

    def __init__(self, path):
        self.path = path
        try:
            with open(os.path.join(path, "run.json")) as f:
                self.doc = json.load(f)
        except (OSError, ValueError) as e:
            die(f"{path} holds no run that can be read ({e}); hand it off again")
        if self.doc.get("version") not in (4, 5):
            die(f"{path}/run.json is of version {self.doc.get('version')}, and this continue.py knows 4 and 5; take the one of the Hornbook that wrote it")
        for name, want in self.doc["sha256"].items():
            if not os.path.exists(self.at(name)) or sum_of(self.at(name)) != want:
                die(f"{os.path.join(path, name)} is missing or is not the one that run.json tells of: it was changed or damaged; use another copy")

    def at(self, name):
        plain = os.path.join(self.path, name)
        new = plain + ".new"
        return new if os.path.exists(new) and sum_of(new) == self.doc["sha256"].get(name) else plain

    def has(self, name):
        return name in self.doc["sha256"]

    def tensors(self, name):
        return read_safetensors(self.at(name)) if self.has(name) else None


def save(path, doc, old, written, dropped):
    """Makes path the folder of a run: files of old, but for those written anew and those dropped. Cut off at
    whatever moment, it holds this save or the one before."""
    os.makedirs(path, exist_ok=True)
    at = lambda name: os.path.join(path, name)
    sums = {}
    for name in old.doc["sha256"]:
        if name not in written and name not in dropped:
            if not os.path.exists(at(name)):
                shutil.copyfile(old.at(name), at(name) + ".new")
            sums[name] = old.doc["sha256"][name]
    for name, content in written.items():
        if isinstance(content, str):
            with open(at(name) + ".new", "w", encoding="utf-8", newline="\n") as f:
                f.write(content)
        else:
            write_safetensors(at(name) + ".new", content)
        sums[name] = sum_of(at(name) + ".new")
    doc = dict(doc, sha256=dict(sorted(sums.items())))
    with open(at("run.json.new"), "w", encoding="utf-8", newline="\n") as f:
        f.write(json.dumps(doc, indent=2, ensure_ascii=False) + "\n")
    for name in [*sums, "run.json"]:
        if os.path.exists(at(name) + ".new"):
            with open(at(name) + ".new", "rb+") as f:
                os.fsync(f.fileno())
    for name in ["run.json", *sums]:  # the first is the moment
        if os.path.exists(at(name) + ".new"):
            os.replace(at(name) + ".new", at(name))
    for name in dropped:
        if os.path.exists(at(name)):
            os.remove(at(name))


# --- The model -----------------------------------------------------------------------------------------

class Linear(nn.Module):
    """y = x·wᵀ + b, and what an adapter adds: scale · (x·Aᵀ)·Bᵀ (Hu et al. 2021)."""

    def __init__(self, c, name, fan_in, fan_out, lora):
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
    return c["bias"] and name != "head" and {
        "": True, "qkv": reads, "attention": reads or name == "output", "mlp": not reads and name != "output", "rest": not reads}[c.get("biased", "")]


class Norm(nn.Module):
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
        self.H, self.K, self.D, C = c["heads"], c["kv_heads"], head_size(c), c["channels"]
        self.unscaled = c.get("unscaled", False)
        self.query = Linear(c, "query", C, self.H * self.D, lora)
        self.key = Linear(c, "key", C, self.K * self.D, lora)
        self.value = Linear(c, "value", C, self.K * self.D, lora)
        self.query_norm = Norm(c, self.D, False) if c["qk_norm"] else None
        self.key_norm = Norm(c, self.D, False) if c["qk_norm"] else None
        self.output = Linear(c, "output", self.H * self.D, C, lora)

    def forward(self, x, turn, seen, past):
        B, T, _ = x.shape
        q = self.query(x).view(B, T, self.H, self.D)
        k = self.key(x).view(B, T, self.K, self.D)
        v = self.value(x).view(B, T, self.K, self.D)
        if self.query_norm is not None:
            q, k = self.query_norm(q), self.key_norm(k)
        if turn is not None:
            q, k = rotated(q, *turn), rotated(k, *turn)
        q, k, v = (z.to(v.dtype).transpose(1, 2) for z in (q, k, v))
        if past is not None:
            if past:
                k, v = torch.cat((past[0], k), 2), torch.cat((past[1], v), 2)
            past[:] = k, v
        k, v = (z.repeat_interleave(self.H // self.K, 1) for z in (k, v))
        if self.unscaled:
            q = q * self.D**0.5
        return self.output(attend(q, k, v, seen).transpose(1, 2).reshape(B, T, self.H * self.D))


def attend(q, k, v, seen):
    """seen (B,1,T,S) is what each may look at; None: all that came before."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, attn_mask=seen, is_causal=seen is None)
    scores = q @ k.transpose(2, 3) / q.shape[-1]**0.5
    if seen is None:
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).tril()
    return scores.masked_fill(~seen, -math.inf).softmax(-1) @ v


def rotated(x, cos, sin):
    """RoPE (Su et al. 2021): channel i of a head turns with channel i + D/2. x (B,T,H,D), cos and sin (B,T,1,D/2)."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class MLP(nn.Module):
    def __init__(self, c, lora):
        super().__init__()
        self.kind = c["mlp"]
        self.gate = Linear(c, "gate", c["channels"], c["hidden"], lora) if self.kind == "swiglu" else None
        self.up = Linear(c, "up", c["channels"], c["hidden"], lora)
        self.down = Linear(c, "down", c["hidden"], c["channels"], lora)

    def forward(self, x):
        up = self.up(x)
        if self.kind == "swiglu":
            up = F.silu(self.gate(x)) * up
        elif self.kind == "relu2":
            up = F.relu(up).square()
        else:
            up = F.gelu(up, approximate="tanh" if self.kind == "gelu_tanh" else "none")
        return self.down(up)


class Block(nn.Module):
    def __init__(self, c, lora):
        super().__init__()
        layer, C = c["norm"] == "layernorm", c["channels"]
        self.parallel = c.get("parallel", False)
        self.norm1, self.attention = Norm(c, C, layer), Attention(c, lora)
        self.norm2, self.mlp = Norm(c, C, layer), MLP(c, lora)

    def forward(self, x, turn, seen, past):
        y = x + self.attention(self.norm1(x), turn, seen, past)
        return y + self.mlp(self.norm2(x if self.parallel else y))


class GPT(nn.Module):
    """The transformer of a recipe. Its parameters are called as Hornbook calls them."""

    def __init__(self, c, lora=None):
        super().__init__()
        self.config, self.lora, C = c, dict(lora, on=True) if lora else None, c["channels"]
        self.tokens = nn.Embedding(c["vocab"], C)
        self.positions = nn.Embedding(c["context"], C) if c["position"] == "learned" else None
        self.lookback = nn.ModuleList(nn.Embedding(c["vocab"] + 1, C) for _ in range(c["lookback"]))
        self.trigrams = nn.Embedding(c["trigrams"], C) if c["trigrams"] else None
        self.blocks = nn.ModuleList(Block(c, self.lora) for _ in range(c["layers"]))
        self.norm = Norm(c, C, c["norm"] == "layernorm")
        self.head = None if c["tied"] else Linear(c, "head", C, c["vocab"], self.lora)
        if c["position"] == "rope":
            angle = torch.arange(c["context"] + 1).double()[:, None] * frequencies(c)
            self.register_buffer("cos", angle.cos().float(), persistent=False)
            self.register_buffer("sin", angle.sin().float(), persistent=False)

    def forward(self, ids, place=None, cache=None):
        """Logits (B,T,V) of ids (B,T). place (B,T) counts from 0 in each sequence of a row, -1 is padding in front;
        None: a row is a sequence. With a cache only what it has not seen is computed."""
        whole = place is None
        if whole:
            place = torch.arange(ids.shape[1], device=ids.device).expand(ids.shape)
        first = cache.pop("seen", 0) if cache is not None else 0
        x, now = self.embed(ids, place)[:, first:], place[:, first:].clamp(min=0)
        turn = (self.cos[now][:, :, None], self.sin[now][:, :, None]) if self.positions is None else None
        masks = {}
        for i, block in enumerate(self.blocks):
            window = looks(self.config, i)
            if window not in masks:
                masks[window] = None if whole and not window and first == 0 else visible(place, first, window)
            x = block(x, turn, masks[window], None if cache is None else cache.setdefault(i, []))
        if cache is not None:
            cache["seen"] = ids.shape[1]
        x = self.norm(x)
        return F.linear(x, self.tokens.weight) if self.head is None else self.head(x)

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


def head_size(c):
    return c["head_dim"] or c["channels"] // c["heads"]


def frequencies(c):
    """RoPE's, one a pair of a head's channels; 0 for those that do not turn."""
    half = head_size(c) // 2
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
def fill(net, tensors, layout):
    """Fills a model from a file in which tensors lie as layout says: [name, [[ours, rows]...], turned, order]."""
    named = dict(net.named_parameters())
    for name, parts, turned, order in layout or [[n, [[n, len(p)]], False, None] for n, p in named.items() if ".lora_" not in n]:
        if name not in tensors:
            die(f"the weights lack the tensor {name}; hand the run off again")
        x = tensors[name].t() if turned else tensors[name]
        if order:
            x = torch.empty_like(x).index_copy_(0, torch.tensor(order), x)
        for (ours, _), part in zip(parts, x.split([rows for _, rows in parts])):
            if ours:
                if named[ours].shape != part.shape:
                    die(f"the tensor {name} is of another shape than the model's {ours}; hand the run off again")
                named[ours].copy_(part)


def laid_out(named, layout):
    """The other way: a model's numbers as its file has them."""
    for name, parts, turned, order in layout or [[n, [[n, len(p)]], False, None] for n, p in named.items() if ".lora_" not in n]:
        x = torch.cat([named[ours] if ours else torch.zeros(rows) for ours, rows in parts])  # zeros are biases that we have not
        x = x[order] if order else x
        yield name, x.t().contiguous() if turned else x


@torch.no_grad()
def begin(net, how, seed):
    """Draws the weights of a new model as the recipe says ("gpt2" or "unit"), by PyTorch's generator."""
    draw, c, unit = torch.Generator().manual_seed(seed), net.config, how == "unit"
    for name, p in net.named_parameters():
        if p.dim() < 2:
            continue
        deviation = 0.02
        if name.startswith("blocks."):
            writes = name.endswith(("output.weight", "down.weight"))
            deviation = (0 if writes else p.shape[1]**-0.5) if unit else 0.02 / (2 * c["layers"])**0.5 if writes else 0.02
        elif name.startswith(("head", "trigrams")):
            deviation = 0 if unit else 0.02
        elif unit and not c["tied"]:
            deviation = 1
        p.copy_(torch.randn(p.shape, generator=draw) * deviation)


@torch.no_grad()
def write(net, prompts, seeds, tokens, stop, heat, over=all):
    """Each of prompts is gone on from, a draw a token, until a stop or so many tokens. over is asked when all
    have ended, since processes that share a model must go on together."""
    device, longest = next(net.parameters()).device, max(map(len, prompts))
    ids = torch.tensor([[0] * (longest - len(p)) + p for p in prompts], device=device)
    place = torch.tensor([[-1] * (longest - len(p)) + list(range(len(p))) for p in prompts], device=device)
    draws, written, cache = [Random(s, 0) for s in seeds], [[] for _ in prompts], {}
    for step in range(tokens):
        going = [not w or w[-1] not in stop for w in written]
        if over([not g for g in going]):
            break
        logits = net(ids, place, cache)[:, -1].float()
        if heat:
            wide = torch.float32 if device.type == "mps" else torch.float64
            reach = (logits / heat).softmax(-1).to(wide).cumsum(-1)
            at = torch.tensor([d.unit() if g else 0 for d, g in zip(draws, going)], device=device, dtype=wide)
            pick = (reach <= at[:, None] * reach[:, -1:]).sum(-1).clamp(max=logits.shape[1] - 1)
        else:
            pick = logits.argmax(-1)
        for w, id, g in zip(written, pick.tolist(), going):
            if g:
                w.append(id)
        ids, place = torch.cat((ids, pick[:, None]), 1), torch.cat((place, place[:, -1:] + 1), 1)
    return written


# --- What is learned from ------------------------------------------------------------------------------

class Batch:
    def __init__(self, ids, targets, place=None):
        self.ids, self.targets, self.place = ids, targets, place
        self.each = 1 / max(1, int((targets >= 0).sum()))  # what a target counts

    def rows(self, lo, hi, device):
        part = [x if x is None else x[lo:hi].to(device) for x in (self.ids, self.targets, self.place)]
        return part[0], part[1], part[2]


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
        return Batch(rows[:, :-1], rows[:, 1:])


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
            for doc in [*row, None]:
                n = len(doc[0]) if doc else self.time - at
                if doc:
                    ids[i, at:at + n], targets[i, at:at + n] = doc[0], doc[1]
                place[i, at:at + n] = torch.arange(n)
                at += n
        return Batch(ids, targets, place)


def documents(ids, targets, lengths):
    n = lengths.tolist()
    return list(zip(ids.split(n), targets.split(n)))


class Lesson:
    """A sequence whose tokens from the prompt-th on are learned, and what their losses count."""

    def __init__(self, ids, prompt, each=0.0, share=0.0, advantage=0.0):
        self.ids, self.prompt, self.each, self.share, self.advantage = ids, prompt, each, share, advantage
        self.learned, self.old, self.real = len(ids) - prompt, None, True

    def blank(self):
        other = copy.copy(self)
        other.each, other.share, other.real = 0.0, 0.0, False
        return other


def spoken(net, lessons, heat, device):
    """What a model says of lessons: log probabilities (n,L) of their tokens, where they are learned, and logits."""
    longest = max(len(l.ids) for l in lessons) - 1
    ids, targets = torch.zeros(len(lessons), longest, dtype=torch.long), torch.full((len(lessons), longest), -1)
    for i, l in enumerate(lessons):
        row = torch.as_tensor(l.ids, dtype=torch.long)
        ids[i, :len(row) - 1] = row[:-1]
        targets[i, l.prompt - 1:len(row) - 1] = row[l.prompt:]
    targets = targets.to(device)
    logits = net(ids.to(device)).float() / heat
    logp = -F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=-1, reduction="none")
    return logp, (targets >= 0).float(), logits


def column(lessons, name, like):
    return torch.tensor([float(getattr(l, name)) for l in lessons], device=like.device)


def dpo_loss(w, lessons, logp, mask, frozen):
    """Direct preference optimization (Rafailov et al. 2023, eq. 7) of pairs, the chosen answer first. Sums: loss,
    pairs, rewards of chosen and rejected, pairs told right, log probabilities, chosen tokens and their loss."""
    gain = ((logp - frozen) * mask).sum(1)
    by = 1 / mask.sum(1) if w["loss"] == "ipo" else torch.ones_like(gain)
    d = (gain * by)[0::2] - (gain * by)[1::2]
    if w["loss"] == "ipo":
        loss = (d - 1 / (2 * w["beta"]))**2
    elif w["loss"] == "robust":
        e, x = w["smoothing"], w["beta"] * d
        loss = ((1 - e) * -F.logsigmoid(x) - e * -F.logsigmoid(-x)) / (1 - 2 * e)
    else:
        loss = -F.logsigmoid(w["beta"] * d)
    said = (logp * mask).sum(1)
    loss = (loss * column(lessons, "share", logp)[0::2]).sum() - (said * column(lessons, "each", logp)).sum()
    real = column(lessons, "real", logp)[0::2]
    reward, total = w["beta"] * gain, lambda x: float((x * real).sum())
    right = (gain[0::2] > gain[1::2]).float()
    return loss, [float(loss), total(torch.ones_like(d)), total(reward[0::2]), total(reward[1::2]), total(right),
                  total(said[0::2]), total(said[1::2]), total(mask.sum(1)[0::2]), -total(said[0::2])]


def grpo_loss(w, lessons, logp, mask, frozen, logits):
    """Group relative policy optimization (Shao et al. 2024), as TRL has it. Sums: loss, tokens, KL, entropy, tokens
    whose ratio was too low and too high to count."""
    old = logp.detach().clone()
    for i, l in enumerate(lessons):
        span = slice(l.prompt - 1, l.prompt - 1 + l.learned)
        if l.old is None:
            l.old = old[i, span].clone()
        old[i, span] = l.old
    ratio, a = torch.exp(logp - old), column(lessons, "advantage", logp)[:, None]
    loss = -torch.min(ratio * a, ratio.clamp(1 - w["clip_low"], 1 + w["clip_high"]) * a)
    kl = torch.zeros_like(loss)
    if frozen is not None:
        kl = torch.exp(frozen - logp) - (frozen - logp) - 1  # k3 (Schulman 2020)
        loss = loss + w["kl"] * kl
    loss = (loss * mask * column(lessons, "each", logp)[:, None]).sum()
    with torch.no_grad():
        entropy = torch.distributions.Categorical(logits=logits).entropy()
        counts = mask * column(lessons, "real", logp)[:, None]
        low, high = (a < 0) & (ratio < 1 - w["clip_low"]), (a > 0) & (ratio > 1 + w["clip_high"])
        return loss, [float(loss)] + [float((x * counts).sum()) for x in (torch.ones_like(kl), kl, entropy, low, high)]


def distill_loss(w, lessons, mask, logits, teacher):
    """Generalized knowledge distillation (Agarwal et al. 2023): β·KL(T‖M) + (1-β)·KL(S‖M), M = (1-β)·S + β·T.
    Sums: loss, tokens, tokens for which both hold the same likeliest."""
    s, t, b = logits.log_softmax(-1), teacher.log_softmax(-1), w["gkd_beta"]
    kl = lambda p, q: (p.exp() * (p - q)).sum(-1)
    if b == 0:
        d = kl(t, s)
    elif b == 1:
        d = kl(s, t)
    else:
        m = torch.logsumexp(torch.stack((s + math.log(1 - b), t + math.log(b))), 0)
        d = b * kl(t, m) + (1 - b) * kl(s, m)
    loss = (d * mask * column(lessons, "each", logits)[:, None]).sum()
    counts = mask * column(lessons, "real", logits)[:, None]
    same = logits.argmax(-1) == teacher.argmax(-1)
    return loss, [float(loss), float(counts.sum()), float((same * counts).sum())]


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
    return dict(recipe, steps=warm, learning_rate=w["warm_rate"], muon_rate=w["warm_muon"], warm_up=warm // 20, schedule="linear",
                hold=0.5, final_fraction=0.1, beta1=0.9, beta2=0.95, momentum=0.95, optimizer="muon" if w["warm_muon"] > 0 else "adamw"), 0


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


class Optimizer:
    """AdamW (Loshchilov & Hutter 2019) and, where the recipe says so, Muon (Jordan et al. 2024) on the blocks' matrices.
    rates are factors of AdamW's rate, of parameters that have one (--channels)."""

    def __init__(self, stage, named, steps, moments, rates):
        self.stage, self.steps, self.named, self.momentum = stage, steps, named, {}
        zeros, groups = lambda p: like(p, torch.zeros(p.shape)), {}
        take = lambda n, end, p: like(p, moments[n + end]) if n + end in moments else zeros(p)
        for n, p in named.items():
            if stage["optimizer"] == "muon" and n.startswith("blocks.") and p.dim() == 2:
                self.momentum[n] = take(n, ".momentum_buffer", p)
            else:
                groups.setdefault((p.dim() >= 2, rates.get(n, 1)), []).append(n)
        self.adam = torch.optim.AdamW([{"params": [named[n] for n in names], "rate": rate, "weight_decay": stage["weight_decay"] if decays else 0}
                                       for (decays, rate), names in groups.items()] or [nn.Parameter(torch.zeros(1))],
                                      lr=1.0, betas=(stage["beta1"], stage["beta2"]), eps=1e-8)
        for n in (n for names in groups.values() for n in names):
            self.adam.state[named[n]] = {"step": torch.tensor(float(steps)), "exp_avg": take(n, ".exp_avg", named[n]), "exp_avg_sq": take(n, ".exp_avg_sq", named[n])}

    @torch.no_grad()
    def step(self):
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
            p.mul_(1 - lr * s["weight_decay"]).add_(u, alpha=-lr * max(1, p.shape[0] / p.shape[1])**0.5)

    def moments(self):
        for n, p in self.named.items():
            if n in self.momentum:
                yield n + ".momentum_buffer", full(self.momentum[n])
            else:
                for end in (".exp_avg", ".exp_avg_sq"):
                    yield n + end, full(self.adam.state[p][end[1:]])


def orthogonal(g):
    """The matrix of singular values about 1 that is nearest to g: five steps of a quintic Newton–Schulz iteration."""
    x = g / (g.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.t() if tall else x
    for _ in range(5):
        a = x @ x.t()
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x.t() if tall else x


# --- The run -------------------------------------------------------------------------------------------

def handed():
    """handoff.json, and whether all lies there that it names."""
    if tuple(int(x) for x in torch.__version__.split(".")[:2]) < (1, 13):
        die(f"PyTorch is {torch.__version__}; 1.13 or newer is needed")
    try:
        with open(os.path.join(HERE, "handoff.json"), encoding="utf-8") as f:
            hand = json.load(f)
    except (OSError, ValueError) as e:
        die(f"handoff.json cannot be read ({e}); continue.py belongs into the folder that `hornbook handoff` wrote")
    if hand.get("version") != 1:
        die(f"handoff.json is of version {hand.get('version')}, and this continue.py knows 1; hand the run off again")
    for name, want in hand["sha256"].items():
        path = os.path.join(HERE, *name.split("/"))
        if not os.path.exists(path) or sum_of(path) != want:
            die(f"{name} is missing or was changed; hand the run off again")
    return hand


class Run:
    def __init__(self, args):
        self.args, self.rank, self.world = args, int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = torch.device(args.device or ("cuda" if torch.cuda.is_available() else "cpu"))
        if self.device.type == "cuda":
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
            torch.cuda.set_device(self.device)
        self.hand = handed()
        self.open()
        r = self.recipe = self.doc["recipe"]
        self.steps = r["steps"] = args.steps or r["steps"]
        self.done, self.tokens, self.written, self.seconds = (self.doc.get(k, 0) for k in ("step", "tokens", "written", "seconds"))
        if self.done >= self.steps and args.stop_at is None:
            die(f"all {self.steps} steps of the run are taken; --steps {2 * self.steps} goes on to so many")
        if r["batch"] < self.world:
            die(f"{self.world} processes cannot share a batch of {r['batch']} rows; start at most {r['batch']}")
        if r["batch"] % self.world:
            self.say(f"{self.world} processes share a batch of {r['batch']} rows unevenly, so that some wait for others")
        if self.world > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        if self.total([self.done])[0] != self.done * self.world:
            die(f"the processes found runs of different steps: {args.out} must be one folder that all machines share")
        self.build()
        self.read_data()
        self.optimizer, self.given, self.stopping, self.taken, self.saved = None, None, False, 0, time.time()

    def say(self, text):
        if self.rank == 0:
            print(text, flush=True)

    def total(self, numbers):
        """The sums over all processes."""
        x = torch.tensor(numbers, dtype=torch.float64)
        if self.world > 1:
            x = x.to(self.device)
            dist.all_reduce(x)
        return x.tolist()

    def part(self, n):
        return self.rank * n // self.world, (self.rank + 1) * n // self.world

    def open(self):
        """Finds what there is to go on with: --out, else the run that was handed off, or a larger one like it."""
        a, self.layout, self.rates = self.args, self.hand["tensors"], {}
        there = os.path.exists(os.path.join(a.out, "run.json"))
        self.folder = Folder(a.out if there else os.path.join(HERE, "run"))
        self.doc, self.grown = self.folder.doc, os.path.join(a.out, "grown.json")
        log = self.folder.at("log.jsonl")
        self.log = open(log, encoding="utf-8").read().splitlines() if self.folder.has("log.jsonl") else []
        if there and os.path.exists(self.grown):
            with open(self.grown) as f:
                self.layout, self.rates = None, json.load(f)["rates"]
        elif (a.layers or a.channels) and there:
            die(f"{a.out} holds a run already; name another --out for the larger model")
        elif a.layers or a.channels:
            self.grow()

    def grow(self):
        """A new model, larger, by the same recipe and data. Where AdamW moves a matrix, its rate is divided by what the
        matrix' input has grown by, as muP says (Yang et al. 2022, table 8); Muon's step has the right size by itself."""
        doc, r, m = self.doc, self.doc["recipe"], self.doc["recipe"]["model"]
        if r["objective"] not in ("lm", "distill") and r["from"] != "new":
            die(f"a new model cannot begin with {r['objective']}: hand off the run that taught the model to read, and grow that")
        C, D, group = self.args.channels or m["channels"], head_size(m), m["heads"] // m["kv_heads"]
        heads = m["heads"] * C // m["channels"] if m["head_dim"] else C // D
        if heads < 1 or heads % group or not m["head_dim"] and C % D:
            die(f"--channels {C}: give a multiple of {D * group}, since heads have {D} channels and {group} share their keys")
        hidden = max(8, round(m["hidden"] * C / m["channels"] / 8) * 8)
        new = dict(m, layers=self.args.layers or m["layers"], channels=C, heads=heads, kv_heads=heads // group, hidden=hidden)
        if new["layers"] > 64 or C > 4096 or hidden > 16384:
            self.say("Hornbook opens models of up to 64 layers and 4096 channels: this one can only be used here")
        was = {n: p.shape for n, p in GPT(m).named_parameters() if not n.startswith("blocks.") or n.startswith("blocks.0.")}
        for n, p in GPT(new).named_parameters():
            like = was[".".join(["blocks", "0", *n.split(".")[2:]]) if n.startswith("blocks.") else n]
            moved = r["optimizer"] == "muon" and n.startswith("blocks.")
            if p.dim() == 2 and n.startswith(("blocks.", "head.")) and not moved and not self.args.plain_rates:
                self.rates[n] = like[1] / p.shape[1]
        for name in ("best", "tally", "measures", "questions", "from", "written"):
            doc.pop(name, None)
        doc.update(step=0, tokens=0, seconds=0, state="training", name=f"{doc['name']} {new['layers']}x{C}",
                   recipe=dict(r, model=new, trains="all", **{"from": "new"}))
        doc["papers"] = [p for p in doc.get("papers", []) if p != "generation_config.json"]
        keep = ("tokenizer.json", "tokenizer_config.json", *doc["papers"])
        doc["sha256"] = {n: s for n, s in doc["sha256"].items() if n in keep}
        self.layout, self.log = None, []

    def build(self):
        """The model, what of it trains, and the one that it is compared with or learns from."""
        r, folder = self.recipe, self.folder
        self.trains, lora = r["trains"], r["tuning"]["lora"] if r["trains"] == "adapter" else None
        self.net = GPT(r["model"], lora)
        if folder.has("model.safetensors"):
            fill(self.net, folder.tensors("model.safetensors"), self.layout)
        else:
            begin(self.net, r["init"], r["seed"])
        named = dict(self.net.named_parameters())
        if lora:
            with torch.no_grad():
                adapter = folder.tensors("adapter_model.safetensors")
                for theirs, ours in self.hand["adapter"]:
                    named[ours].copy_(adapter[theirs])
        first = r["model"]["layers"] - r["tuning"]["last_layers"]
        last = lambda n: n.startswith(("norm.", "head.")) or n.startswith("blocks.") and int(n.split(".")[1]) >= first
        chosen = {"all": lambda n: True, "last": last, "adapter": lambda n: ".lora_" in n}[self.trains]
        for n, p in named.items():
            p.requires_grad_(chosen(n))
        self.net.to(self.device)
        self.best, self.reference = self.folder.tensors("best.safetensors"), self.folder.tensors("reference.safetensors")
        self.stale, self.frozen = (self.doc.get("best") or {}).get("stale", 0), None
        self.ddp = self.net
        if self.args.shard:
            self.shard()
        self.named = {n: p for n, p in self.net.named_parameters() if p.requires_grad}
        if self.world > 1 and not self.args.shard:
            ids = [self.device.index] if self.device.type == "cuda" else None
            self.ddp = nn.parallel.DistributedDataParallel(self.net, device_ids=ids, broadcast_buffers=False)
        if self.args.compile:
            self.ddp = torch.compile(self.ddp)
        self.freeze()

    def shard(self):
        """FSDP2: each process keeps its part of the weights and moments."""
        if self.world == 1:
            die("--shard divides a model among several processes; start them by torchrun")
        try:
            from torch.distributed.fsdp import fully_shard
        except Exception:  # what an old one raises is not always that it lacks it
            die(f"--shard is PyTorch's FSDP2, and {torch.__version__} has none; use 2.6 or newer, or leave --shard out")
        for block in self.net.blocks:
            fully_shard(block)
        fully_shard(self.net)

    def freeze(self):
        """The second model: a teacher, or the run's own as it began."""
        r = self.recipe
        if r["objective"] == "distill" and not r["distillation"]["hard"]:
            teacher = Folder(os.path.join(HERE, "teacher"))
            self.frozen = GPT(teacher.doc["recipe"]["model"])
            fill(self.frozen, teacher.tensors("model.safetensors"), self.hand["teacher"])
        elif not (r["objective"] == "dpo" or r["objective"] == "grpo" and r["rewards"]["kl"] > 0 and self.done >= r["rewards"]["warm_up_steps"]):
            return
        elif self.trains != "adapter":  # else the model is compared with itself without the adapter
            weights = {n: full(p.detach()).cpu().clone() for n, p in self.net.named_parameters()}
            if self.reference is None:
                self.reference = {n: weights[n] for n in self.named}
            self.frozen = GPT(r["model"])
            fill(self.frozen, dict(weights, **self.reference), None)
        if self.frozen is not None:
            self.frozen.to(self.device).requires_grad_(False).eval()

    def read_data(self):
        r, hand, at = self.recipe, self.hand, lambda name: mapped(os.path.join(HERE, "data", name))
        B, T, seed = r["batch"], r["model"]["context"], r["seed"]
        has = lambda name: "data/" + name in hand["sha256"]
        self.sets, self.source, self.drawn, self.perms = [], None, 0, {}
        if has("lengths.bin"):
            docs = documents(at("ids.bin"), at("targets.bin"), at("lengths.bin"))
            n = min(len(docs) * 9 // 10, len(docs) - 1)
            packed = lambda part: Packed(part, B, T, seed)
            self.source, self.sets = packed(docs[:n]), [("train_loss", packed(docs[:n])), ("val_loss", packed(docs[n:]))]
        elif has("ids.bin"):
            ids = at("ids.bin")
            n = min(len(ids) * 9 // 10, len(ids) - T - 1)
            windows = lambda part: Windows(part, B, T, seed)
            self.source, self.sets = windows(ids[:n]), [("train_loss", windows(ids[:n])), ("val_loss", windows(ids[n:]))]
        if has("old.bin"):
            self.sets.append(("old_loss", Windows(at("old.bin"), B, T, 0)))
        if has("pairs.bin"):
            ids, lengths, prompts = at("pairs.bin"), at("pairs_lengths.bin").tolist(), at("pairs_prompts.bin").tolist()
            answers = [(x.tolist(), n) for x, n in zip(ids.split(lengths), prompts)]
            self.pairs = list(zip(answers[0::2], answers[1::2]))
            self.train_pairs = len(self.pairs) - min(max(1, len(self.pairs) // 10), 32)
        if has("prompts.jsonl"):
            lines = lambda name: [json.loads(line) for line in open(os.path.join(HERE, "data", name), encoding="utf-8")]
            sys.path.insert(0, HERE)
            import verifier
            self.verifier, self.asked, self.held = verifier, lines("prompts.jsonl"), lines("held.jsonl")
            with open(os.path.join(HERE, "data", "pieces.json"), encoding="utf-8") as f:
                self.pieces = [p.encode("latin-1") for p in json.load(f)]

    # What a step learns from.

    def forward(self, ids, place=None, net=None):
        kind = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}[self.args.dtype]
        with torch.autocast(self.device.type, kind) if kind else contextlib.nullcontext():
            return (net or self.ddp)(ids, place).float()

    def batch(self):
        while self.drawn < self.done:
            self.source.skip()
            self.drawn += 1
        self.drawn += 1
        return self.source.next()

    def lessons(self):
        """Those of the next step, None where it learns from a batch."""
        r, objective = self.recipe, self.objective_now()
        if objective == "dpo":
            n, each = self.train_pairs, r["preferences"]["pairs"]
            return self.pair_lessons([self.pairs[self.nth(n, self.done * each + i)] for i in range(each)])
        if objective == "distill":
            batch, rows = self.batch(), []
            for ids, targets in zip(batch.ids.tolist(), batch.targets.tolist()):
                rows.append(Lesson(ids[:1] + targets, 1))
            if Random(r["seed"], (0xD15 << 32) + self.done).unit() < r["distillation"]["lambda"]:
                T, n = r["model"]["context"], max(1, r["model"]["context"] // 4)
                prompts, seeds = [l.ids[:n] for l in rows], [key(r["seed"], self.done, i, 0) for i in range(len(rows))]
                rows = [Lesson(p + w, n) for p, w in zip(prompts, self.write(prompts, seeds, T + 1 - n, (), 1))]
                self.written += sum(l.learned for l in rows)
            return even(rows)
        if objective == "grpo":
            w = r["rewards"]
            if (self.done - w["warm_up_steps"]) % w["updates"] == 0 or self.given is None:
                self.given = self.roll()
            return self.given
        return None

    def objective_now(self):
        """dpo, grpo and distill learn from lessons; lm and sft, the twin of distill and GRPO's first steps from batches."""
        r = self.recipe
        warming = r["objective"] == "grpo" and self.done < r["rewards"]["warm_up_steps"]
        hard = r["objective"] == "distill" and r["distillation"]["hard"]
        return "batch" if warming or hard or r["objective"] in ("lm", "sft") else r["objective"]

    def nth(self, n, at):
        """The at-th of draws from n in which each comes once an epoch."""
        if at // n not in self.perms:
            self.perms = {at // n: Random(self.recipe["seed"], (0xD90 << 32) + at // n).shuffled(list(range(n)))}
        return self.perms[at // n][at % n]

    def pair_lessons(self, pairs):
        tokens, lessons = sum(len(c) - n for (c, n), _ in pairs), []
        for (chosen, n), (rejected, m) in pairs:
            lessons += [Lesson(chosen, n, each=self.recipe["preferences"]["sft"] / tokens, share=1 / len(pairs)), Lesson(rejected, m, share=1 / len(pairs))]
        return lessons

    def write(self, prompts, seeds, tokens, stop, heat, at_once=512):
        """What the model writes, each process some of it; all get all."""
        n = len(prompts)
        mine = [min(i, n - 1) for i in range(self.rank, self.world * -(-n // self.world), self.world)]
        over = (lambda ends: self.total([float(not all(ends))])[0] == 0) if self.args.shard else all
        self.net.eval()
        written = {}
        for at in range(0, len(mine), at_once):
            some = mine[at:at + at_once]
            written.update(zip(some, write(self.net, [prompts[i] for i in some], [seeds[i] for i in some], tokens, stop, heat, over)))
        if self.world > 1:
            parts = [None] * self.world
            dist.all_gather_object(parts, written)
            written = {i: w for part in parts for i, w in part.items()}
        return [written[i] for i in range(n)]

    def reply(self, ids):
        """What the assistant says by ids: up to a special token that is not part of its thoughts."""
        end = next((i for i, id in enumerate(ids) if id in self.hand["cut"]), len(ids))
        text = b"".join(self.pieces[id] for id in ids[:end]).decode("utf-8", "surrogateescape")
        return text if self.hand["chats"] else text.split("\n")[0]

    def roll(self):
        """A round: groups of replies, rewarded, each as good as it is beside the others of its group."""
        r, w = self.recipe, self.recipe["rewards"]
        G, T, draw, prompts, seeds, asked = w["group"], r["model"]["context"], Random(r["seed"], (0x60 << 32) + self.done), [], [], []
        for i in range(w["prompts"]):
            asked.append(self.asked[draw.below(len(self.asked))])
            ids = asked[i]["ids"]
            prompts += [ids[max(0, len(ids) + w["reply_most"] - T):]] * G
            seeds += [key(r["seed"], self.done, i, s) for s in range(G)]
        written = self.write(prompts, seeds, w["reply_most"], self.hand["stop"], w["heat"])
        self.written += sum(map(len, written))
        groups, lengths, seen = [], [], [0.0, 0.0, 0.0]
        for i, example in enumerate(asked):
            replies = written[i * G:(i + 1) * G]
            rewards = [self.verifier.reward(w["reward"], self.hand["strict"], example, self.reply(x)) - w["length_cost"] * len(x) for x in replies]
            lengths.append([0 if w["leave_cut"] and x[-1] not in self.hand["stop"] else len(x) for x in replies])
            ahead, mean, deviation = advantages(rewards, w["scale"])
            groups.append(ahead)
            seen = [a + b / w["prompts"] for a, b in zip(seen, (mean, deviation, float(deviation == 0)))]
        self.tally[1] += 1
        self.tally[12:] = [a + b for a, b in zip(self.tally[12:], seen)]
        each = shares(w, lengths)
        return [Lesson(prompts[i * G + s] + written[i * G + s], len(prompts[i * G + s]), each=each[i][s], advantage=groups[i][s])
                for i in range(w["prompts"]) for s in range(G) if lengths[i][s]]

    # A step.

    def pieces_of(self, lessons):
        """This process' part of the lessons, in as many pieces as each has; what is missing counts nothing."""
        if not lessons:
            return []
        unit, r = 2 if self.objective_now() == "dpo" else 1, self.recipe
        units = [lessons[i:i + unit] for i in range(0, len(lessons), unit)]
        mine = units[self.rank::self.world]
        mine += [[l.blank() for l in units[0]]] * (-(-len(units) // self.world) - len(mine))
        rows = self.args.micro or r["batch"] * r["model"]["context"] // max(len(l.ids) for l in lessons)
        n = max(1, rows // unit)
        return [[l for u in mine[i:i + n] for l in u] for i in range(0, len(mine), n)]

    def loss(self, lessons, net=None):
        """That of some lessons, and sums."""
        kind, r = self.objective_now(), self.recipe
        heat = {"dpo": 1, "grpo": r["rewards"]["heat"] if kind == "grpo" else 1, "distill": r.get("distillation", {}).get("distill_temperature", 1)}[kind]
        logp, mask, logits = spoken(lambda ids: self.forward(ids, net=net), lessons, heat, self.device)
        frozen, teacher = self.compared(lessons, heat)
        if kind == "dpo":
            return dpo_loss(r["preferences"], lessons, logp, mask, frozen)
        if kind == "grpo":
            return grpo_loss(r["rewards"], lessons, logp, mask, frozen, logits)
        return distill_loss(r["distillation"], lessons, mask, logits, teacher)

    @torch.no_grad()
    def compared(self, lessons, heat):
        """What the frozen model says of lessons."""
        kind = self.objective_now()
        if kind == "grpo" and self.recipe["rewards"]["kl"] == 0:
            return None, None
        if self.frozen is None:
            self.net.lora["on"] = False
        logp, _, logits = spoken(lambda ids: self.forward(ids, net=self.frozen or self.net), lessons, heat, self.device)
        if self.frozen is None:
            self.net.lora["on"] = True
        return logp, logits

    def batch_loss(self, batch, lo, hi, net=None):
        ids, targets, place = batch.rows(lo, hi, self.device)
        logits = self.forward(ids, place, net)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="sum") * batch.each

    def parts(self):
        """Functions that give a loss and sums each, and how many tokens they read in all."""
        r, lessons = self.recipe, self.lessons()
        if lessons is not None:
            read = lambda i, l: l.learned + (l.prompt - 1 if i == 0 or lessons[i - 1].ids[:lessons[i - 1].prompt] != l.ids[:l.prompt] else 0)
            return [lambda p=p: self.loss(p) for p in self.pieces_of(lessons)], sum(read(i, l) for i, l in enumerate(lessons))
        batch, (lo, hi) = self.batch(), self.part(r["batch"])
        micro = self.args.micro or r["batch"]
        n = -(-(-(-r["batch"] // self.world)) // micro)  # as many for each process

        def piece(i):
            a, b = (lo + (hi - lo) * k // n for k in (i, i + 1))
            loss = self.batch_loss(batch, a, max(b, a + 1)) * (b > a)
            return loss, [float(loss)]
        return [lambda i=i: piece(i) for i in range(n)], r["batch"] * r["model"]["context"]

    def step(self):
        start, (stage, first) = time.time(), stage_of(self.recipe, self.done)
        if self.optimizer is None or first == self.done > 0:
            moments = self.folder.tensors("optimizer.safetensors") if self.optimizer is None and self.done > first else None
            self.optimizer = Optimizer(stage, self.named, self.done - first, moments or {}, self.rates)
        parts, tokens = self.parts()
        self.net.train()
        for p in self.named.values():
            p.grad = None if parts else torch.zeros_like(p)
        sums = [0.0] * 10
        for i, part in enumerate(parts):
            with self.met(i + 1 == len(parts)):
                loss, more = part()
                (loss * self.world).backward()  # PyTorch takes the processes' mean, the loss is their sum
            sums = [a + b for a, b in zip(sums, more + [0.0] * 10)]
        due = self.rank == 0 and time.time() - self.saved >= self.args.save_every
        *sums, stopping, due = self.total(sums + [float(self.stopping), float(due)])
        if not math.isfinite(sums[0]):
            die(f"the loss of step {self.done + 1} is no finite number; what was saved before is in {self.args.out}: go on from there with smaller rates")
        if self.recipe["clip"]:
            torch.nn.utils.clip_grad_norm_(list(self.named.values()), self.recipe["clip"])
        self.optimizer.step()
        if self.objective_now() != "batch" or self.objective() in ("dpo", "grpo"):
            self.tally[0] += 1
            self.tally[2:12] = [a + b for a, b in zip(self.tally[2:12], sums if self.objective_now() != "batch" else [0.0] * 10)]
        self.done, self.tokens, self.taken, self.seconds = self.done + 1, self.tokens + tokens, self.taken + 1, self.seconds + time.time() - start
        if self.objective() == "grpo" and self.done == self.recipe["rewards"]["warm_up_steps"]:
            self.freeze()
        return sums[0], tokens / (time.time() - start), stopping > 0, due > 0

    def objective(self):
        return self.recipe["objective"]

    def met(self, last):
        """Gradients are exchanged once, behind the last part."""
        if self.args.shard:
            self.net.set_requires_gradient_sync(last)
        elif self.world > 1 and not last:
            return self.ddp.no_sync()
        return contextlib.nullcontext()

    # Measures.

    @torch.no_grad()
    def evaluate(self):
        r, measures = self.recipe, {}
        n = r["last_eval_batches"] if self.done >= self.steps else r["eval_batches"]
        self.net.eval()
        for name, source in self.sets:
            source.seed(EVAL_SEED)
            losses = [source.next() for _ in range(n)]
            measures[name] = sum(self.total([float(self.batch_loss(b, *self.part(r["batch"]), net=self.net)) for b in losses])) / n
        getattr(self, "examine_" + self.objective(), lambda m: None)(measures)
        if self.hand["bytes"] and "val_loss" in measures:
            measures["bits_per_byte"] = measures["val_loss"] / math.log(2) / (self.hand["bytes"] / self.hand["tokens"])
        better = self.judge(-measures["pass@1"] if "pass@1" in measures else measures.get("val_loss", math.inf))
        entry = {"step": self.done, "tokens": self.tokens, "seconds": self.seconds, **({"best": True} if better else {}), "measures": measures}
        self.log.append(json.dumps(entry))
        self.doc["measures"] = measures
        self.say(f"step {self.done:6d}/{self.steps}  " + "  ".join(f"{k} {v:.4f}" for k, v in measures.items()))

    def read(self, lessons):
        sums = [0.0] * 10
        for piece in self.pieces_of(lessons):
            sums = [a + b for a, b in zip(sums, self.loss(piece, self.net)[1] + [0.0] * 10)]
        return self.total(sums)

    def examine_dpo(self, m):
        n = len(self.pairs) - self.train_pairs
        m["train_loss"] = self.read(self.pair_lessons(self.pairs[:min(n, self.train_pairs)]))[0]
        held = self.read(self.pair_lessons(self.pairs[self.train_pairs:]))
        m["val_loss"] = held[0]
        c, j, right, logc, logr = (x / held[1] for x in held[2:7])
        m.update({"rewards/chosen": c, "rewards/rejected": j, "rewards/margins": c - j, "rewards/accuracies": right, "logps/chosen": logc, "logps/rejected": logr})

    def examine_distill(self, m):
        if self.frozen is None:
            return
        r, source, n, all_sums, teacher = self.recipe, self.sets[1][1], self.recipe["eval_batches"], [0.0] * 10, 0.0
        source.seed(EVAL_SEED)
        for _ in range(n):
            batch = source.next()
            rows = even([Lesson(ids[:1] + targets, 1) for ids, targets in zip(batch.ids.tolist(), batch.targets.tolist())])
            all_sums = [a + b for a, b in zip(all_sums, self.read(rows))]
            teacher += self.total([float(self.batch_loss(batch, *self.part(r["batch"]), net=self.frozen))])[0] / n
        m.update({"teacher_loss": teacher, "divergence": all_sums[0] / n, "agreement": all_sums[2] / all_sums[1]})

    def examine_grpo(self, m):
        r, w, tries = self.recipe, self.recipe["rewards"], self.recipe["rewards"]["tries"]
        held = self.held[:w["most_asked"] if self.done == w["warm_up_steps"] or self.done >= self.steps else w["asked"]]
        if held:
            most = r["model"]["context"] - w["reply_most"]
            prompts = [e["ids"][-most:] for e in held for _ in range(tries)]
            written = self.write(prompts, [(EVAL_SEED << 32) + i for i in range(len(prompts))], w["reply_most"], self.hand["stop"], w["heat"] if tries > 1 else 0)
            replies = [(held[i // tries], self.reply(x)) for i, x in enumerate(written)]
            right = [self.verifier.right(self.hand["strict"], e, x) for e, x in replies]
            counts = [sum(right[i:i + tries]) for i in range(0, len(right), tries)]
            for k in (1, 8) if tries >= 8 else (1,):
                m[f"pass@{k}"] = sum(1 - math.comb(tries - c, k) / math.comb(tries, k) for c in counts) / len(counts)  # Chen et al. 2021
            mean = lambda x: sum(x) / len(replies)
            m.update({"held_reward": mean(self.verifier.reward(w["reward"], self.hand["strict"], e, x) for e, x in replies),
                      "working": mean(self.verifier.right("working", e, x) for e, x in replies), "length": mean(map(len, written)),
                      "cut": mean(x[-1] not in self.hand["stop"] for x in written), "questions": len(held)})
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
            self.stale, self.best = 0, {n: full(p.detach()).cpu().clone() for n, p in self.named.items()}
            self.doc["best"] = {"step": self.done, "loss": loss}
        self.doc["best"]["stale"] = self.stale
        return self.stale == 0

    # The loop.

    def finished(self):
        patience = self.recipe["tuning"]["patience"]
        return self.done >= self.steps or 0 < patience <= self.stale

    def whole(self):
        """Between two steps that learn from one round nothing is saved."""
        w = self.recipe.get("rewards", {})
        return self.objective_now() != "grpo" or (self.done - w["warm_up_steps"]) % w["updates"] == 0

    def loop(self):
        for s in (signal.SIGINT, signal.SIGTERM):
            signal.signal(s, lambda *_: setattr(self, "stopping", True))
        self.tally = self.doc.get("tally", [])
        self.tally = self.tally if len(self.tally) == 15 else [0.0] * 15
        end, told = self.steps if self.args.stop_at is None else self.args.stop_at, 0
        self.say(f"{self.objective()} on {self.recipe['trains']} of {sum(p.numel() for p in self.net.parameters()):,} weights, "
                 f"step {self.done} of {self.steps}, {self.world} process{'es' * (self.world > 1)} on {self.device.type}, to {self.args.out}")
        if self.done < end and not any('"measures"' in line for line in self.log):
            self.evaluate()
        while not self.finished() and (self.done < end or not self.whole()):
            loss, speed, stopping, due = self.step()
            if self.done % max(1, self.steps // 300) == 0:
                self.log.append(json.dumps({"step": self.done, "loss": loss}))
            if time.time() - told > 1 or self.finished():
                told, left = time.time(), (self.steps - self.done) * self.recipe["batch"] * self.recipe["model"]["context"] / speed
                self.say(f"step {self.done:6d}/{self.steps}  loss {loss:.4f}  {speed:,.0f} tokens/s  {left / 60:.1f} min left")
            warmed = self.objective() == "grpo" and self.done == self.recipe["rewards"]["warm_up_steps"]
            if self.done % self.recipe["eval_every"] == 0 or self.finished() or warmed:
                self.evaluate()
            if stopping and self.whole():
                break
            if due and self.whole() and not self.finished():
                self.keep()
        self.keep()
        self.say(f"Saved to {self.args.out}, after step {self.done} of {self.steps}.")

    @torch.no_grad()
    def keep(self):
        doc, over, written, dropped = self.doc, self.finished() and self.taken > 0, {}, []
        if over and self.best:
            for n, p in self.named.items():
                p.copy_(like(p, self.best[n]))
            doc["measures"] = next((e["measures"] for e in map(json.loads, reversed(self.log)) if e["step"] == doc["best"]["step"] and "measures" in e), doc.get("measures"))
            dropped = ["best.safetensors", "optimizer.safetensors"]
        weights = {n: full(p.detach()).cpu() for n, p in self.net.named_parameters()}
        if self.trains == "adapter":
            written["adapter_model.safetensors"] = [(theirs, weights[ours]) for theirs, ours in self.hand["adapter"]]
        else:
            written["model.safetensors"] = list(laid_out(weights, self.layout))
        if self.optimizer and not dropped:
            written["optimizer.safetensors"] = list(self.optimizer.moments())
        if self.best and not dropped:
            written["best.safetensors"] = list(self.best.items())
        if self.reference:
            written["reference.safetensors"] = list(self.reference.items())
        written["log.jsonl"] = "".join(line + "\n" for line in self.log)
        doc.update(step=self.done, tokens=self.tokens, seconds=self.seconds)
        if self.written:
            doc["written"] = self.written
        if self.taken:
            doc.update(state="done" if over else "paused", ranks=self.world, backend="pytorch")
        elif doc["state"] == "training":
            doc["state"] = "paused"
        if over and "best.safetensors" in dropped:
            doc.pop("best")
        if self.taken:
            doc.pop("tally", None)
            doc.update({"tally": self.tally} if any(self.tally) and not over else {})
        if self.rank == 0:
            if self.layout is None and self.hand["tensors"] is not None or self.rates:
                os.makedirs(self.args.out, exist_ok=True)
                with open(self.grown, "w") as f:
                    json.dump({"rates": self.rates}, f)
            save(self.args.out, doc, self.folder, written, dropped)
        self.saved = time.time()


def even(lessons):
    tokens = sum(l.learned for l in lessons)
    for l in lessons:
        l.each = 1 / tokens
    return lessons


def arguments():
    p = argparse.ArgumentParser(description="Goes on with the run of this folder.", epilog="README.md beside it says more.")
    p.add_argument("--out", default=os.path.join(HERE, "continued"), help="folder that the run is saved to, and gone on with from there if it is one (default: continued)")
    p.add_argument("--steps", type=int, help="steps of the run in all, by which the rates fall (default: the recipe's)")
    p.add_argument("--stop-at", type=int, help="pause after so many steps of them")
    p.add_argument("--save-every", type=float, default=60, help="seconds between two saves (default 60)")
    p.add_argument("--layers", type=int, help="begin a new model of so many layers by the same recipe and data")
    p.add_argument("--channels", type=int, help="the same, so many channels wide")
    p.add_argument("--plain-rates", action="store_true", help="with --channels: leave the rates as they are, without what muP says")
    p.add_argument("--micro", type=int, help="rows that are computed at once (default: all; fewer take less memory)")
    p.add_argument("--dtype", default="float32", choices=("float32", "bfloat16", "float16"), help="of products (default float32; bfloat16 is several times as fast on a GPU)")
    p.add_argument("--compile", action="store_true", help="torch.compile, of PyTorch 2")
    p.add_argument("--shard", action="store_true", help="FSDP2, of PyTorch 2.6: each process keeps a part of weights and moments")
    p.add_argument("--device", help="cpu, cuda or mps (default: cuda where there is one)")
    args = p.parse_args()
    for name in ("steps", "layers", "channels", "micro"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            die(f"--{name} must be at least 1")
    if args.compile and not hasattr(torch, "compile"):
        die(f"--compile needs PyTorch 2, and this is {torch.__version__}")
    return args


def main():
    run = Run(arguments())
    run.loop()
    if run.world > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
