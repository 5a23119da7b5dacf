"""VGGish's post-processor in NumPy, as AudioSet's vggish_postprocess.py computes it: with parameters by formula, and
with the real ones, which lie in the folder that EEV_TEST_MEDIA names and of which only these outputs are kept.
"""
import os
import pathlib

import numpy as np
from formula_weights import formula_tensor


def golden(eigenvectors, means):
    rows = np.abs(4 * formula_tensor("vggish_pca.rows", (9, 128)))
    projected = np.dot(eigenvectors, rows.T - means.reshape(-1, 1)).T
    levels = (np.clip(projected, -2.0, 2.0) + 2.0) * (255.0 / 4.0)
    return {"projected": projected, "round": np.rint(levels).astype(np.uint8), "truncate": levels.astype(np.uint8)}


def make():
    formula = golden(formula_tensor("vggish_pca.eigenvectors", (128, 128)).astype(np.float64),
                     formula_tensor("vggish_pca.means", (128,)).astype(np.float64))
    file = np.load(pathlib.Path(os.environ["EEV_TEST_MEDIA"]) / "vggish" / "vggish_pca_params.npz")
    real = golden(file["pca_eigen_vectors"], file["pca_means"])
    return {"vggish_pca": {f"formula.{name}": array for name, array in formula.items()}
            | {f"real.{name}": array for name, array in real.items()}}
