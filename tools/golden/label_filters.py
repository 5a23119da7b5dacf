"""Smoothed labels, as SciPy has them, in float64: the filters of the paper's Table 2, and butter's coefficients."""
import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import butter, filtfilt, medfilt

CUTOFFS = [0.05, 0.2, 0.5, 0.9]
LENGTHS = [1, 2, 3, 9, 10, 11, 60, 257]


def labels(rows, columns=2):
    """[T, E], repeated by the test: noise with runs of zeros, as EEV's labels have."""
    t, e = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return np.where(t // 5 % 3 == 2 - e, 0.0, (t * t * 7 + t * (13 + 5 * e) + 11) % 61 / 61)


def make():
    arrays = {"butter": np.array([np.concatenate(butter(2, cutoff)) for cutoff in CUTOFFS])}
    for rows in LENGTHS:
        x = labels(rows)
        arrays[f"median.{rows}"] = medfilt(x, [3, 1])
        arrays[f"gaussian.{rows}"] = gaussian_filter1d(x, sigma=0.8, axis=0)
        if rows >= 10:
            arrays[f"filtfilt.{rows}"] = filtfilt(*butter(2, 0.2), x, axis=0)
    return {"label_filters": arrays}
