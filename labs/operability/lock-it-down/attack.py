# Nine tools of somebody who has got in, run inside the service with its user and its walls. Tells every try on a line of its own:
# which tool, at what, and the error's name, or what it got.
import errno
import json
import os
import re
import shutil
import subprocess
import sys

NONCE, SCRATCH, VAULT, KEY, MOST = sys.argv[1], sys.argv[2].split(","), sys.argv[3], re.compile(sys.argv[4].encode()), int(sys.argv[5])
# The engine's own, and what is not a place at all.
SKIPPED = {"/proc", "/sys", "/dev", "/run/secrets"}
DEPTH = 3


def tell(tool, at, attempt):
    try:
        got, error = attempt(), None
    except OSError as failure:
        got, error = False, errno.errorcode.get(failure.errno, "EIO")
    said = got if isinstance(got, str) else None
    print(json.dumps({"tool": tool, "at": at, "got": bool(got), "error": error, "said": said}), flush=True)
    return bool(got)


def folders(top="/", depth=0):
    yield top
    if depth == DEPTH:
        return
    try:
        inside = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in inside:
        if entry.is_dir(follow_symlinks=False) and entry.path not in SKIPPED:
            yield from folders(entry.path, depth + 1)


def files():
    for folder in folders():
        if folder.startswith("/usr"):
            continue
        try:
            for entry in os.scandir(folder):
                if entry.is_file(follow_symlinks=False) and entry.stat().st_size < 1_000_000:
                    yield entry.path
        except OSError:
            continue


def in_scratch(path):
    return any(path == scratch or path.startswith(scratch + "/") for scratch in SCRATCH)


def create(path):
    with open(path, "w") as file:
        file.write(NONCE)
    return True


def plant():
    tried = ["/etc", "/usr/local/bin", "/var/tmp", "/work"]
    writable = [folder for folder in folders() if not in_scratch(folder) and os.access(folder, os.W_OK)]
    for folder in writable[:3] or tried:
        tell("plant", folder, lambda: create(f"{folder}/.{NONCE}"))


def append(path):
    with open(path, "ab") as file:
        file.write(b"\n")
    return True


def rewrite():
    own = sorted(entry.path for entry in os.scandir("/work") if entry.is_file() and NONCE not in entry.name)
    for path in own:
        tell("rewrite", path, lambda: append(path))


def drop():
    for folder in [folder for folder in folders() if os.access(folder, os.W_OK)][:4] or ["/tmp"]:
        path = f"{folder}/.{NONCE}-program"

        def attempt():
            shutil.copyfile("/usr/bin/true", path)
            os.chmod(path, 0o755)
            return subprocess.run([path], close_fds=True).returncode == 0

        tell("drop", folder, attempt)


def read(path):
    with open(path) as file:
        return file.read().strip()


def in_child(attempt):
    child = os.fork()
    if child == 0:
        try:
            attempt()
            os._exit(0)
        except OSError as failure:
            os._exit(failure.errno)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != 0:
        raise OSError(code, "")
    return True


def disguise():
    tell("disguise", "setuid(4242)", lambda: in_child(lambda: os.setuid(4242)))
    tell("disguise", "chroot(/)", lambda: in_child(lambda: os.chroot("/")))


def status(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file)


def climb():
    def attempt():
        # It stands still at the question for a password; what it may do by then is what it was given.
        with subprocess.Popen(["/usr/bin/su"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as su:
            try:
                while su.poll() is None and status(su.pid)["State"][0] != "S":
                    pass
                if su.poll() is not None:
                    return False
                effective = status(su.pid)["Uid"].split()[1]
            finally:
                su.kill()
        if effective == "0" and os.geteuid() != 0:
            return "euid 0"
        raise OSError(errno.EPERM, "")

    tell("climb", "/usr/bin/su", attempt)


def find_key(path):
    with open(path, "rb") as file:
        found = KEY.search(file.read())
    return found.group().decode() if found else False


def environ():
    for pid in sorted((name for name in os.listdir("/proc") if name.isdigit() and name != str(os.getpid())), key=int):
        for what in ("environ", "cmdline"):
            tell("environ", f"/proc/{pid}/{what}", lambda: find_key(f"/proc/{pid}/{what}"))


def rummage():
    found = [path for path in files() if tries(path)]
    for path in found or ["/work", *SCRATCH]:
        if path == "":
            continue
        tell("rummage", path, (lambda: find_key(path)) if found else (lambda: False))


def tries(path):
    try:
        return find_key(path)
    except OSError:
        return False


def crowd():
    def attempt():
        reading, writing = os.pipe()
        children = []
        try:
            while len(children) < MOST:
                child = os.fork()
                if child == 0:
                    os.close(writing)
                    os.read(reading, 1)
                    os._exit(0)
                children.append(child)
            return f"{len(children)}"
        finally:
            os.close(writing)
            for child in children:
                os.waitpid(child, 0)

    tell("crowd", f"fork × {MOST}", attempt)


first = status(1)
print(json.dumps({"first": {name: first[name] for name in ("Uid", "CapEff", "CapBnd", "NoNewPrivs")}}), flush=True)
plant()
rewrite()
drop()
tell("vault", VAULT, lambda: read(VAULT))
disguise()
climb()
environ()
rummage()
crowd()
print(json.dumps({"done": NONCE}), flush=True)
