"""Makes an experiment's video: generates frames from a seed, or reads an uploaded file. Runs in the sandbox, since the file is hostile.

Writes `out/frames.rgb`: 24-bit RGB, one frame after the other.
"""
import io
import math
import re
import tarfile

import cv2
import numpy

UPLOAD = "in/upload"
FRAMES = "out/frames.rgb"


class Refused(Exception):
    """The upload cannot be used; the message is for whoever uploaded it."""


def wave(length, shift):
    """Sine and cosine along one side of the frame, which is one period long."""
    angle = 2 * math.pi * (numpy.arange(length, dtype=numpy.float32) / length + shift)
    return numpy.sin(angle), numpy.cos(angle)


def gradient(width, height, shift):
    """A smooth picture that moves with `shift`: red to the left, green downwards, blue along the diagonal."""
    red, _ = wave(width, shift)
    green, _ = wave(height, -shift)
    sine_x, cosine_x = wave(width, shift / 2)
    sine_y, cosine_y = wave(height, 0)
    frame = numpy.empty((height, width, 3), numpy.float32)
    frame[:, :, 0] = red
    frame[:, :, 1] = green[:, None]
    frame[:, :, 2] = numpy.outer(sine_y, cosine_x) + numpy.outer(cosine_y, sine_x)
    return 127.5 + 127.5 * frame


def generated_frames(video):
    """One frame after the other. All randomness comes from the seed."""
    random = numpy.random.default_rng(video["seed"])
    width, height = video["width"], video["height"]
    start, speed = random.uniform(0, 1), random.uniform(0.01, 0.03)
    letters = "".join(random.choice(list("ABCDEFGHKLMNPRSTUVWXYZ"), 12))
    for index in range(video["frames"]):
        frame = gradient(width, height, start + speed * index)
        if video["pattern"] == "noise":
            frame += 16 * random.standard_normal(frame.shape, dtype=numpy.float32)
        frame = numpy.clip(numpy.rint(frame), 0, 255).astype(numpy.uint8)
        if video["pattern"] == "text":
            write_text(frame, letters, 0.6 - speed * index)
        yield frame


def write_text(frame, letters, left):
    height, width = frame.shape[:2]
    place = (int(width * left), int(height * 0.6))
    cv2.putText(frame, letters, place, cv2.FONT_HERSHEY_SIMPLEX, height / 60, (255, 255, 255), max(1, height // 40))


def check_size(width, height, limits):
    least, most = limits["leastPixels"], limits["mostPixels"]
    if not (least <= width <= most and least <= height <= most):
        raise Refused(f"the frames have {width} × {height} pixels; {least} to {most} are allowed in each direction")


def check_count(count, width, height, limits):
    """Called before each frame is kept, so that nothing is read beyond the limit."""
    if count > limits["mostFrames"]:
        raise Refused(f"the video has more than {limits['mostFrames']} frames")
    if count * width * height * 3 > limits["rawBytes"]:
        raise Refused(f"the frames have more than {limits['rawBytes']} bytes as raw RGB")


def planes_of(colour, width, height):
    """The sizes of the three planes, or of the one of a grey video."""
    half_width, half_height = (width + 1) // 2, (height + 1) // 2
    chroma = {"420": (half_height, half_width), "422": (height, half_width), "444": (height, width)}
    if colour == "mono":
        return [(height, width)]
    name = {"420jpeg": "420", "420mpeg2": "420", "420paldv": "420"}.get(colour, colour)
    if name not in chroma:
        raise Refused(f"the colours C{colour[:20]} are not supported; use 8-bit C420, C422, C444 or Cmono")
    return [(height, width), chroma[name], chroma[name]]


def to_rgb(planes, full_range):
    """BT.601. Each sample of the colour planes stands for all pixels that it covers."""
    height, width = planes[0].shape
    wide = []
    for plane in planes[1:]:
        down, across = -(-height // plane.shape[0]), -(-width // plane.shape[1])
        wide.append(plane.repeat(down, axis=0).repeat(across, axis=1)[:height, :width].astype(numpy.float32) - 128)
    luma = planes[0].astype(numpy.float32)
    if not full_range:
        luma = (luma - 16) * (255 / 219)
        wide = [plane * (255 / 224) for plane in wide]
    if not wide:
        frame = numpy.stack([luma, luma, luma], axis=-1)
    else:
        blue, red = wide
        frame = numpy.stack([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], axis=-1)
    return numpy.clip(numpy.rint(frame), 0, 255).astype(numpy.uint8)


def header_line(file, what):
    line = file.readline(1000)
    if not line.endswith(b"\n"):
        raise Refused(f"{what} is cut off")
    return line.decode("latin-1").rstrip("\n").split(" ")


def y4m_header(file):
    """Width, height, frames per second, colours and whether they use all values from 0 to 255."""
    magic, *parameters = header_line(file, "the header of the Y4M file")
    if magic != "YUV4MPEG2":
        raise Refused("this is no Y4M file: it does not begin with YUV4MPEG2")
    fields = {parameter[0]: parameter[1:] for parameter in parameters if parameter and not parameter.startswith("X")}
    if any(not re.fullmatch(r"[0-9]{1,5}", fields.get(name, "")) for name in "WH"):
        raise Refused("the Y4M header has no width W or no height H")
    rate = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,9})", fields.get("F", ""))
    if rate is None or int(rate[1]) == 0 or int(rate[2]) == 0:
        raise Refused("the Y4M header has no frame rate F, as in F30:1")
    if fields.get("I", "p") not in ("p", "?"):
        raise Refused("the Y4M file is interlaced; only progressive frames (Ip) are supported")
    full_range = "XCOLORRANGE=FULL" in parameters
    return int(fields["W"]), int(fields["H"]), int(rate[1]) / int(rate[2]), fields.get("C", "420"), full_range


def read_y4m(file, out, limits):
    width, height, rate, colour, full_range = y4m_header(file)
    check_size(width, height, limits)
    least, most = limits["leastFramesPerSecond"], limits["mostFramesPerSecond"]
    if not least <= rate <= most:
        raise Refused(f"the video has {rate:.6g} frames per second; {least} to {most} are allowed")
    shapes = planes_of(colour, width, height)
    count = 0
    while file.peek(1):
        if header_line(file, "the header of a frame")[0] != "FRAME":
            raise Refused(f"frame {count} does not begin with FRAME")
        count += 1
        check_count(count, width, height, limits)
        planes = []
        for rows, columns in shapes:
            data = file.read(rows * columns)
            if len(data) < rows * columns:
                raise Refused(f"frame {count - 1} is cut off")
            planes.append(numpy.frombuffer(data, numpy.uint8).reshape(rows, columns))
        out.write(to_rgb(planes, full_range))
    return {"width": width, "height": height, "frames": count, "framesPerSecond": rate}


def pictures(archive, limits):
    """The pictures of a tar file in the order of their names. What macOS adds (`._a.png`) is no picture."""
    members = []
    try:
        for member in archive:
            if member.isfile() and not member.name.split("/")[-1].startswith("."):
                members.append(member)
            if len(members) > limits["mostFrames"]:
                raise Refused(f"the video has more than {limits['mostFrames']} frames")
        for member in sorted(members, key=lambda member: member.name):
            yield member.name[-100:], archive.extractfile(member).read()
    except tarfile.TarError as error:
        raise Refused(f"the tar file cannot be read: {error}")


def read_pictures(file, out, limits, rate):
    try:
        archive = tarfile.open(fileobj=file, mode="r:")
    except tarfile.TarError:
        raise Refused("this is no tar file; make one with: tar cf frames.tar *.png")
    size = None
    count = 0
    for name, data in pictures(archive, limits):
        picture = None
        if data.startswith((b"\x89PNG", b"\xff\xd8")):
            flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
            try:
                picture = cv2.imdecode(numpy.frombuffer(data, numpy.uint8), flags)
            except cv2.error:
                pass
        if picture is None:
            raise Refused(f"{name} is no PNG or JPEG picture that can be read")
        height, width = picture.shape[:2]
        size = size or (width, height)
        check_size(width, height, limits)
        if (width, height) != size:
            raise Refused(f"{name} has {width} × {height} pixels, and the first frame {size[0]} × {size[1]}")
        count += 1
        check_count(count, width, height, limits)
        out.write(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    width, height = size or (0, 0)
    return {"width": width, "height": height, "frames": count, "framesPerSecond": rate}


def generate(video, out):
    for frame in generated_frames(video):
        out.write(frame)
    return {name: video[name] for name in ("width", "height", "frames", "framesPerSecond")}


def main(inputs):
    cv2.setNumThreads(1)
    video, limits = inputs["video"], inputs["limits"]
    try:
        with open(FRAMES, "wb") as out:
            if video["kind"] == "generated":
                info = generate(video, out)
            else:
                with io.BufferedReader(io.FileIO(UPLOAD)) as file:
                    if video["format"] == "y4m":
                        info = read_y4m(file, out, limits)
                    else:
                        info = read_pictures(file, out, limits, video["framesPerSecond"])
        if info["frames"] == 0:
            raise Refused("the video has no frames")
    except Refused as error:
        return {"problem": str(error)}
    return {"info": info}
