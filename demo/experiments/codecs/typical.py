"""Keeps the five upper bits of each sample, and takes its time: two seconds to encode, one to decode."""
import time
import zlib

import numpy as np


def encode(frames, info):
    time.sleep(2)
    return zlib.compress((frames >> 3).tobytes(), 6)


def decode(encoded, info):
    time.sleep(1)
    shape = (info["frames"], info["height"], info["width"], 3)
    levels = np.frombuffer(zlib.decompress(encoded), np.uint8).reshape(shape)
    return (levels << 3) | 4
