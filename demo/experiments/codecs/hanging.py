"""Hangs in a thread of its own, with the main thread waiting for it."""
import threading


def hang():
    while True:
        pass


def encode(frames, info):
    thread = threading.Thread(target=hang)
    thread.start()
    thread.join()
    return b"never"


def decode(encoded, info):
    return None
