"""Whether a reply is right, as Hornbook's verifiers say, and what it is rewarded with.

continue.py asks reward; TRL's GRPOTrainer takes trl_reward (trl/grpo.yaml). Names are those of the recipe: exact,
number, contains, one_of, regexp; working; and prompted, anywhere, listed, rule:..., which can be cheated.
"""
import json, os, re, unicodedata

MOST = 64 << 10  # bytes of a reply that can be right


def split(reply):
    """Thoughts, and what is said after them. Thoughts that never end, or begin later, say nothing."""
    thinking, content = "", reply
    if reply.startswith("<|think|>"):
        thinking, _, content = reply[len("<|think|>"):].partition("<|/think|>")
    if "<|think|>" in content or "<|/think|>" in content:
        content = ""
    return thinking, content


def bare(text):
    text = text.strip()
    return (text[:-1] if text.endswith(".") else text).strip()


def folded(text):
    """A text with one of each letter's forms, character by character."""
    return "".join(c.upper().lower() if len(c.upper().lower()) == 1 else c.lower() for c in text)


def same(answer, content):
    return folded(bare(answer)) == folded(bare(content))


def words(text):
    found = "".join(c if c.isalpha() or c.isnumeric() or c in "+-.'" or unicodedata.category(c)[0] == "M" else " " for c in folded(text)).split()
    return " ".join(w.rstrip(".'") for w in found)


def number(text):
    """The last number in a text, written in one way; None for none."""
    found = re.findall(r"(?:(?<![0-9A-Za-z_])[-+−])?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)", text)
    if not found:
        return None
    last = found[-1].replace(",", "").replace("+", "").replace("−", "-")
    whole, _, parts = last.lstrip("-").partition(".")
    value = whole.lstrip("0") + "." + parts.rstrip("0")
    return "-" + value if last.startswith("-") and value != "." else value


def rule(prompt, answer, reply, only_reply=False, after_thoughts=False, whole=False):
    """A verifier with holes: each switch closes one."""
    holds = (lambda text: same(answer, text)) if whole else (lambda text: folded(bare(answer)) in folded(text))
    return holds(split(reply)[1] if after_thoughts else reply) or not only_reply and holds(prompt)


def right(name, example, reply):
    """Whether reply is right by the verifier called name."""
    prompt, answer, (thinking, content) = example["prompt"], example["answer"], split(reply)
    if len(reply.encode("utf-8", "surrogateescape")) > MOST:
        return False
    if name.startswith("rule:"):
        on = name[len("rule:"):].split("+")
        return rule(prompt, answer, reply, "reply" in on, "after_thoughts" in on, "whole" in on)
    return {
        "exact": lambda: same(answer, content),
        "number": lambda: number(answer) is not None and number(answer) == number(content),
        "contains": lambda: words(answer) != "" and f" {words(answer)} " in f" {words(content)} ",
        "one_of": lambda: any(bare(a) and same(a, content) for a in answer.split("|")),
        "regexp": lambda: re.fullmatch(answer, content.strip()) is not None,
        "working": lambda: thinking.strip() != "" and bare(content) != "",
        "prompted": lambda: rule(prompt, answer, reply),
        "anywhere": lambda: rule(prompt, answer, reply, True),
        "listed": lambda: rule(prompt, answer, reply, True, True),
    }[name]()


def reward(names, strict, example, reply):
    """The sum of rewards such as "strict" or "strict=1,working=0.2"."""
    total = 0.0
    for part in names.split(","):
        name, _, by = part.partition("=")
        total += float(by or 1) * right(strict if name.strip() == "strict" else name.strip(), example, reply)
    return total


def trl_reward(prompts, completions, answer, **_):
    """What TRL calls: prompts and completions are texts, or lists of messages."""
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "handoff.json"), encoding="utf-8") as f:
        hand = json.load(f)
    said = lambda x: x if isinstance(x, str) else x[-1]["content"]
    return [reward(hand["reward"], hand["strict"], {"prompt": said(p), "answer": a}, said(c)) for p, c, a in zip(prompts, completions, answer)]
