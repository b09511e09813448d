"""Runs the source of a code step inside the sandbox.

One byte on descriptor 3 says that this process runs and has imported what it was told to. The request comes on standard input: the length of a JSON header (4 bytes, big-endian), the header, and the files that it
lists, one after the other. The result goes to descriptor 3 in the same form. Nothing here protects anybody: the sandbox
around this process does, and whoever reads descriptor 3 must distrust it.
"""
import ast
import json
import linecache
import math
import os
import resource
import sys
import time
import traceback
import types

RESULT = 3
# Modules to import in advance have commas between them.
SCRATCH, PRELOADED, *PACKAGES = sys.argv[1:]
INPUT_FOLDER = os.path.join(SCRATCH, "in")
OUTPUT_FOLDER = os.path.join(SCRATCH, "out")
MESSAGE_CHARACTERS = 2000
# Each timer takes one.
PENDING_SIGNALS = 256
# No file has this name, so that a traceback shows lines of the source and not of another file.
NAME = "<code>"


def read_exactly(length):
    parts = []
    while length > 0:
        part = sys.stdin.buffer.read(min(length, 1 << 20))
        if not part:
            raise EOFError("the request is cut off")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def read_request():
    request = json.loads(read_exactly(int.from_bytes(read_exactly(4), "big")))
    os.mkdir(INPUT_FOLDER)
    os.mkdir(OUTPUT_FOLDER)
    for file in request["files"]:
        with open(os.path.join(INPUT_FOLDER, file["name"]), "wb") as out:
            out.write(read_exactly(file["size"]))
    return request


def limit(limits):
    """Lowers the hard limits of this process and its descendants."""
    for name, most in (
        ("RLIMIT_AS", limits["memoryBytes"]),
        ("RLIMIT_FSIZE", limits["scratchBytes"]),
        ("RLIMIT_NPROC", limits["processes"]),
        ("RLIMIT_NOFILE", limits["openFiles"]),
        ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_SIGPENDING", PENDING_SIGNALS),
    ):
        if most is not None:
            resource.setrlimit(getattr(resource, name), (most, most))
    # The lower limit ends the process by a signal of its own, which says why; one that ignores it is killed at the higher.
    # What was imported before the request does not count.
    seconds = limits["cpuSeconds"] + math.ceil(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def send(header, names=()):
    """Writes the result and ends the process, whatever threads or handlers the source has left behind."""
    files = []
    for name in names:
        path = os.path.join(OUTPUT_FOLDER, name)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        files.append((descriptor, {"name": name, "size": os.fstat(descriptor).st_size}))
    text = json.dumps({**header, "files": [file for _, file in files]}, allow_nan=False).encode()
    with os.fdopen(RESULT, "wb") as out:
        out.write(len(text).to_bytes(4, "big"))
        out.write(text)
        for descriptor, file in files:
            left = file["size"]
            while left > 0:
                part = os.read(descriptor, min(left, 1 << 20))
                if not part:
                    break
                out.write(part)
                left -= len(part)
    os._exit(0)


def written_files():
    """Names of regular files in the output folder, links and folders left out."""
    with os.scandir(OUTPUT_FOLDER) as entries:
        return sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))


def forbidden_import(tree, allowed):
    """The first import of a module that is not on the list, with its line. A courtesy: the sandbox is the protection."""
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "."] if node.level == 0 else ["." * node.level]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in ("__import__", "import_module"):
                names = [str(node.args[0].value)]
        for name in names:
            if name.split(".")[0] not in allowed:
                return {"type": "forbidden_import", "message": f"Forbidden import: {name}", "line": node.lineno}
    return None


def problem_of(error):
    """What the author of the source needs: the error, and the last line of the source that it passed."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == NAME]
    is_of_source = isinstance(error, SyntaxError) and error.filename == NAME
    line = error.lineno if is_of_source else (lines[-1] if lines else None)
    kind = "memory_limit" if isinstance(error, MemoryError) else "error"
    try:
        message = f"{type(error).__name__}: {error}"
    except BaseException:
        message = type(error).__name__
    return {"type": kind, "message": readable(message[:MESSAGE_CHARACTERS])[:MESSAGE_CHARACTERS], "line": line}


def readable(message):
    """Without what JSON has no form for, or what the reader of the result refuses: lone surrogates and NUL."""
    return message.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def run(request):
    source = request["source"]
    linecache.cache[NAME] = (len(source), None, source.splitlines(True), NAME)
    tree = ast.parse(source, NAME)
    problem = forbidden_import(tree, set(request["imports"]))
    if problem is not None:
        return {"problem": problem}
    # Libraries look for the module of a class by its name: dataclasses and typing do.
    module = sys.modules["code"] = types.ModuleType("code")
    exec(compile(tree, NAME, "exec"), module.__dict__)
    main = module.__dict__.get("main")
    if not callable(main):
        return {"problem": {"type": "error", "message": "the source defines no function main(inputs)", "line": None}}
    value = main(request["inputs"])
    json.dumps(value, allow_nan=False)
    return {"value": value}


def preload(names):
    for name in names:
        try:
            __import__(name)
        except ImportError as error:
            # Before the first byte, so that the installation is blamed and not the code.
            print(f"the Python package {name} cannot be imported: {str(error).strip().splitlines()[-1]}", file=sys.stderr)
            sys.exit(1)


def begin():
    del sys.argv[1:]
    sys.path.extend(PACKAGES)
    preload(filter(None, PRELOADED.split(",")))
    os.write(RESULT, b"R")
    request = read_request()
    os.chdir(SCRATCH)
    limit(request["limits"])
    try:
        result = run(request)
    except BaseException as error:
        result = {"problem": problem_of(error)}
    sys.stdout.flush()
    sys.stderr.flush()
    send(result, () if "problem" in result else written_files())


begin()
