"""Lossy: the 8 × 8 cosine transform of each plane, rounded to steps that grow with the frequency, and compressed by zlib."""
import zlib

import numpy as np

QUALITY = 12
N = 8
COSINES = np.array([[np.cos(np.pi * k * (2 * n + 1) / (2 * N)) for n in range(N)] for k in range(N)])
COSINES *= np.where(np.arange(N) == 0, np.sqrt(1 / N), np.sqrt(2 / N))[:, None]
STEPS = QUALITY * (1 + 0.5 * np.add.outer(np.arange(N), np.arange(N)))


def blocks_of(plane):
    rows, columns = plane.shape
    return plane.reshape(rows // N, N, columns // N, N).swapaxes(1, 2)


def encode(frames, info):
    pad = [(0, 0), (0, -info["height"] % N), (0, -info["width"] % N), (0, 0)]
    padded = np.pad(frames, pad, mode="edge").astype(np.float32) - 128
    parts = []
    for frame in padded:
        for channel in range(3):
            blocks = blocks_of(frame[:, :, channel])
            steps = np.rint(COSINES @ blocks @ COSINES.T / STEPS)
            parts.append(steps.astype(np.int16).transpose(2, 3, 0, 1).tobytes())
    return zlib.compress(b"".join(parts), 6)


def decode(encoded, info):
    rows, columns = -(-info["height"] // N), -(-info["width"] // N)
    steps = np.frombuffer(zlib.decompress(encoded), np.int16)
    steps = steps.reshape(info["frames"], 3, N, N, rows, columns).transpose(0, 1, 4, 5, 2, 3)
    blocks = COSINES.T @ (steps * STEPS) @ COSINES
    planes = blocks.swapaxes(3, 4).reshape(info["frames"], 3, rows * N, columns * N)
    frames = np.clip(np.rint(planes + 128), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(frames.transpose(0, 2, 3, 1)[:, : info["height"], : info["width"]])
