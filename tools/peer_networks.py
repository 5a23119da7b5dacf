"""The networks in PyTorch, as their authors wrote them: what eev's are timed beside."""
import torch

from golden.log_mel import hann_window, mel_matrix


class Head(torch.nn.Module):
    """The paper's head."""

    def __init__(self):
        super().__init__()
        gru = lambda inputs, units: torch.nn.GRU(inputs, units, 2, bidirectional=True, batch_first=True, dropout=0.3)
        self.visual, self.audio = gru(1536, 512), gru(128, 128)
        self.gate1, self.linear, self.gate2 = (torch.nn.Linear(*size) for size in [(1280, 1280), (1280, 15), (15, 15)])

    def forward(self, visual, audio):
        x = torch.cat([self.visual(visual)[0], self.audio(audio)[0]], 2)
        x = self.linear(torch.sigmoid(self.gate1(x)) * x)
        return torch.sigmoid(torch.sigmoid(self.gate2(x)) * x)


class LogMel(torch.nn.Module):
    """VGGish's spectrogram, [F, 64], of samples at 16 kHz with 112 zeros behind them: a frame's 400 samples are the
    first of the 512 that are transformed."""

    def __init__(self):
        super().__init__()
        window = torch.tensor(hann_window(), dtype=torch.float32)
        self.register_buffer("window", torch.nn.functional.pad(window, (0, 112)))
        self.register_buffer("matrix", torch.tensor(mel_matrix(), dtype=torch.float32))

    def forward(self, samples):
        spectrum = torch.stft(samples, 512, 160, window=self.window, center=False, return_complex=True)
        return torch.log(spectrum.abs().T @ self.matrix + 0.01)


def vggish():
    layers, channels = [], 1
    for width in [64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool"]:
        if width == "pool":
            layers.append(torch.nn.MaxPool2d(2))
        else:
            layers += [torch.nn.Conv2d(channels, width, 3, padding=1), torch.nn.ReLU()]
            channels = width
    layers.append(torch.nn.Flatten())
    for inputs, units in [(12288, 4096), (4096, 4096), (4096, 128)]:
        layers += [torch.nn.Linear(inputs, units), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers)
