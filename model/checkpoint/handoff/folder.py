"""Reads and writes the files of a run that was handed off, and refuses those that are wrong by a sentence that says
what, where, and what to do. continue.py trains what they hold.
"""
import hashlib, json, os, shutil, struct

import torch


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
