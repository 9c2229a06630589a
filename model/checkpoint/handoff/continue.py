#!/usr/bin/env python3
"""Goes on with a training run that Hornbook began, on as many processes and machines as there are.

    python3 continue.py                                   on this machine, by one process
    torchrun --nproc_per_node 8 continue.py               by eight, a GPU each where there are GPUs
    torchrun --nnodes 2 --nproc_per_node 8 --rdzv_backend c10d --rdzv_endpoint HOST:29500 continue.py

It needs PyTorch 1.13 or newer and nothing else, and lies in a folder that Hornbook wrote:

    model.py      the transformer
    folder.py     how its files are read and written
    run/          the run as Hornbook keeps it: model and tokenizer in Hugging Face's form, moments, recipe, history
    teacher/      whose predictions are learned, of objective distill
    data/         what is learned from, as 32-bit ids (.bin, read in place), and as text
    handoff.json  under which names the weights lie, and what the data are

What it writes (--out) is a folder like run/: it goes on there when it is started again, whatever stopped it,
and so does Hornbook (`hornbook train -resume -out FOLDER -data ...`, or the page, where it is opened).

Batches, their order, the loss, optimizer and schedule are those of the recipe, to the same numbers: every
draw comes from the generator that Hornbook has (Random). Only an adapter's dropout is PyTorch's own.

The file is in this order: what is learned from, losses, the optimizer, the run. Letters: B batch, T time.
"""
import argparse, contextlib, json, math, os, signal, sys, time

try:
    import torch
    import torch.distributed as dist
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    raise SystemExit("continue.py: PyTorch is missing; install it: pip install torch, or on Debian apt-get install python3-torch")

from folder import Folder, die, fill, flat, handed, ids_in, laid_out, read_json, save
from model import GPT, Random, begin, following, key, latent, write

HERE = os.path.dirname(os.path.abspath(__file__))
EVAL_SEED = 2024  # every evaluation draws the same
AHEAD = 0.3  # what the loss of the word after the next counts beside that of the next
BALANCE = 1e-2  # by how much a step moves the bias of an expert that had more to do than others, or less


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


if __name__ == "__main__":
    main()
