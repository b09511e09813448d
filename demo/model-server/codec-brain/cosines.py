"""The cosine transform of 8 × 8 pixels, rounded to steps, as differences to the frame before, compressed by lzma."""
import lzma

import numpy as np

STEP = 12
N = 8
COSINES = np.array([[np.cos(np.pi * k * (2 * n + 1) / (2 * N)) for n in range(N)] for k in range(N)])
COSINES *= np.where(np.arange(N) == 0, np.sqrt(1 / N), np.sqrt(2 / N))[:, None]


def encode(frames, info):
    pad = [(0, 0), (0, -info["height"] % N), (0, -info["width"] % N), (0, 0)]
    padded = np.pad(frames, pad, mode="edge").astype(np.float32) - 128
    count, rows, columns, channels = padded.shape
    blocks = padded.reshape(count, rows // N, N, columns // N, N, channels).transpose(0, 5, 1, 3, 2, 4)
    levels = np.rint(COSINES @ blocks @ COSINES.T / STEP).astype(np.int16)
    differences = np.diff(levels, axis=0, prepend=np.zeros_like(levels[:1]))
    # Equal frequencies lie together, and so do their higher bytes, of which most are alike.
    data = np.ascontiguousarray(differences.transpose(0, 4, 5, 1, 2, 3)).view(np.uint8).reshape(-1, 2).T
    return lzma.compress(data.tobytes(), preset=6)


def decode(encoded, info):
    rows, columns = -(-info["height"] // N), -(-info["width"] // N)
    data = np.frombuffer(lzma.decompress(encoded), np.uint8).reshape(2, -1).T
    differences = np.ascontiguousarray(data).view(np.int16).reshape(info["frames"], N, N, 3, rows, columns)
    levels = np.cumsum(differences.transpose(0, 3, 4, 5, 1, 2), axis=0, dtype=np.int16)
    blocks = COSINES.T @ (levels * STEP) @ COSINES
    planes = blocks.transpose(0, 2, 4, 3, 5, 1).reshape(info["frames"], rows * N, columns * N, 3)
    frames = np.clip(np.rint(planes + 128), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(frames[:, : info["height"], : info["width"]])
