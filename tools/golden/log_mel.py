"""VGGish's log-mel spectrogram as its parameters are published, in float64 by NumPy: its FFT, a dense mel matrix."""
import numpy as np


def sound(samples):
    """Two tones, one of them beating, and noise; loud, then soft, then silent, half a second each. 16 bits a sample.
    tests/formula_sound.hpp repeats it."""
    n = np.arange(samples, dtype=np.int64)
    tones = 0.4 * np.sin(2 * np.pi * 220 * n / 16000) + 0.25 * np.sin(2 * np.pi * 1234.5 * n / 16000) * np.sin(2 * np.pi * 3 * n / 16000)
    noise = (n * n * 7919 + n * 104729) % 65537 / 32768.5 - 1
    loudness = np.array([1, 0.01, 0])[n // 8000 % 3]
    return np.floor(32768 * loudness * (tones + 0.1 * noise) + 0.5) / 32768


def hann_window():
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)


def mel_matrix():
    """[257, 64]"""
    def mel(hertz):
        return 1127 * np.log(1 + hertz / 700)

    edges = np.linspace(mel(125.0), mel(7500.0), 66)
    bins = mel(np.linspace(0, 8000, 257))
    matrix = np.zeros((257, 64))
    for band in range(64):
        low, centre, high = edges[band:band + 3]
        matrix[:, band] = np.maximum(0, np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre)))
    matrix[0] = 0
    return matrix


def log_mel(samples):
    frames, window = 1 + (len(samples) - 400) // 160, hann_window()
    windowed = np.stack([samples[160 * f:160 * f + 400] * window for f in range(frames)])
    return np.log(np.abs(np.fft.rfft(windowed, 512)) @ mel_matrix() + 0.01)


def make():
    return {"log_mel": {"y": log_mel(sound(24000))[::7]}}
