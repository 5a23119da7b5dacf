#!/usr/bin/env python3
"""In: a GPU with PyTorch and timm. Out: a line for each measurement: what,precision,batch,peer,seconds.

    tools/gpu/peers.py SECONDS

The same networks at the same sizes as bench/cuda/: timed by events, the median, data on the GPU. What does not fit in
SECONDS is left out, the comparisons that matter most come first.
"""
import pathlib
import statistics
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from peer_networks import Head, vggish  # noqa: E402

END = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else 180)


def seconds_of(work):
    for _ in range(3):
        work()
    times, total = [], 0.0
    while len(times) < 11 or (total < 0.2 and len(times) < 200):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        work()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end) / 1e3)
        total += times[-1]
    return statistics.median(times)


def report(what, precision, batch, peer, work):
    if time.monotonic() > END:
        print(f"{what} by {peer}: out of time", file=sys.stderr)
        return
    try:
        print(f"{what},{precision},{batch},{peer},{seconds_of(work):.9g}", flush=True)
    except RuntimeError as error:
        print(f"{what} by {peer}: {str(error).splitlines()[0]}", file=sys.stderr)


def heads(peer, precision):
    """What rounds factors is compared with eev where it rounds them."""
    for batch in [1, 128]:
        head = Head().cuda().eval()
        visual, audio = torch.randn(batch, 60, 1536, device="cuda"), torch.randn(batch, 60, 128, device="cuda")
        with torch.no_grad():
            report("head", precision, batch, peer, lambda: head(visual, audio))
    labels, head = torch.rand(128, 60, 15, device="cuda"), Head().cuda().train()
    adam = torch.optim.Adam(head.parameters(), 2e-4, weight_decay=1e-5, fused=True)

    def step():
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.l1_loss(head(visual, audio), labels).backward()
        adam.step()
    report("train_step", precision, 128, peer, step)


def swin():
    import timm
    model = timm.create_model("swin_large_patch4_window7_224", num_classes=0).cuda().eval().bfloat16()
    compiled = torch.compile(model, dynamic=False)  # anew for each batch
    with torch.no_grad():
        images = {batch: torch.randn(batch, 3, 224, 224, device="cuda", dtype=torch.bfloat16)
                  for batch in [64, 256, 8, 1]}
        for batch, x in images.items():
            report("swin-large", "bf16", batch, "PyTorch eager (timm)", lambda: model(x))
        for batch, x in images.items():
            report("swin-large", "bf16", batch, "torch.compile (timm)", lambda: compiled(x))


def hear():
    model = vggish().cuda().eval().bfloat16().to(memory_format=torch.channels_last)
    with torch.no_grad():
        x = torch.randn(64, 1, 96, 64, device="cuda", dtype=torch.bfloat16)
        report("vggish", "bf16", 64, "PyTorch eager", lambda: model(x))


if __name__ == "__main__":
    heads("nn.GRU (cuDNN)", "fp32")
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    heads("nn.GRU (cuDNN in TF32)", "bf16")
    with torch.autocast("cuda", dtype=torch.bfloat16):
        heads("nn.GRU (cuDNN, autocast to bf16)", "bf16")
    hear()
    swin()
