"""Calls `decode(encoded, info)` of the code under test and keeps the frames that it returns.

The code runs in this process and can change all of it. So nothing that is checked here is trusted: it only gives clear messages.
"""
import numpy


def main(inputs):
    decode = code.get("decode")
    if not callable(decode):
        return {"problem": "the code defines no function decode(encoded, info)"}
    info = inputs["info"]
    shape = (info["frames"], info["height"], info["width"], 3)
    with open("in/encoded", "rb") as file:
        encoded = file.read()
    frames = decode(encoded, dict(info))
    if not isinstance(frames, numpy.ndarray):
        return {"problem": f"decode must return a numpy array, it returned {type(frames).__name__}"}
    if frames.shape != shape:
        return {"problem": f"decode returned an array of shape {frames.shape}, wanted {shape}"}
    if frames.dtype != numpy.uint8:
        return {"problem": f"decode returned an array of {frames.dtype}, wanted uint8: round and clip to 0..255 before the conversion"}
    numpy.ascontiguousarray(frames).tofile("out/frames.rgb")
    return {}
