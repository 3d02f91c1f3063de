#!/usr/bin/env python3
"""Compares the classic mark and sweep of gcsim with a real Ruby (MRI), where `ruby` is installed.

    run.py PROGRAM      PROGRAM is gcsim; exit 0: all as expected, 1: not, 77: there is no ruby here

Each workload is made twice: as a Ruby script, which reports GC.stat, and as a trace of the same allocations, which
gcsim replays with as many slots as that Ruby had free. A modern MRI is not the classic one: it collects
generation by generation, sweeps lazily, adds slots page by page, and has objects of its own. So what is compared is

- the objects allocated: the same, up to a few of Ruby's own;
- that garbage waits: nothing is collected before about the free slots are used up, in both;
- the number of collections of a program whose objects all die: within 30 % (measured on 3.1.2: 10 %);
- the number of collections of one whose objects all live: within a factor of 2;
- that all garbage is gone after GC.start, cycles and trees with strong parents as well.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROUNDS = 60_000
RUBYS_OWN = 200     # objects that Ruby allocates beside the workload's
PAGE = 409          # slots Ruby adds at a time

RUBY = """
class Tree; attr_accessor :left, :right, :parent; end
kept = []
GC.start
free = GC.stat(:heap_free_slots)
allocated = GC.stat(:total_allocated_objects)
freed = GC.stat(:total_freed_objects)
count = GC.count
first = nil
round = 0
while round < %(rounds)d
%(body)s
  first = GC.stat(:total_allocated_objects) - allocated if first.nil? && GC.count > count
  round += 1
end
report = [RUBY_VERSION, free, GC.stat(:total_allocated_objects) - allocated, GC.count - count, first]
a = b = root = left = right = nil
GC.start
report << GC.stat(:total_freed_objects) - freed << kept.size
puts report.inspect
"""

# Of one round: objects, Ruby, events ({i}: the round's number), whether the objects die.
WORKLOADS = {
    "churn": (1, "  a = []\n  a = nil", ["alloc a{i} list", "del a{i}"], True),
    "leak": (2, "  a = []\n  b = []\n  a << b\n  b << a",
             ["alloc a{i} list", "alloc b{i} list", "ref a{i}[] b{i}", "ref b{i}[] a{i}", "del a{i} b{i}"], True),
    "tree": (3, "  root = Tree.new\n  left = Tree.new\n  right = Tree.new\n  root.left = left\n  root.right = right\n"
                "  left.parent = root\n  right.parent = root",
             ["alloc r{i} Tree", "alloc x{i} Tree", "alloc y{i} Tree", "setattr r{i} left x{i}",
              "setattr r{i} right y{i}", "setattr x{i} parent r{i}", "setattr y{i} parent r{i}",
              "del r{i} x{i} y{i}"], True),
    "kept": (1, "  a = []\n  kept << a", ["alloc a{i} list", "ref kept[] a{i}", "del a{i}"], False),
}


def run_ruby(ruby, body):
    script = RUBY % {"rounds": ROUNDS, "body": body}
    done = subprocess.run([ruby, "--disable-gems", "-e", script], capture_output=True, text=True, check=True, timeout=300)
    version, free, allocated, collections, first, freed, kept = json.loads(done.stdout.replace("nil", "null"))
    return {"version": version, "free": free, "allocated": allocated, "collections": collections, "first": first,
            "freed": freed, "kept": kept}


def write_trace(path, events, slots):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"profile ruby-mark-sweep\navailable_slots {slots} 0\nclass Tree\nalloc kept list\n")
        for i in range(ROUNDS):
            for event in events:
                file.write(event.replace("{i}", str(i)) + "\n")
        file.write("gc collect\n")


def replay(program, path):
    done = subprocess.run([program, "replay", path, "--format", "json"], capture_output=True, text=True, check=True, timeout=300)
    summary = json.loads(done.stdout)
    automatic = [c for c in summary["collections"] if c["reason"] == "no slot"]
    return {"allocated": summary["objects"]["allocated"] - 1, "collections": len(automatic),
            "first": automatic[0]["alive"] + automatic[0]["swept"] if automatic else None,
            "freed": summary["objects"]["freed_by_collector"], "kept": summary["objects"]["alive_at_end"] - 1}


def faults_of(name, objects, dies, mri, model):
    faults = []

    def expect(holds, what):
        if not holds:
            faults.append(f"{name}: {what}\n  MRI   {mri}\n  gcsim {model}")

    made = ROUNDS * objects
    expect(model["allocated"] == made and made <= mri["allocated"] <= made + RUBYS_OWN, "objects allocated")
    expect(mri["first"] is not None and mri["free"] - RUBYS_OWN <= mri["first"] <= mri["free"] + 4 * PAGE,
           "MRI collected before, or long after, its free slots were used up")
    expect(model["first"] == mri["free"], "gcsim collected before, or after, its slots were used up")
    tolerance = (0.7, 1.3) if dies else (0.5, 2)
    expect(tolerance[0] <= model["collections"] / mri["collections"] <= tolerance[1], "number of collections")
    expect(mri["freed"] >= (made if dies else 0) - RUBYS_OWN and model["freed"] == (made if dies else 0),
           "objects freed in the end")
    expect((mri["kept"], model["kept"]) == ((0, 0) if dies else (made, made)), "objects kept")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="PROGRAM")
    program = parser.parse_args().program
    ruby = shutil.which("ruby")
    if ruby is None:
        print("skipped: ruby is not installed")
        return 77
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (objects, body, events, dies) in WORKLOADS.items():
            mri = run_ruby(ruby, body)
            path = os.path.join(folder, name + ".trace")
            write_trace(path, events, mri["free"])
            model = replay(program, path)
            faults += faults_of(name, objects, dies, mri, model)
            print(f"{name:<6} {ROUNDS * objects:>7} objects, {mri['free']} free slots: {mri['collections']} collections in "
                  f"MRI {mri['version']}, {model['collections']} in gcsim")
    print("\n".join(faults) if faults else "as expected")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
