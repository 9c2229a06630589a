"""The traces of golden.py: 20 steps of post-training of a tiny transformer.

The transformer is model/testdata/golden.py's, with the configuration "model"
("teacher_model" for the teacher). The i-th parameter, from 0, in its order of
parameters() has the weights x = noise(seed + i + 1, n): matrices 0.25 x, gains
1 + 0.1 x, in float32. seed is 0 for the student, 100 for the teacher.

AdamW: rate 3e-3 throughout, beta 0.9 and 0.95, eps 1e-8, no decay, no clipping
of gradients. A sequence is {prompt, completion}, ids at most 24 together,
places from 0; only the completion's tokens count, each predicted from all
before it. Logits are divided by temperature before every softmax. The
reference model has the start's weights.

traces: {model, teacher_model, sequences: [20][4] sequences of SFT and
distillation, pairs: [20][4] {prompt, chosen, rejected}, rollouts: [20][2][4]
{prompt, completion, rewards: [one], ended}, runs: {name: run}}.

A run has kind (sft, dpo, grpo, distill), its options, updates (how many on each
batch; grpo's old is the lp at the first), log: a list a number that is logged,
as in golden.py, with one element an update, taken before the weights change;
end: {sum, squares: of all weights, some: 5 elements of tokens.weight, the i-th
at i*n/5 of its n}. float64_off says how far a run in float64 is from it: log
(largest difference of any number logged), sum, squares, some.
"""
import torch

VOCAB, END, STEPS = 12, 11, 20


class Hash:
    """Whole numbers by noise, one seed after another."""

    def __init__(self, noise, seed):
        self.noise, self.seed = noise, seed

    def below(self, limit, n):
        self.seed += 1
        return [int((x + 1) / 2 * limit) for x in self.noise(self.seed, n).double().tolist()]

    def between(self, low, high):
        return low + self.below(high - low + 1, 1)[0]


def rule(ids, n):
    """n tokens that follow from the two before each, then the end."""
    ids, out = list(ids), []
    for _ in range(n):
        out.append((ids[-1] * 3 + ids[-2] + 1) % END)
        ids.append(out[-1])
    return out + [END]


def data(noise):
    h = Hash(noise, 20000)
    prompt = lambda: h.below(END, h.between(2, 6))
    sequences, pairs, rollouts = [], [], []
    for step in range(STEPS):
        batch = [(p, rule(p, h.between(1, 23 - len(p)))) for p in (prompt() for _ in range(4))]
        sequences.append([dict(prompt=p, completion=c) for p, c in batch])
        batch = [(p, rule(p, h.between(1, 12)), h.below(END, h.between(1, 12)) + [END]) for p in (prompt() for _ in range(4))]
        pairs.append([dict(prompt=p, chosen=c, rejected=r) for p, c, r in batch])
        groups = []
        for g in range(2):
            p, group = prompt(), []
            for _ in range(4):
                ended = h.between(0, 3) > 0
                completion = h.below(END, h.between(1, 11)) + [END] if ended else h.below(END, 12)
                same = step % 7 == 3 and g == 1  # a group that teaches nothing
                reward = 1.0 if same else round(sum(t < 4 for t in completion) / len(completion) + 0.5 * ended, 3)
                group.append(dict(prompt=p, completion=completion, rewards=[reward], ended=ended))
            groups.append(group)
        rollouts.append(groups)
    return dict(sequences=sequences, pairs=pairs, rollouts=rollouts)


class Model:
    def __init__(self, base, config, seed, dtype):
        self.base, self.config, self.p = base, config, {}
        for i, (name, dims) in enumerate(base.parameters(config)):
            x = base.noise(seed + i + 1, torch.Size(dims).numel()).reshape(dims)
            x = x * 0.25 if len(dims) == 2 else 1 + x * 0.1
            self.p[name] = x.to(dtype).requires_grad_()

    def logits(self, prompt, completion):
        """Those that predict the completion's tokens."""
        ids = torch.tensor([prompt + completion])
        return self.base.forward(self.config, self.p, ids[:, :-1])[0, len(prompt) - 1 :]

    def lp(self, prompt, completion, temperature=1.0):
        logits = self.logits(prompt, completion) / temperature
        return logits.log_softmax(-1)[range(len(completion)), completion]

    def weights(self):
        return torch.cat([v.detach().flatten().double() for v in self.p.values()])


def sft(losses, run, model, start, teacher, batch):
    logits = torch.cat([model.logits(s["prompt"], s["completion"]) for s in batch])
    ids = torch.tensor(sum((s["completion"] for s in batch), []))
    lp = logits.log_softmax(-1)[range(len(ids)), ids]
    stats = dict(entropy=losses.entropy(logits.detach()).mean().item(),
                 mean_token_accuracy=(logits.argmax(-1) == ids).double().mean().item())
    yield lambda: (losses.sft([(lp, [1] * len(ids))]), stats)


def distill(losses, run, model, start, teacher, batch):
    with torch.no_grad():
        taught = torch.cat([teacher.logits(s["prompt"], s["completion"]) for s in batch])
    logits = torch.cat([model.logits(s["prompt"], s["completion"]) for s in batch])
    yield lambda: (losses.gkd(logits, taught, run["beta"], run["temperature"]).mean(), {})


def dpo(losses, run, model, start, teacher, batch):
    sides = ("chosen", "rejected")
    with torch.no_grad():
        pairs = [{s: dict(ref=start.lp(p["prompt"], p[s])) for s in sides} for p in batch]
    yield lambda: losses.dpo(dict(run, pairs=pairs), [[model.lp(p["prompt"], p[s]) for s in sides] for p in batch])


def grpo(losses, run, model, start, teacher, batch):
    lps = lambda m: [[m.lp(s["prompt"], s["completion"], run["temperature"]) for s in g] for g in batch]
    with torch.no_grad():
        old, ref = lps(model), lps(start)
    groups = [[dict(s, old=o, ref=r) for s, o, r in zip(*z)] for z in zip(batch, old, ref)]
    c = dict(run, groups=groups, reward_weights=[1.0])
    rewards = losses.advantages(c)
    c["advantages"] = rewards.pop("advantages")

    def update():
        loss, stats = losses.grpo(c, lps(model))
        return loss, {**stats, **rewards}

    for _ in range(run["updates"]):
        yield update


def follow(base, losses, configs, run, batches, dtype):
    """The log and the end of a run."""
    model, start = (Model(base, configs[0], 0, dtype) for _ in range(2))
    teacher = Model(base, configs[1], 100, dtype)
    adamw = torch.optim.AdamW(list(model.p.values()), lr=3e-3, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0)
    step = dict(sft=sft, dpo=dpo, grpo=grpo, distill=distill)[run["kind"]]
    log = {}
    for batch in batches:
        for update in step(losses, run, model, start, teacher, batch):
            loss, stats = update()
            adamw.zero_grad()
            loss.backward()
            adamw.step()
            for name, x in dict(loss=loss.item(), **stats).items():
                log.setdefault(name, []).append(x)
    w, first = model.weights(), model.p["tokens.weight"].detach().flatten()
    n = len(first)
    return log, dict(sum=w.sum().item(), squares=(w * w).sum().item(), some=[first[i * n // 5].item() for i in range(5)])


def traces(base, losses):
    tiny = base.shape(vocab=VOCAB, context=24, layers=2, heads=2, kv_heads=2, channels=16, hidden=32, norm="rmsnorm",
                      norm_eps=1e-6, position="rope", mlp="swiglu", qk_norm=True, tied=False)
    configs = (tiny, dict(tiny, channels=32, hidden=64))
    out = dict(model=configs[0], teacher_model=configs[1], **data(base.noise), runs={})
    clip = dict(epsilon_low=0.2, epsilon_high=0.2)
    policy = dict(kind="grpo", loss_type="dapo", scale_rewards=True, **clip, beta=0.0, max_length=12, truncated="keep",
                  temperature=1.0, updates=1)
    runs = {
        "sft": dict(kind="sft", updates=1),
        "distill": dict(kind="distill", beta=0.5, temperature=1.0, updates=1),
        "dpo": dict(kind="dpo", beta=0.1, terms=[dict(loss="sigmoid", weight=1.0, smoothing=0.0)], updates=1),
        "dapo": policy,
        "dr_grpo": dict(policy, loss_type="dr_grpo", scale_rewards=False, beta=0.04, updates=2),
        "temperature": dict(policy, beta=0.04, temperature=0.7, updates=2),
        "grpo-zero": dict(policy, loss_type="grpo", truncated="zero", epsilon_high=0.28, updates=2),
    }
    batches = dict(sft="sequences", distill="sequences", dpo="pairs", grpo="rollouts")
    for name, run in runs.items():
        given = out[batches[run["kind"]]]
        log, end = follow(base, losses, configs, run, given, torch.float32)
        exact, exact_end = follow(base, losses, configs, run, given, torch.float64)
        off = dict(log=max(abs(a - b) for k in log for a, b in zip(log[k], exact[k])),
                   sum=abs(end["sum"] - exact_end["sum"]), squares=abs(end["squares"] - exact_end["squares"]),
                   some=max(abs(a - b) for a, b in zip(end["some"], exact_end["some"])))
        out["runs"][name] = dict(run, log=log, end=end, float64_off=off)
    return out
