"""(Shifted) window attention: timm's roll, partition, masks and bias index around a plain softmax in float64."""
import torch
from timm.models.swin_transformer import SwinTransformerBlock, window_partition, window_reverse

H, W, HEADS, C = 14, 21, 2, 64


def attend(qkv, bias, shift, masked=True):
    block = SwinTransformerBlock(dim=C, input_resolution=(H, W), num_heads=HEADS, window_size=7, shift_size=shift)
    mask = block.attn_mask if masked else None
    rolled = torch.roll(qkv, shifts=(-shift, -shift), dims=(1, 2))
    windows = window_partition(rolled, (7, 7)).view(-1, 49, 3, HEADS, C // HEADS).permute(2, 0, 3, 1, 4)
    q, k, v = windows
    logits = q * (C // HEADS) ** -0.5 @ k.transpose(-2, -1) + bias
    if mask is not None:
        logits = logits + mask.double()[:, None]
    y = (logits.softmax(-1) @ v).transpose(1, 2).reshape(-1, 7, 7, C)
    return torch.roll(window_reverse(y, (7, 7), H, W), shifts=(shift, shift), dims=(1, 2))


def make():
    generator = torch.Generator().manual_seed(2)
    # Rounded to float32: the file stays small, and both sides start from the same numbers.
    qkv = (3 * torch.randn(1, H, W, 3 * C, generator=generator)).double()
    bias = torch.randn(HEADS, 49, 49, generator=generator).double()
    arrays = {"qkv": qkv.float(), "bias": bias.float(), "y_shift_0": attend(qkv, bias, 0),
              "y_shift_3": attend(qkv, bias, 3), "y_shift_3_unmasked": attend(qkv, bias, 3, masked=False).float()}
    return {"window_attention": {name: array.numpy() for name, array in arrays.items()}}
