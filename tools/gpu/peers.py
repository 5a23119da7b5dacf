#!/usr/bin/env python3
"""In: a GPU with PyTorch and timm. Out: a line for each measurement: what,precision,batch,peer,seconds.

    tools/gpu/peers.py SECONDS [BENCHMARKS.csv COMMIT]

The same networks at the same sizes as bench/cuda/, timed as its meter.hpp does: the median of calls between events,
each behind a memset that empties L2 and lets the host run ahead; data on the GPU. What does not fit in SECONDS is left
out. First comes what the file lacks, then what it has of other commits only, each in the order of what matters most.

What torch.compile has made comes last: it takes a processor a minute or more for each batch, so all are compiled at
once, each by a process of its own (`peers.py compiled BATCH`), and timed in turn when none compiles any more.
"""
import contextlib
import fcntl
import functools
import os
import pathlib
import statistics
import sys
import time

TOOLS = pathlib.Path(__file__).resolve().parents[1]
os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(TOOLS.parent / "build/inductor"))  # for the next run

import torch  # noqa: E402

sys.path[:0] = [str(TOOLS), str(TOOLS / "gpu")]
import in_turn  # noqa: E402
import results  # noqa: E402
from peer_networks import Head, LogMel, vggish  # noqa: E402


def seconds_of(work):
    for _ in range(3):
        work()
    swept = torch.empty(256 << 20, dtype=torch.uint8, device="cuda")
    times, total = [], 0.0
    while len(times) < 11 or (total < 0.2 and len(times) < 200):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        swept.zero_()
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) / 1e3)
        total += times[-1]
    return statistics.median(times)


@contextlib.contextmanager
def arithmetic(kind):
    """Of products of float: exact, with factors rounded to TF32, or cast to bfloat16."""
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = kind != "exact"
    with torch.autocast("cuda", torch.bfloat16, enabled=kind == "bf16"):
        yield


# ---- each makes its network and its input on the GPU, and returns the work ------------------------------------
def without_gradient(network, *inputs):
    def work():
        with torch.no_grad():
            network(*inputs)
    return work


def clips(batch):
    return torch.randn(batch, 60, 1536), torch.randn(batch, 60, 128)


def predict(batch):
    return without_gradient(Head().eval(), *clips(batch))


def train(batch):
    head, inputs, labels = Head().train(), clips(batch), torch.rand(batch, 60, 15)
    adam = torch.optim.Adam(head.parameters(), 2e-4, weight_decay=1e-5, fused=True)

    def step():
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.l1_loss(head(*inputs), labels).backward()
        adam.step()
    return step


def hear(batch):
    network = vggish().eval().bfloat16().to(memory_format=torch.channels_last)
    return without_gradient(network, torch.randn(batch, 1, 96, 64, dtype=torch.bfloat16))


def listen():
    samples = torch.nn.functional.pad(torch.rand(3600 * 16000) - 0.5, (0, 112))
    return without_gradient(LogMel(), samples)


@functools.cache
def swin():
    import timm
    return timm.create_model("swin_large_patch4_window7_224", num_classes=0).eval().bfloat16()


def see(batch, mode=None):
    network = torch.compile(swin(), mode=mode, dynamic=False) if mode else swin()
    return without_gradient(network, torch.randn(batch, 3, 224, 224, dtype=torch.bfloat16))


BATCHES = [64, 256, 8, 1]  # of Swin-L


def measurements():
    """(what, precision, batch, peer), the arithmetic, and what makes the work; what matters most comes first. What
    rounds factors is compared with eev where it rounds them."""
    for peer, precision, kind in [("nn.GRU (cuDNN)", "fp32", "exact"), ("nn.GRU (cuDNN in TF32)", "bf16", "tf32"),
                                  ("nn.GRU (cuDNN, autocast to bf16)", "bf16", "bf16")]:
        yield ("networks train_step", precision, 128, peer), kind, functools.partial(train, 128)
        for batch in [128, 1]:
            yield ("networks head", precision, batch, peer), kind, functools.partial(predict, batch)
    for batch in BATCHES:
        yield ("networks swin-large", "bf16", batch, "PyTorch eager (timm)"), "tf32", functools.partial(see, batch)
    yield ("networks vggish", "bf16", 64, "PyTorch eager"), "tf32", functools.partial(hear, 64)
    yield ("log_mel log_mel of an hour", "fp32", 1, "PyTorch eager (torch.stft)"), "exact", listen


def compilations():
    """The same. Small batches wait for the processor unless they are recorded: eev replays a CUDA graph, and so does
    the mode reduce-overhead."""
    for batch in BATCHES:
        mode = "reduce-overhead" if batch <= 8 else "default"
        yield (("networks swin-large", "bf16", batch, f"torch.compile {mode} (timm)"), "tf32",
               functools.partial(see, batch, mode))


def tell(measurement, kind, make, wait=lambda work: None):
    """Measures, and prints the line."""
    what, precision, batch, peer = measurement
    try:
        with arithmetic(kind):
            with torch.device("cuda"):
                work = make()
            wait(work)
            print(f"{what},{precision},{batch},\"{peer}\",{seconds_of(work):.9g}", flush=True)
    except Exception as error:  # the others go on
        print(f"{what} by {peer}, batch {batch}: {error!r:.300}", file=sys.stderr)


def tune_alone():
    """Of those that compile, one at a time tries on the GPU which form of a kernel is the fastest."""
    from torch._inductor.runtime.benchmarking import benchmarker
    try_out, lock = benchmarker.benchmark_gpu, open(__file__)

    def alone(*arguments, **options):
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return try_out(*arguments, **options)
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)
    benchmarker.benchmark_gpu = alone


def compiled(batch):
    with contextlib.suppress(ImportError, AttributeError):  # other versions of PyTorch have it elsewhere
        tune_alone()

    def wait(work):
        for _ in range(3):  # compiles, records, replays
            work()
        torch.cuda.synchronize()
        print("ready", flush=True)
        sys.stdin.readline()
    tell(*next(one for one in compilations() if one[0][2] == int(batch)), wait)


def main(seconds="180", file=None, commit=None):
    end = time.monotonic() + float(seconds)
    rows = results.read(file) if file and pathlib.Path(file).exists() else []
    for measurement, kind, make in results.lacking_first(measurements(), rows, commit):
        if time.monotonic() > end:
            print(f"{measurement}: out of time", file=sys.stderr)
        else:
            tell(measurement, kind, make)
    swin.cache_clear()
    torch.cuda.empty_cache()
    batches = [measurement[2] for measurement, _, _ in results.lacking_first(compilations(), rows, commit)]
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = str(max(1, os.cpu_count() // len(batches)))
    commands = {f"torch.compile, batch {batch}": [sys.executable, __file__, "compiled", str(batch)]
                for batch in batches}
    for line in in_turn.lines_of(commands, end):
        print(line, flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["compiled"]:
        compiled(sys.argv[2])
    else:
        main(*sys.argv[1:])
