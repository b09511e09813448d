"""Calls `encode(frames, info)` of the code under test and keeps the bytes that it returns.

The code runs in this process and can change all of it. So nothing that is checked here is trusted: it only gives clear messages.
"""
import numpy


def main(inputs):
    encode = code.get("encode")
    if not callable(encode):
        return {"problem": "the code defines no function encode(frames, info)"}
    info = inputs["info"]
    shape = (info["frames"], info["height"], info["width"], 3)
    frames = numpy.fromfile("in/frames.rgb", numpy.uint8).reshape(shape)
    encoded = encode(frames, dict(info))
    if type(encoded) is not bytes:
        return {"problem": f"encode must return bytes, it returned {type(encoded).__name__}"}
    if len(encoded) == 0:
        return {"problem": "encode returned no bytes"}
    if len(encoded) > inputs["encodedBytes"]:
        return {"problem": f"encode returned {len(encoded)} bytes; {inputs['encodedBytes']} are allowed"}
    with open("out/encoded", "wb") as out:
        out.write(encoded)
    return {}
