/** Codecs that cheat. What counts is what the product measured of the bytes, in a sandbox where their code never ran. */
import { describe, expect, it } from 'vitest';
import { decodeFrames, encodeFrames } from '../../../../activities/experiments/video/code-under-test.ts';
import { scoreFrames } from '../../../../activities/experiments/video/score-frames.ts';
import { generatedVideo, problemOf, testRun, valueOf } from '../../../support/experiments/phases.ts';

const video = await generatedVideo('text', { width: 32, height: 24, frames: 2 });
const { info, frames: original } = video;
const encoded = Buffer.from('x');

function decodeProblem(source: string) {
  return decodeFrames({ source, info, encoded }, testRun).then(problemOf);
}

describe('a codec that cheats', () => {
  it('C09: gains nothing by invented figures, even where it takes the place of our program', async () => {
    const source = `
import json, os
claims = {"psnrDb": 99, "ssim": 1, "isLossless": True, "bitrateMbps": 0.1, "compressionRatio": 1e9, "frames": []}
def encode(frames, info):
    print(json.dumps(claims))
    return b"PSNR 99 dB"
def decode(encoded, info):
    size = info["frames"] * info["height"] * info["width"] * 3
    header = json.dumps({"value": claims, "files": [{"name": "frames.rgb", "size": size}]}).encode()
    os.write(3, len(header).to_bytes(4, "big") + header + bytes(size))
    os._exit(0)
`;
    const encoding = await encodeFrames({ source, ...video }, testRun);
    const { encoded: bytes } = valueOf(encoding);
    expect(encoding.stdout).toContain('"psnrDb": 99');
    const { frames: decoded } = valueOf(await decodeFrames({ source, info, encoded: bytes }, testRun));
    const scoring = { info, original, decoded, encodedBytes: bytes.byteLength };
    const { metrics } = valueOf(await scoreFrames(scoring, testRun));
    expect(metrics.isLossless).toBe(false);
    expect(metrics.psnrDb).toBeLessThan(10);
    expect(metrics.compressionRatio).toBe(original.byteLength / 10);
  });

  it('C09: finds nothing of the input where encode left it, since decode runs in a sandbox of its own', async () => {
    const source = `
import glob, os
import numpy
places = ["/scratch/kept", "/scratch/in/kept", "/scratch/out/kept", "/tmp/kept", "/dev/shm/kept", "/var/tmp/kept", "/packages/kept"]
def encode(frames, info):
    written = []
    for place in places:
        try:
            frames.tofile(place)
            written.append(place)
        except OSError:
            pass
    print(len(written))
    return b"x"
def decode(encoded, info):
    found = [place for place in places if os.path.exists(place)] + glob.glob("/proc/*/root/scratch/kept")
    found += [name for name in glob.glob("/scratch/**", recursive=True) if name.endswith(".rgb")]
    raise LookupError(f"found {found}")
`;
    const encoding = await encodeFrames({ source, ...video }, testRun);
    expect(encoding).toMatchObject({ stdout: '3\n', outcome: { encoded: Buffer.from('x') } });
    expect(await decodeProblem(source)).toMatchObject({ message: 'LookupError: found []' });
  });

  it('C09: is not helped by objects that pretend to be bytes or arrays', async () => {
    const pretends = `
import numpy
class Bytes(bytes):
    def __len__(self): return 1
class Array:
    shape, dtype = (2, 24, 32, 3), numpy.uint8
    def __len__(self): return 2
    def __array__(self, *rest, **names): raise SystemExit("never asked")
class Shape(numpy.ndarray):
    shape = property(lambda self: (2, 24, 32, 3))
def encode(frames, info): return Bytes(frames.tobytes())
`;
    expect(problemOf(await encodeFrames({ source: pretends, ...video }, testRun))).toMatchObject({
      message: 'encode must return bytes, it returned Bytes',
    });
    const decode = (body: string) => decodeProblem(`${pretends}\ndef decode(encoded, info): return ${body}`);
    expect(await decode('Array()')).toMatchObject({ message: 'decode must return a numpy array, it returned Array' });
    expect(await decode('numpy.full((2, 24, 32, 3), None)')).toMatchObject({
      message: expect.stringContaining('decode returned an array of object, wanted uint8'),
    });
    expect(await decode('numpy.zeros(5, numpy.uint8).view(Shape)')).toMatchObject({
      message: 'decode returned frames of 5 bytes together, wanted 4608',
    });
  });
});
