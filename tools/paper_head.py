"""The paper's head in PyTorch, as its authors wrote it: what eev's is timed beside."""
import torch


class Head(torch.nn.Module):
    """The paper's head, as its authors wrote it."""

    def __init__(self):
        super().__init__()
        gru = lambda inputs, units: torch.nn.GRU(inputs, units, 2, bidirectional=True, batch_first=True, dropout=0.3)
        self.visual, self.audio = gru(1536, 512), gru(128, 128)
        self.gate1, self.linear, self.gate2 = (torch.nn.Linear(*size) for size in [(1280, 1280), (1280, 15), (15, 15)])

    def forward(self, visual, audio):
        x = torch.cat([self.visual(visual)[0], self.audio(audio)[0]], 2)
        x = self.linear(torch.sigmoid(self.gate1(x)) * x)
        return torch.sigmoid(torch.sigmoid(self.gate2(x)) * x)
