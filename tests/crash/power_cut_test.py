#!/usr/bin/env python3
"""Cuts the power at any moment of init, deposit and seal, and looks at what the disk would hold.

    power_cut_test.py BIN [CUTS]     BIN: the folder of perdura; CUTS: for each act

strace records every system call that changes a file. From the record the disk's content is made as
it could be at any moment: what a sync has confirmed is there; of what no sync has confirmed,
nothing is there, or whatever chance leaves. Names count as files do: a file that was made, renamed
or removed is so for sure only once its folder was synced. Then the archive is opened: everything
that a receipt had acknowledged must be there, and nothing may be half there.
"""
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

CALLS = ("openat,write,writev,pwrite64,fsync,fdatasync,rename,renameat2,link,unlink,unlinkat,mkdir,rmdir,"
         "ftruncate,fallocate,close,lseek,syncfs")
LINE = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$", re.S)
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class Event:
    """A system call that succeeded; begun and done are lines of the record."""

    def __init__(self, name, args, begun):
        self.name, self.args, self.begun, self.done, self.result = name, args, begun, None, None
        self.texts = [bytes.fromhex(t.replace("\\x", "")) for t in TEXT.findall(args)]
        self.words = [word.strip() for word in TEXT.sub("?", args).split(",")]


def read_record(path):
    open_calls, events = {}, []
    with open(path, encoding="latin-1") as record:
        for number, line in enumerate(record):
            match = LINE.match(line.rstrip("\n"))
            if not match:
                continue
            pid, resumed, name, rest = match.groups()
            if resumed is None:
                event = Event(name, rest, number)
                if rest.endswith("<unfinished ...>"):
                    open_calls[pid] = event
                    continue
            else:
                event = open_calls.pop(pid)
            result = re.search(r"\) += (-?\d+)", rest)
            if result and int(result.group(1)) >= 0:
                event.done, event.result = number, int(result.group(1))
                events.append(event)
    return sorted(events, key=lambda event: event.done)


class File:
    def __init__(self, content=b""):
        self.now = bytearray(content)      # as processes see it
        self.synced = bytearray(content)   # as a sync confirmed it
        self.pending = []                  # changes since: (line at which it was done, change)

    def change(self, done, kind, offset, octets):
        apply(self.now, kind, offset, octets)
        self.pending.append((done, kind, offset, octets))

    def sync(self, begun):
        """Confirms what was done before the sync began."""
        left = []
        for change in self.pending:
            if change[0] < begun:
                apply(self.synced, *change[1:])
            else:
                left.append(change)
        self.pending = left

    def after_cut(self, chance):
        content = bytearray(self.synced)
        for change in self.pending:
            if chance is not None and chance.random() < 0.5:
                apply(content, *change[1:])
        return content


def apply(content, kind, offset, octets):
    if kind == "size":
        del content[offset:]
        content.extend(b"\0" * (offset - len(content)))
    elif kind == "grow":
        content.extend(b"\0" * max(0, offset - len(content)))
    else:
        content.extend(b"\0" * max(0, offset - len(content)))
        content[offset:offset + len(octets)] = octets


class Folder:
    def __init__(self):
        self.now, self.synced, self.pending = {}, {}, []

    def change(self, done, name, node):
        if node is None:
            self.now.pop(name, None)
        else:
            self.now[name] = node
        self.pending.append((done, name, node))

    def sync(self, begun):
        while self.pending and self.pending[0][0] < begun:
            self.settle(self.synced, *self.pending.pop(0)[1:])

    @staticmethod
    def settle(names, name, node):
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node

    def after_cut(self, chance):
        names = dict(self.synced)
        # Names change in order: some first part of what was not confirmed may have happened.
        for change in self.pending[:chance.randint(0, len(self.pending)) if chance else 0]:
            self.settle(names, *change[1:])
        return names


class Disk:
    """The tree below `root`, and the file `receipts` outside of it."""

    def __init__(self, root, receipts):
        self.root, self.receipts, self.acknowledged = root.encode(), receipts.encode(), bytearray()
        self.top = Folder()
        self.open = {}  # descriptor -> [node, offset, append]
        if os.path.isdir(root):
            self.load(root, self.top)

    def load(self, path, folder):
        for entry in os.scandir(path):
            if entry.is_dir():
                node = Folder()
                self.load(entry.path, node)
            else:
                with open(entry.path, "rb") as file:
                    node = File(file.read())
            folder.now[entry.name.encode()] = folder.synced[entry.name.encode()] = node

    def find(self, path):
        """The folder and the name of a path below the root, or nothing."""
        path = os.path.normpath(path)
        if path == self.root:
            return None, b""
        if not path.startswith(self.root + b"/"):
            return None
        *above, name = path[len(self.root) + 1:].split(b"/")
        folder = self.top
        for part in above:
            folder = folder.now[part]
        return folder, name

    def run(self, event):
        getattr(self, "do_" + event.name, lambda event: None)(event)

    def do_openat(self, event):
        path, flags = event.texts[0], event.words[2]
        self.open.pop(event.result, None)
        if path == self.receipts:
            self.open[event.result] = ["receipts", 0, True]
            return
        place = self.find(path)
        if place is None:
            return
        folder, name = place
        node = self.top if folder is None else folder.now.get(name)
        if node is None:
            node = File()
            folder.change(event.done, name, node)
        elif "O_TRUNC" in flags:
            node.change(event.done, "size", 0, b"")
        self.open[event.result] = [node, 0, "O_APPEND" in flags]

    def do_close(self, event):
        self.open.pop(int(event.words[0].rstrip(") ").split(")")[0].split()[0]), None)

    def opened(self, event):
        return self.open.get(int(re.match(r"\d+", event.words[0]).group()))

    def do_write(self, event):
        place = self.opened(event)
        if place is None:
            return
        octets = b"".join(event.texts)[:event.result]
        if place[0] == "receipts":
            self.acknowledged += octets
            return
        at = len(place[0].now) if place[2] else place[1]
        place[0].change(event.done, "write", at, octets)
        place[1] = at + len(octets)

    do_writev = do_write

    def do_pwrite64(self, event):
        place = self.opened(event)
        if place is not None:
            offset = int(re.match(r"\d+", event.words[3]).group())
            place[0].change(event.done, "write", offset, event.texts[0][:event.result])

    def do_lseek(self, event):
        place = self.opened(event)
        if place is not None:
            place[1] = event.result

    def do_ftruncate(self, event):
        place = self.opened(event)
        if place is not None:
            place[0].change(event.done, "size", int(re.match(r"\d+", event.words[1]).group()), b"")

    def do_fallocate(self, event):
        place = self.opened(event)
        if place is None:
            return
        offset, length = (int(re.match(r"\d+", word).group()) for word in event.words[2:4])
        if "PUNCH_HOLE" in event.words[1]:
            place[0].change(event.done, "write", offset, b"\0" * length)
        elif "KEEP_SIZE" not in event.words[1]:
            place[0].change(event.done, "grow", offset + length, b"")

    def do_fsync(self, event):
        place = self.opened(event)
        if place is not None and place[0] != "receipts":
            place[0].sync(event.begun)

    do_fdatasync = do_fsync

    def do_rename(self, event):
        source, target = self.find(event.texts[0]), self.find(event.texts[1])
        node = source[0].now[source[1]]
        target[0].change(event.done, target[1], node)
        source[0].change(event.done, source[1], None)

    do_renameat2 = do_rename

    def do_link(self, event):
        source, target = self.find(event.texts[0]), self.find(event.texts[1])
        target[0].change(event.done, target[1], source[0].now[source[1]])

    def do_unlink(self, event):
        place = self.find(event.texts[0])
        if place is not None:
            place[0].change(event.done, place[1], None)

    do_unlinkat = do_rmdir = do_unlink

    def do_mkdir(self, event):
        place = self.find(event.texts[0])
        if place is not None and place[0] is not None:
            place[0].change(event.done, place[1], Folder())

    def write_after_cut(self, to, chance):
        def write(folder, path):
            os.mkdir(path)
            for name, node in folder.after_cut(chance).items():
                below = os.path.join(path, name)
                if isinstance(node, Folder):
                    write(node, below)
                else:
                    with open(below, "wb") as file:
                        file.write(node.after_cut(chance))
                    os.chmod(below, 0o600)
        write(self.top, os.fsencode(to))


class Test:
    def __init__(self, bin_folder, cuts):
        self.bin, self.cuts, self.failures, self.count = os.path.abspath(bin_folder), cuts, 0, 0
        self.work = tempfile.mkdtemp()
        self.chance = random.Random(int(os.environ.get("SEED", "1")))

    def perdura(self, *args):
        return subprocess.run([os.path.join(self.bin, "perdura"), *args], capture_output=True,
                              text=True, timeout=120, check=False)

    def path(self, *names):
        return os.path.join(self.work, *names)

    def record(self, *args):
        log = self.path("record")
        subprocess.run(["strace", "-f", "-qq", "-xx", "-s", "100000000", "-o", log, "-e",
                        "trace=" + CALLS, os.path.join(self.bin, "perdura"), *args],
                       check=True, stdout=subprocess.DEVNULL)
        return read_record(log)

    def fail(self, what, why):
        self.failures += 1
        print(f"FAILED: {what}: {why.strip()}", file=sys.stderr)

    def cut(self, act, root, receipts, args, judge):
        """Records an act on `root`, and judges what is left of it after cuts all along."""
        before = Disk(root, receipts)
        events = self.record(*args)
        moments = sorted(self.chance.sample(range(len(events)), min(self.cuts, len(events))))
        moments.append(len(events))  # the act was over and said so
        done = 0
        for moment in moments:
            for event in events[done:moment]:
                before.run(event)
            done = moment
            for chance in (None, self.chance):
                left = self.path("left")
                shutil.rmtree(left, ignore_errors=True)
                before.write_after_cut(left, chance)
                kept = "whatever chance leaves" if chance else "nothing unsynced"
                judge(f"{act}, cut at call {moment} of {len(events)}, {kept} is left", left,
                      before.acknowledged.decode(), moment == len(events))
                self.count += 1

    def judge_archive(self, what, left, receipts, _over):
        acknowledged = {line.rsplit('"record":"', 1)[1][:64] for line in receipts.split("\n")[:-1]}
        check = self.perdura("check", left, "--quiet")
        if check.returncode != 0:
            return self.fail(what, check.stdout + check.stderr)
        listed = {line[11:75] for line in self.perdura("list", left, "--json").stdout.splitlines()}
        lost = (acknowledged | self.deposited) - listed
        if lost:
            return self.fail(what, f"{len(lost)} of {len(acknowledged)} acknowledged are lost")
        if self.count % 5 == 0:
            more = self.perdura("deposit", left, __file__, "--quiet")
            seal = self.perdura("seal", left)
            again = self.perdura("check", left, "--quiet")
            if more.returncode or seal.returncode or again.returncode:
                self.fail(what, "it does not go on: " + more.stderr + seal.stderr + again.stdout)

    def judge_new(self, what, left, _receipts, over):
        status = self.perdura("status", left)
        if status.returncode != 0 and over:
            self.fail(what, "init said that it was done, but: " + status.stderr)
        elif status.returncode == 0 and self.perdura("seal", left).returncode != 0:
            self.fail(what, "half an archive opens")
        elif "a bug" in status.stderr or status.returncode not in (0, 1, 3):
            self.fail(what, status.stderr)

    def run(self):
        documents = self.path("documents")
        os.mkdir(documents)
        for number in range(30):
            with open(os.path.join(documents, f"{number:02}.json"), "w", encoding="utf-8") as file:
                file.write('{"resourceType":"Observation","id":"%d","text":"%s"}' %
                           (number, "x" * self.chance.randint(0, 3000)))
        for number in range(2):
            with open(os.path.join(documents, f"large-{number}.bin"), "wb") as file:
                file.write(self.chance.randbytes(1_500_000))
        root, receipts = self.path("home", "archive"), self.path("receipts")
        os.mkdir(self.path("home"))
        # The archive's own folder is made by init, so the tree begins one above it.
        self.cut("init", self.path("home"), receipts, ["init", root],
                 lambda what, left, *more: self.judge_new(what, os.path.join(left, "archive"), *more))
        self.deposited = set()
        deposit = ["deposit", root, documents, "--quiet", "--receipts", receipts, "--threads", "2"]
        self.cut("first deposit", root, receipts, deposit, self.judge_archive)
        self.note(receipts)
        self.cut("seal", root, receipts, ["seal", root], self.judge_archive)
        self.cut("second deposit", root, receipts, deposit, self.judge_archive)
        self.note(receipts)
        self.cut("second seal", root, receipts, ["seal", root], self.judge_archive)
        for way in ("--time-stamps", "--hash-tree"):
            self.cut("renew " + way, root, receipts, ["renew", root, way], self.judge_archive)
        shutil.rmtree(self.work)
        print(f"{self.count} cuts, {self.failures} failures")
        return 1 if self.failures else 0

    def note(self, receipts):
        with open(receipts, encoding="utf-8") as file:
            self.deposited = {line.rsplit('"record":"', 1)[1][:64] for line in file}


def can_trace():
    traced = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False,
                            stderr=subprocess.DEVNULL)
    return traced.returncode == 0


if __name__ == "__main__":
    if shutil.which("strace") is None or not can_trace():
        print("strace can't be used here: no power was cut", file=sys.stderr)
        sys.exit(0)
    sys.exit(Test(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 25).run())
