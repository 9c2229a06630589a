"""The losses of golden.py, whose head defines them, on PyTorch's tensors of
any precision."""
import torch
import torch.nn.functional as F


def advantages(c):
    """Advantages of a case's groups, and what TRL logs of rewards."""
    by_group, means, stds = [], [], []
    for group in c["groups"]:
        r = torch.tensor([sum(w * x for w, x in zip(c["reward_weights"], s["rewards"])) for s in group],
                         dtype=torch.float64)
        a, std = r - r.mean(), r.std()  # with n-1
        if (r == r[0]).all():
            a, std = torch.zeros_like(r), torch.zeros(())
        elif c["scale_rewards"]:
            a = a / (std + 1e-4)
        by_group.append(a.tolist())
        means.append(r.mean().item())
        stds.append(std.item())
    n = len(stds)  # groups are of one size
    return dict(advantages=by_group, reward=sum(means) / n, reward_std=sum(stds) / n,
                frac_reward_zero_std=sum(s == 0 for s in stds) / n)


def k3(x):
    return x.exp() - x - 1


def token(c, s, lp, advantage):
    """Losses of a sequence's tokens; of each also k3, and whether it is clipped
    low or high."""
    old, ref = (torch.as_tensor(s[k], dtype=lp.dtype) for k in ("old", "ref"))
    ratio, kl = (lp - old).exp(), k3(ref - lp)
    low, high = 1 - c["epsilon_low"], 1 + c["epsilon_high"]
    surrogate = torch.min(ratio * advantage, ratio.clamp(low, high) * advantage)
    return -surrogate + c["beta"] * kl, kl, (ratio < low) & (advantage < 0), (ratio > high) & (advantage > 0)


def grpo(c, lps):
    """The loss of a step and what TRL logs of it; lps [group][sequence] are
    tensors, a number a token."""
    groups, stats = [], []
    for group, values, advantage in zip(c["groups"], lps, c["advantages"]):
        groups.append([])
        for s, lp, a in zip(group, values, advantage):
            if s["ended"] or c["truncated"] == "keep":
                t, *more = token(c, s, lp, a)
                groups[-1].append(t)
                stats.append(torch.stack([x.detach().double() for x in more]))
    flat = sum(groups, [])
    everyone = sum(c["groups"], [])
    sequences = max(1, len(flat) if c["truncated"] == "drop" else len(everyone))
    total = lambda ts: sum((t.sum() for t in ts), 0 * lps[0][0].sum())
    tokens = lambda ts: max(1, sum(len(t) for t in ts))
    loss = {
        "grpo": lambda: total([t.mean() for t in flat]) / sequences,
        "bnpo": lambda: total([total(g) / tokens(g) for g in groups]) / len(groups),
        "dapo": lambda: total(flat) / tokens(flat),
        "dr_grpo": lambda: total(flat) / (sequences * c["max_length"]),
    }[c["loss_type"]]()
    kl, low, high = torch.cat(stats, 1).mean(1).tolist() if stats else (0.0, 0.0, 0.0)
    return loss, dict(kl=kl, clip_low=low, clip_high=high, clip_region=low + high,
                      mean_length=sum(len(lp) for g in lps for lp in g) / len(everyone),
                      cut_share=sum(not s["ended"] for s in everyone) / len(everyone))


def dpo(c, lps):
    """The loss of a step and what TRL logs of it; lps are (chosen, rejected)
    tensors, a number a token."""
    refs = [[torch.as_tensor(p[s]["ref"], dtype=lps[0][0].dtype) for s in ("chosen", "rejected")] for p in c["pairs"]]
    logp, ref = (torch.stack([torch.stack([x.sum() for x in pair]) for pair in v]) for v in (lps, refs))  # (pairs, 2)
    n = torch.tensor([[len(x) for x in pair] for pair in lps]).to(logp)
    ratios, beta, loss = logp - ref, c["beta"], 0
    d = ratios[:, 0] - ratios[:, 1]
    for term in c["terms"]:
        s = term["smoothing"]
        loss = loss + term["weight"] * {
            "sigmoid": lambda: -F.logsigmoid(beta * d),
            "ipo": lambda: ((ratios / n)[:, 0] - (ratios / n)[:, 1] - 1 / (2 * beta)) ** 2,
            "robust": lambda: (-(1 - s) * F.logsigmoid(beta * d) + s * F.logsigmoid(-beta * d)) / (1 - 2 * s),
            "sft": lambda: -torch.cat([pair[0] for pair in lps]),
        }[term["loss"]]().mean()
    logp, rewards = logp.detach().double().mean(0).tolist(), beta * ratios.detach().double()
    chosen, rejected = rewards.mean(0).tolist()
    return loss, dict(rewards_chosen=chosen, rewards_rejected=rejected, margins=chosen - rejected,
                      accuracies=(rewards[:, 0] > rewards[:, 1]).double().mean().item(),
                      logps_chosen=logp[0], logps_rejected=logp[1])


def sft(rows):
    """rows are (lp, mask)."""
    lp = torch.cat([lp for lp, _ in rows])
    mask = torch.tensor([m for _, row in rows for m in row]).bool()
    return -lp[mask].sum() / mask.sum()


def gkd(student, teacher, beta, temperature):
    """Generalized Jensen-Shannon divergences (Agarwal et al. 2023) of rows."""
    s, t = (student / temperature).log_softmax(-1), (teacher / temperature).log_softmax(-1)
    kl = lambda p, q: (p.exp() * (p - q)).sum(-1)
    if beta == 0:
        return kl(t, s)
    if beta == 1:
        return kl(s, t)
    m = ((1 - beta) * s.exp() + beta * t.exp()).log()
    return beta * kl(t, m) + (1 - beta) * kl(s, m)


def entropy(logits):
    lp = logits.log_softmax(-1)
    return -(lp.exp() * lp).sum(-1)
