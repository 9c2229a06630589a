"""Makes golden.json: losses of post-training, their gradients, and traces of
20 steps, by PyTorch.

    /usr/bin/python3 model/train/testdata/golden.py    (Debian: python3-torch, libopenblas0-openmp)

Losses are float64; the traces are float32 on one thread, as PyTorch does it by
default. Formulas are written out here from their definitions, which are TRL's
(July 2026); none of Hornbook's code and none of TRL's is involved. Gradients
are autograd's, checked against finite differences here, and the goldens G1 to
G4 and G7 against numbers worked out by hand. Numbers in the file have 9
significant digits; what goes in is rounded before it is used.

THE FILE. "lp" is the log probability of a token that was drawn, "old" that at
the time of the draw, "ref" that of the reference model; a gradient has the
shape of what it is taken by.

grpo: {name: case}. A case has groups, a list of lists of sequences {lp, old,
    ref: a number a token; rewards: a number a reward function; ended: false if
    it was cut off}, and the options
      loss_type     t is a token's loss; the sums are over
                    grpo     mean over sequences of the mean of t
                    bnpo     mean over groups of (sum of t / tokens of the group)
                    dapo     sum of t / tokens of the step, which is all groups
                    dr_grpo  sum of t / (sequences * max_length)
      reward_weights  r = sum of weight * reward
      scale_rewards A = (r - mean) / (std + 1e-4) in a group, std with n-1;
                    false: A = r - mean
      epsilon_low, epsilon_high  ratio = exp(lp - old);
                    t = -min(ratio A, clip(ratio, 1-low, 1+high) A) + beta k3
      beta          k3 = e^x - x - 1, x = ref - lp
      on_policy     true: old is lp, detached
      truncated     what becomes of sequences that did not end: "keep"; "zero":
                    their tokens are masked, as TRL does it, so that tokens are
                    counted without them but sequences (grpo, dr_grpo) and
                    groups (bnpo) with them; "drop": sequences are counted
                    without them too. Advantages come from all, always. Counts
                    are at least 1.
    Beside them stand advantages [group][sequence] (given, where sequences have
    no rewards), loss, grad [group][sequence][token] by lp, and what TRL logs:
    kl (mean of k3 over counted tokens, also for beta 0), clip_low (share of
    them with ratio < 1-low and A < 0), clip_high (ratio > 1+high and A > 0),
    clip_region (either), reward (mean of r), reward_std (mean over groups of
    std), frac_reward_zero_std, mean_length, cut_share (did not end).
dpo: {name: case}. pairs: [{chosen, rejected: {lp, ref}}]; beta; terms: [{loss,
    weight, smoothing}], whose weighted sum is the loss, each a mean over pairs.
    logp is the SUM over tokens, d = (logp - ref of chosen) - (the same of
    rejected), n a length.
      sigmoid  -log sigmoid(beta d)
      ipo      (d - 1/(2 beta))^2, where each log ratio is divided by its n
      robust   (-(1-s) log sigmoid(beta d) + s log sigmoid(-beta d)) / (1-2s)
      sft      mean of -lp over all tokens of all chosen
    Then loss, grad: [{chosen, rejected}] by lp; rewards_chosen,
    rewards_rejected (means of beta * log ratio, of sums, for ipo too),
    margins, accuracies (share with chosen > rejected, strictly), logps_chosen,
    logps_rejected (means of sums).
sft: {name: case}. rows: [{lp, mask}]; loss = sum of -lp over masked tokens of
    all rows / their count; grad [row][token] by lp.
sft_logits: {name: case}. logits (R,V), targets, mask; loss, grad (R,V),
    entropy and mean_token_accuracy (means over masked rows).
gkd: {name: case}. student, teacher (R,V) logits, both divided by temperature
    before softmax; no factor T^2. S, T are the distributions, M = (1-b)S + bT:
    b KL(T:M) + (1-b) KL(S:M); b 0 is KL(T:S), b 1 is KL(S:T), where KL(P:Q) is
    sum of P log(P/Q). divergences: one a row; loss: their mean; grad (R,V) by
    the student's logits.
entropy: {name: case}. logits (R,V), temperature; entropies, grad of their mean.
logprobs: {name: case}. logits (R,V), temperature, targets, weights; lp is the
    log softmax of logits / temperature at the targets; sum = sum of weights *
    lp; grad (R,V) of it.
pass_at_k: [{n, c, k, want}], 1 - C(n-c,k)/C(n,k).
tokens: token by token, [{ratio, advantage, epsilon, loss, grad}] (G2) and
    [{x, k3, grad}] (G4), grad by lp.
traces: see traces.py beside this; losses.py has the losses.
"""
import importlib.util
import json
import math
import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True  # what is imported here is no package


def load(name, *path):
    spec = importlib.util.spec_from_file_location(name, os.path.join(HERE, *path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


base = load("base", "..", "..", "testdata", "golden.py")
losses = load("losses", "losses.py")


class Numbers:
    """Made-up numbers, one hash seed after another."""

    def __init__(self, seed):
        self.seed = seed

    def take(self, n, mean=0.0, spread=1.0):
        self.seed += 1
        return [round(mean + spread * x, 4) for x in base.noise(self.seed, n).tolist()]

    def matrix(self, rows, columns, spread=2.0):
        return [self.take(columns, spread=spread) for _ in range(rows)]


def tensors(v):
    """v with a float64 leaf in place of each list of numbers."""
    if v and isinstance(v[0], (int, float)):
        return torch.tensor(v, dtype=torch.float64, requires_grad=True)
    return [tensors(x) for x in v]


def flatten(v):
    return [v] if torch.is_tensor(v) else [t for x in v for t in flatten(x)]


def gradient(f, at):
    """f's value at lists of numbers and its gradient in the same shape, which
    finite differences confirm."""
    leaves = tensors(at)
    flat = flatten(leaves)
    loss = f(leaves)
    grads = torch.autograd.grad(loss, flat, allow_unused=True)
    grads = [torch.zeros_like(t) if g is None else g for t, g in zip(flat, grads)]
    h = 1e-5
    with torch.no_grad():
        for t, g in zip(flat, grads):
            for i in range(len(t)):
                was = t[i].item()
                t[i] = was + h
                up = f(leaves).item()
                t[i] = was - h
                down = f(leaves).item()
                t[i] = was
                assert abs((up - down) / (2 * h) - g[i].item()) < 1e-8, ((up - down) / (2 * h), g[i].item())
    left = iter(grads)

    def shaped(v):
        return next(left).tolist() if torch.is_tensor(v) else [shaped(x) for x in v]

    return loss.item(), shaped(leaves)


# GRPO


def rollouts(seed, lengths, rewards, unended=()):
    """Groups of sequences; unended are numbers of sequences in the step."""
    make, groups, n = Numbers(seed), [], 0
    for sizes, scores in zip(lengths, rewards):
        group = []
        for size, score in zip(sizes, scores):
            lp = make.take(size, -2, 1.1)
            old = [round(a + b, 4) for a, b in zip(lp, make.take(size, 0, 0.6))]
            ref = [round(a + b, 4) for a, b in zip(lp, make.take(size, 0, 0.8))]
            group.append(dict(lp=lp, old=old, ref=ref, rewards=score if isinstance(score, list) else [score],
                              ended=n not in unended))
            n += 1
        groups.append(group)
    return groups


def grpo_case(groups, **options):
    c = dict(loss_type="dapo", reward_weights=[1.0] * len(groups[0][0].get("rewards", [])), scale_rewards=True,
             epsilon_low=0.2, epsilon_high=0.2, beta=0.0, max_length=8, truncated="keep", on_policy=False)
    c = {**c, **options, "groups": json.loads(json.dumps(groups))}
    if c["on_policy"]:
        for s in sum(c["groups"], []):
            s["old"] = s["lp"]
    if "advantages" not in c:
        c.update(losses.advantages(c))
    at = [[s["lp"] for s in g] for g in c["groups"]]
    c["loss"], c["grad"] = gradient(lambda lps: losses.grpo(c, lps)[0], at)
    c.update(losses.grpo(c, tensors(at))[1])
    return c


def both_ways(c):
    """Fails unless ratios leave the clip range on both sides for both signs of
    A, and none is near its ends."""
    seen = set()
    for g, advantages in zip(c["groups"], c["advantages"]):
        for s, a in zip(g, advantages):
            for lp, old in zip(s["lp"], s["old"]):
                ratio, low, high = math.exp(lp - old), 1 - c["epsilon_low"], 1 + c["epsilon_high"]
                assert min(abs(ratio - low), abs(ratio - high)) > 1e-4
                seen.add(((ratio > high) - (ratio < low), (a > 0) - (a < 0)))
    assert {(side, sign) for side in (-1, 0, 1) for sign in (-1, 1)} <= seen, seen


FOURS = rollouts(1000, [[3, 5, 2, 4], [6, 1, 3, 7]], [[1, 0, 0, 0], [1, 1, 0, 1]], unended=(1, 7))
THREES = rollouts(2000, [[4, 2, 6], [5, 3, 1], [2, 8, 5]], [[0.3, 0.9, -0.4], [0.5, 0.5, 0.5], [1, 0.25, 0.75]], unended=(2, 3, 7))
MIXED = rollouts(3000, [[5, 3, 8, 2], [1, 6, 4, 3]],
                 [[[1, 0.2], [0, 0.7], [1, 1], [0, -0.3]], [[0, 0.1], [0, 0.9], [1, 0.5], [0, 0.4]]], unended=(0, 5))
EIGHT = rollouts(4000, [[2, 7, 4, 1, 6, 3, 5, 2]], [[1, 0, 0, 1, 0, 1, 0, 0]], unended=(4,))
ALL_CUT = rollouts(5000, [[4, 4, 4], [4, 4, 4]], [[1, 0, 0.5], [0, 1, 1]], unended=range(6))
TEACHES_NOTHING = rollouts(6000, [[3, 2, 4, 1]], [[1, 1, 1, 1]])
HIGHER = dict(epsilon_high=0.28)
KL = dict(beta=0.04)
PAIR = dict(reward_weights=[1.0, 0.5])
UNSCALED = dict(scale_rewards=False)
ON = dict(on_policy=True)

GRPO = {
    "grpo-fours": (FOURS, dict(loss_type="grpo")),
    "grpo-threes": (THREES, dict(loss_type="grpo", **HIGHER, **KL)),
    "grpo-mixed": (MIXED, dict(loss_type="grpo", **PAIR, **UNSCALED, **KL)),
    "grpo-on-policy": (EIGHT, dict(loss_type="grpo", **ON)),
    "bnpo-fours": (FOURS, dict(loss_type="bnpo", **HIGHER, **KL)),
    "bnpo-threes": (THREES, dict(loss_type="bnpo")),
    "bnpo-mixed": (MIXED, dict(loss_type="bnpo", **PAIR, **HIGHER)),
    "bnpo-on-policy": (THREES, dict(loss_type="bnpo", **ON, **KL, **UNSCALED)),
    "dapo-fours": (FOURS, dict(**HIGHER)),
    "dapo-threes": (THREES, dict(**KL)),
    "dapo-mixed": (MIXED, dict(**HIGHER, **KL, reward_weights=[0.7, -1.3])),
    "dapo-eight": (EIGHT, dict(**UNSCALED, epsilon_low=0.1, epsilon_high=0.3)),
    "dapo-on-policy": (FOURS, dict(**ON)),
    "dapo-on-policy-kl": (MIXED, dict(**ON, **KL, **PAIR)),
    "dr_grpo-fours": (FOURS, dict(loss_type="dr_grpo", **UNSCALED)),
    "dr_grpo-threes": (THREES, dict(loss_type="dr_grpo", **UNSCALED, **HIGHER, **KL, max_length=12)),
    "dr_grpo-scaled": (EIGHT, dict(loss_type="dr_grpo", **KL)),
    "dr_grpo-on-policy": (THREES, dict(loss_type="dr_grpo", **UNSCALED, **ON)),
    "nothing-to-learn": (TEACHES_NOTHING, dict(**ON)),
    "nothing-but-kl": (TEACHES_NOTHING, dict(loss_type="grpo", **KL)),
}
for kind in ("grpo", "bnpo", "dapo", "dr_grpo"):
    for how in ("zero", "drop"):
        GRPO[f"{kind}-{how}-fours"] = (FOURS, dict(loss_type=kind, truncated=how, **KL))
        GRPO[f"{kind}-{how}-threes"] = (THREES, dict(loss_type=kind, truncated=how, **HIGHER))
    GRPO[f"{kind}-zero-all-cut"] = (ALL_CUT, dict(loss_type=kind, truncated="zero", **KL))


def sequence(lp, old=None, ref=None, **more):
    return dict(lp=lp, old=old or lp, ref=ref or lp, ended=True, **more)


def goldens():
    """G1 to G4, whose numbers were worked out by hand."""
    out = {}
    ones = [[sequence([-1.0], rewards=[r]) for r in (1.0, 0.0, 0.0, 0.0)]]
    out["g1"] = grpo_case(ones, on_policy=True)
    out["g1-mean-only"] = grpo_case(ones, on_policy=True, scale_rewards=False)
    ratios = short([math.log(r) for r in (1.1, 0.9, 1.5)])
    for name, a in (("g2-plus", 1.0), ("g2-minus", -1.0)):
        out[name] = grpo_case([[sequence(ratios, [0.0] * 3)]], loss_type="dapo", advantages=[[a]])
    for kind in ("grpo", "bnpo", "dapo", "dr_grpo"):
        out["g3-" + kind] = grpo_case([[sequence([-1.0] * 2), sequence([-1.0] * 4)]], loss_type=kind, on_policy=True,
                                      advantages=[[-1.0, -2.0]], max_length=8)
    out["g4"] = grpo_case([[sequence([-1.0, -1.0], ref=[-1.5, -0.5])]], advantages=[[0.0]], beta=1.0, on_policy=True)
    return out


def near(got, want, within=6e-7):
    assert len(got) == len(want) and all(abs(a - b) < within for a, b in zip(got, want)), (got, want)


def check_by_hand(cases, tokens):
    near(cases["g1"]["advantages"][0], [1.4997, -0.4999, -0.4999, -0.4999], 6e-6)
    near(cases["g1-mean-only"]["advantages"][0], [0.75, -0.25, -0.25, -0.25])
    near([cases["g2-plus"]["loss"], cases["g2-minus"]["loss"]], [-1.066667, 1.166667])
    near(cases["g2-plus"]["grad"][0][0], [-0.366667, -0.3, 0])
    near(cases["g2-minus"]["grad"][0][0], [0.366667, 0.3, 0.5])
    near([cases["g3-" + k]["loss"] for k in ("grpo", "bnpo", "dapo", "dr_grpo")], [1.5, 1.666667, 1.666667, 0.625])
    near([t["k3"] for t in tokens["g4"]], [0.106531, 0.148721])
    near([t["grad"] for t in tokens["g4"]], [1 - math.exp(-0.5), 1 - math.exp(0.5)])
    near([cases["g4"]["loss"], cases["g4"]["kl"]], [(0.106531 + 0.148721) / 2] * 2)
    near(cases["g4"]["grad"][0][0], [t["grad"] / 2 for t in tokens["g4"]])


def token_goldens():
    """G2 and G4 token by token."""
    out = {"g2": [], "g4": []}
    for a in (1.0, -1.0):
        for ratio in (1.1, 0.9, 1.5):
            c = dict(epsilon_low=0.2, epsilon_high=0.2, beta=0.0)
            s = dict(old=[0.0], ref=[0.0])
            loss, grad = gradient(lambda lp: losses.token(c, s, lp, a)[0].sum(), [math.log(ratio)])
            out["g2"].append(dict(ratio=ratio, advantage=a, epsilon=0.2, loss=loss, grad=grad[0]))
    for x in (-0.5, 0.5):
        k3, grad = gradient(lambda lp: losses.k3(torch.tensor([x - 1.0], dtype=torch.float64) - lp).sum(), [-1.0])
        out["g4"].append(dict(x=x, k3=k3, grad=grad[0]))
    return out


# DPO


def pairs(seed, lengths):
    make, out = Numbers(seed), []
    for sizes in lengths:
        pair = {}
        for side, n in zip(("chosen", "rejected"), sizes):
            lp = make.take(n, -2, 1.1)
            pair[side] = dict(lp=lp, ref=[round(a + b, 4) for a, b in zip(lp, make.take(n, 0, 0.8))])
        out.append(pair)
    return out


def dpo_case(data, beta, *terms):
    c = dict(pairs=data, beta=beta, terms=[{"smoothing": 0.0, **t} for t in terms])
    sides = ("chosen", "rejected")
    c["loss"], grad = gradient(lambda lps: losses.dpo(c, lps)[0], [[p[s]["lp"] for s in sides] for p in data])
    c["grad"] = [dict(zip(sides, g)) for g in grad]
    c.update(losses.dpo(c, tensors([[p[s]["lp"] for s in sides] for p in data]))[1])
    return c


def dpo_cases():
    few, many = pairs(7000, [(4, 6), (3, 1), (5, 5)]), pairs(8000, [(2, 3), (7, 4), (1, 5), (6, 6), (3, 8)])
    start = [{s: dict(p[s], ref=p[s]["lp"]) for s in p} for p in few]  # policy and reference are one
    term = lambda loss, weight=1.0, **more: dict(loss=loss, weight=weight, **more)
    out = {}
    for name, data in (("few", few), ("many", many)):
        for beta in (0.1, 0.5):
            out[f"sigmoid-{beta}-{name}"] = dpo_case(data, beta, term("sigmoid"))
            out[f"ipo-{beta}-{name}"] = dpo_case(data, beta, term("ipo"))
        out[f"robust-.1-{name}"] = dpo_case(data, 0.1, term("robust", smoothing=0.1))
        out[f"robust-.3-{name}"] = dpo_case(data, 0.5, term("robust", smoothing=0.3))
        out[f"sft-{name}"] = dpo_case(data, 0.1, term("sft"))
    out["sigmoid+sft-few"] = dpo_case(few, 0.1, term("sigmoid"), term("sft"))
    out["sigmoid+sft-many"] = dpo_case(many, 0.5, term("sigmoid", 0.8), term("sft", 0.3))
    out["sigmoid-start"] = dpo_case(start, 0.1, term("sigmoid"))
    near([out["sigmoid-start"]["loss"]], [0.693147])
    assert out["sigmoid-start"]["accuracies"] == 0  # strictly greater
    return out


# What is left


def sft_case(seed, lengths, first):
    make = Numbers(seed)
    rows = [dict(lp=make.take(n, -2, 1.1), mask=[int(i >= at and i % 5 != 4) for i in range(n)])
            for n, at in zip(lengths, first)]
    loss, grad = gradient(lambda lps: losses.sft([(lp, r["mask"]) for lp, r in zip(lps, rows)]), [r["lp"] for r in rows])
    return dict(rows=rows, loss=loss, grad=grad)


def sft_logits_case(seed, mask, vocab):
    logits = Numbers(seed).matrix(len(mask), vocab)
    targets = [(i * 5 + 2) % vocab if i % 2 else max(range(vocab), key=lambda v: logits[i][v]) for i in range(len(mask))]

    def loss(rows):
        lp = torch.stack(rows).log_softmax(-1)
        return losses.sft([(lp[range(len(mask)), targets], mask)])

    value, grad = gradient(loss, logits)
    counted = [i for i, m in enumerate(mask) if m]
    p = torch.tensor(logits, dtype=torch.float64)[counted].softmax(-1)
    right = sum(max(range(vocab), key=lambda v: logits[i][v]) == targets[i] for i in counted)
    return dict(logits=logits, targets=targets, mask=mask, loss=value, grad=grad,
                entropy=-(p * p.log()).sum(-1).mean().item(), mean_token_accuracy=right / len(counted))


def gkd_case(seed, beta, temperature):
    make = Numbers(seed)
    student, teacher = make.matrix(4, 7), make.matrix(4, 7, 3.0)
    c = dict(student=student, teacher=teacher, beta=beta, temperature=temperature)
    rows = lambda s: losses.gkd(torch.stack(s), torch.tensor(teacher, dtype=torch.float64), beta, temperature)
    c["loss"], c["grad"] = gradient(lambda s: rows(s).mean(), student)
    c["divergences"] = rows(tensors(student)).tolist()
    return c


def entropy_case(logits, temperature):
    rows = lambda x: losses.entropy(torch.stack(x) / temperature)
    _, grad = gradient(lambda x: rows(x).mean(), logits)
    return dict(logits=logits, temperature=temperature, entropies=rows(tensors(logits)).tolist(), grad=grad)


def logprobs_case(logits, temperature, targets, weights):
    lp = lambda x: (torch.stack(x) / temperature).log_softmax(-1)[range(len(targets)), targets]
    total, grad = gradient(lambda x: (lp(x) * torch.tensor(weights, dtype=torch.float64)).sum(), logits)
    return dict(logits=logits, temperature=temperature, targets=targets, weights=weights, lp=lp(tensors(logits)).tolist(),
                sum=total, grad=grad)


def pass_at_k():
    out = [dict(n=n, c=c, k=k, want=1 - math.comb(n - c, k) / math.comb(n, k))
           for n, c, ks in ((8, 2, (1, 2, 4, 8)), (8, 0, (1, 8)), (8, 8, (1, 3)), (16, 5, (1, 4, 8, 12)), (5, 3, (2, 3)))
           for k in ks]
    near([t["want"] for t in out[:4]], [0.25, 0.464286, 0.785714, 1])
    return out


def short(v):
    """v with 9 significant digits, and no -0."""
    if isinstance(v, dict):
        return {k: short(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)):
        return [short(x) for x in v]
    return float(f"{v:.9g}") + 0.0 if isinstance(v, float) else v


def main():
    grpo = {name: grpo_case(groups, **options) for name, (groups, options) in GRPO.items()}
    for c in grpo.values():
        if not c["on_policy"] and c["groups"] not in (ALL_CUT, TEACHES_NOTHING):
            both_ways(c)
    tokens = token_goldens()
    grpo.update(goldens())
    check_by_hand(grpo, tokens)
    peaked = [[40.0, 0.0, -3.0, 1.5, 0.0, 0.0, 2.0], [0.0] * 7, *Numbers(9500).matrix(2, 7)]
    out = dict(
        torch=torch.__version__, grpo=grpo, dpo=dpo_cases(),
        sft={"even": sft_case(9000, (6, 9, 4), (2, 3, 1)), "bare": sft_case(9100, (5, 3, 8, 1), (5, 0, 6, 0))},
        sft_logits={"some": sft_logits_case(9200, [0, 1, 1, 0, 1, 1], 7), "all": sft_logits_case(9300, [1, 1, 1], 5)},
        gkd={f"b{b}-t{t}": gkd_case(9400 + 20 * i, b, t) for i, (b, t) in
             enumerate((b, t) for b in (0.5, 0.1, 0.0, 1.0) for t in (1.0, 0.9, 2.0))},
        entropy={f"t{t}": entropy_case(peaked, t) for t in (1.0, 0.6, 2.0)},
        logprobs={f"t{t}": logprobs_case(Numbers(9600).matrix(3, 7), t, [2, 0, 6], [1.0, -0.5, 0.25]) for t in (0.6, 1.0, 2.0)},
        pass_at_k=pass_at_k(), tokens=tokens, traces=load("traces", "traces.py").traces(base, losses))
    with open(os.path.join(HERE, "golden.json"), "w") as f:
        json.dump(short(out), f, separators=(",", ":"), allow_nan=False)
        f.write("\n")


if __name__ == "__main__":
    main()
