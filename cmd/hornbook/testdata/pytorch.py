"""Times training steps of nanoGPT's model in PyTorch, natively on the CPU.

    python3 cmd/hornbook/testdata/pytorch.py [--work NAME] [--threads N] [--steps N] [--json]

It is what Hornbook's speed is compared with (make compare). It needs Debian's
python3-torch (1.13) and libopenblas0-openmp: the default BLAS is many times
slower. The block is nanoGPT's: LayerNorm without bias, exact GELU, learned
positions, a tied head, one linear layer for queries, keys and values, causal
attention written out. A step is zero_grad, forward, backward, clipping and
AdamW, in float32, on random ids.
"""
import argparse
import ctypes
import json
import math
import pathlib
import statistics
import time

# The works that are compared; the keys are those of Hornbook's recipes.
WORKS = {
    "nanogpt-cpu": dict(layers=4, heads=4, channels=128, context=64, batch=12),
    "wide": dict(layers=6, heads=6, channels=384, context=256, batch=4),
    "narrow": dict(layers=2, heads=2, channels=64, context=64, batch=16),
}
VOCAB = 65  # the characters of Tiny Shakespeare
UNMEASURED = 3


def flops(layers, channels, context, batch, **_):
    """Operations of a step: 6 a weight and 12·T·C a layer, a token (PaLM, appendix B)."""
    weights = layers * 12 * channels**2 + VOCAB * channels
    return batch * context * (6 * weights + 12 * layers * context * channels)


def steps(work, n):
    """Seconds of each of n steps of a new model."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    class Norm(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(width))

        def forward(self, x):
            return F.layer_norm(x, self.weight.shape, self.weight, None, 1e-5)

    class Attention(nn.Module):
        def __init__(self, channels, heads, context):
            super().__init__()
            self.heads = heads
            self.qkv = nn.Linear(channels, 3 * channels, bias=False)
            self.output = nn.Linear(channels, channels, bias=False)
            self.register_buffer("seen", torch.tril(torch.ones(context, context, dtype=torch.bool)))

        def forward(self, x):
            b, t, c = x.shape
            q, k, v = (y.view(b, t, self.heads, c // self.heads).transpose(1, 2) for y in self.qkv(x).split(c, dim=2))
            scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(c // self.heads))
            p = F.softmax(scores.masked_fill(~self.seen[:t, :t], float("-inf")), dim=-1)
            return self.output((p @ v).transpose(1, 2).contiguous().view(b, t, c))

    class Block(nn.Module):
        def __init__(self, channels, heads, context):
            super().__init__()
            self.norm1, self.attention = Norm(channels), Attention(channels, heads, context)
            self.norm2 = Norm(channels)
            self.mlp = nn.Sequential(nn.Linear(channels, 4 * channels, bias=False), nn.GELU(),
                                     nn.Linear(4 * channels, channels, bias=False))

        def forward(self, x):
            x = x + self.attention(self.norm1(x))
            return x + self.mlp(self.norm2(x))

    class GPT(nn.Module):
        def __init__(self, layers, heads, channels, context, **_):
            super().__init__()
            self.tokens, self.positions = nn.Embedding(VOCAB, channels), nn.Embedding(context, channels)
            self.blocks = nn.Sequential(*(Block(channels, heads, context) for _ in range(layers)))
            self.norm = Norm(channels)
            self.head = nn.Linear(channels, VOCAB, bias=False)
            self.head.weight = self.tokens.weight
            for p in self.parameters():
                if p.dim() == 2:
                    nn.init.normal_(p, std=0.02)

        def forward(self, ids, targets):
            x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
            logits = self.head(self.norm(self.blocks(x)))
            return F.cross_entropy(logits.view(-1, VOCAB), targets.view(-1))

    torch.manual_seed(1337)
    model = GPT(**work)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    gains = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": gains, "weight_decay": 0.0}],
                                  lr=1e-3, betas=(0.9, 0.99), foreach=True)
    seconds = []
    for _ in range(UNMEASURED + n):
        ids = torch.randint(VOCAB, (work["batch"], work["context"] + 1))
        begin = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        model(ids[:, :-1].contiguous(), ids[:, 1:].contiguous()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seconds.append(time.perf_counter() - begin)
    return seconds[UNMEASURED:]


def blas():
    """Which OpenBLAS this process has loaded and the kernel that it chose, None
    if there is none or it cannot be known."""
    try:
        libraries = {line.split()[-1] for line in pathlib.Path("/proc/self/maps").read_text().splitlines() if "blas" in line}
    except OSError:
        return None
    for path in sorted(libraries):
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_corename"):
            library.openblas_get_corename.restype = library.openblas_get_config.restype = ctypes.c_char_p
            return " ".join(library.openblas_get_config().decode().split()[:2]) + ", " + library.openblas_get_corename().decode()
    return None


def measure(name, threads, n):
    import torch

    torch.set_num_threads(threads)
    work = WORKS[name]
    ms = [1000 * s for s in steps(work, n)]
    median = statistics.median(ms)
    return {"where": "pytorch " + torch.__version__, "work": name, "threads": threads,
            "ms_per_step": {"median": median, "min": min(ms), "max": max(ms)},
            "gflops": flops(**work) / median / 1e6, "blas": blas()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", choices=WORKS, help="one work instead of all")
    parser.add_argument("--threads", type=int, help="this many instead of 1 and 2")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of a table")
    asked = parser.parse_args()
    for threads in [asked.threads] if asked.threads else [1, 2]:
        for name in [asked.work] if asked.work else WORKS:
            r = measure(name, threads, asked.steps)
            if asked.json:
                print(json.dumps(r), flush=True)
            else:
                print(f"{name:12} {threads} thread{'s' if threads > 1 else ' '} "
                      f"{r['ms_per_step']['median']:8.1f} ms a step {r['gflops']:6.1f} GFLOP/s", flush=True)


if __name__ == "__main__":
    main()
