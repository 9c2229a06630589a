"""Does several things with continue.py in one process, since PyTorch takes seconds to begin.

    python3 several.py JOBS.json

JOBS is a list of [what, folder that was handed off, arguments…]:

    go       goes on with the run, by these arguments
    logits   writes those after each of some ids (the first argument) into logits.json of the folder
    refused  is the same as go, and what it is refused with is written into refused.txt; the first argument are the
             processes that there are said to be, the second PyTorch's version, "" for what it is
"""
import importlib.util, json, os, sys

with open(sys.argv[1]) as f:
    jobs = json.load(f)
for what, folder, *rest in jobs:
    spec = importlib.util.spec_from_file_location("going_on", os.path.join(folder, "continue.py"))
    going_on = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(going_on)
    torch = going_on.torch
    going_on.dist.destroy_process_group = lambda: None  # the next one needs it
    if what == "logits":
        sys.argv = ["continue.py", "--out", os.path.join(folder, "nowhere"), "--stop-at", "0"]
        run = going_on.Run(going_on.arguments())
        with open(os.path.join(folder, "logits.json"), "w") as f:
            json.dump(run.net(torch.tensor([json.loads(rest[0])])).flatten().tolist(), f)
    elif what == "go":
        sys.argv = ["continue.py", *rest]
        going_on.main()
    else:
        world, version, *rest = rest
        sys.argv, said, real = ["continue.py", *rest], "", torch.__version__
        os.environ["WORLD_SIZE"], torch.__version__ = world or "1", version or real
        try:
            going_on.main()
        except SystemExit as e:
            said = str(e)
        os.environ["WORLD_SIZE"], torch.__version__ = "1", real
        with open(os.path.join(folder, "refused.txt"), "w") as f:
            f.write(said)
