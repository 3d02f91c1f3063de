#!/usr/bin/env python3
"""One sweep in parts: by GNU Parallel, and as a job array of a Slurm that this script starts, against one process.

    cluster.py GCSIM [--only parallel|slurm]

Exit status 77: neither GNU Parallel nor a Slurm that could be started was found; what is missing is printed.
"""
import argparse
import getpass
import os
import shutil
import subprocess
import sys
import tempfile
import time

CLUSTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "cluster")
GRID = ["--threshold0", "20:2000:x1.3", "--threshold1", "2,5,10"]
PARTS = 3
SKIPPED = 77
# One node, one partition; the daemons run as whoever runs this, and neither database nor cgroups are needed.
SLURM_CONF = """
ClusterName=gcsim
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port0}
SlurmdPort={port1}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Skipped(Exception):
    pass


def needs(*programs):
    missing = [p for p in programs if shutil.which(p, path=os.environ["PATH"] + ":/usr/sbin") is None]
    if missing:
        raise Skipped("not found: " + " ".join(missing))


def make_trace(gcsim, folder):
    trace = os.path.join(folder, "a.trace")
    with open(trace, "wb") as file:
        subprocess.run([gcsim, "generate", "churn", "--seed", "3", "--events", "20000", "--live", "200"], stdout=file,
                       check=True)
    return trace


def output_of(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    if done.returncode != 0:
        raise AssertionError("%s: %s" % (command[0], done.stderr.decode(errors="replace")))
    return done.stdout


def by_parallel(gcsim, trace, folder, path):
    needs("parallel")
    home = dict(os.environ, PATH=path, HOME=folder)  # no question about citing it
    os.makedirs(os.path.join(folder, ".parallel"), exist_ok=True)
    open(os.path.join(folder, ".parallel", "will-cite"), "w").close()
    return output_of(["sh", os.path.join(CLUSTER, "parallel.sh"), str(PARTS), trace, *GRID], env=home, cwd=folder)


class Slurm:
    """A Slurm of one node, alone with its own munge."""

    def __init__(self, folder):
        needs("slurmctld", "slurmd", "sbatch", "scontrol", "munged")
        if os.getuid() != 0:
            raise Skipped("slurmd needs root")
        self.folder, self.processes = folder, []
        os.chmod(folder, 0o755)
        for name in ("state", "spool"):
            os.mkdir(os.path.join(folder, name))
        host = os.uname().nodename.split(".")[0]
        port = 20000 + os.getpid() % 20000
        self.conf = os.path.join(folder, "slurm.conf")
        with open(self.conf, "w") as file:
            file.write(SLURM_CONF.format(host=host, folder=folder, user=getpass.getuser(), cpus=os.cpu_count(),
                                         port0=port, port1=port + 1))
        self.environment = dict(os.environ, SLURM_CONF=self.conf)

    def start(self):
        key = os.path.join(self.folder, "munge.key")
        with open(key, "wb") as file:
            file.write(os.urandom(128))
        os.chmod(key, 0o400)
        where = self.folder
        self.run(["munged", "--foreground", "--force", "--key-file=" + key, "--socket=" + where + "/munge.socket",
                  "--pid-file=" + where + "/munged.pid", "--seed-file=" + where + "/munge.seed",
                  "--log-file=" + where + "/munged.log"])
        self.wait_for(lambda: os.path.exists(where + "/munge.socket"), "munged")
        self.run(["slurmctld", "-D", "-i", "-f", self.conf])
        self.run(["slurmd", "-D", "-f", self.conf])
        self.wait_for(lambda: b"idle" in self.ask(["sinfo", "-h", "-o", "%T"]), "slurmd")

    def run(self, command):
        program = shutil.which(command[0], path=os.environ["PATH"] + ":/usr/sbin")
        log = open(os.path.join(self.folder, command[0] + ".out"), "wb")
        self.processes.append(subprocess.Popen([program, *command[1:]], env=self.environment, stdout=log, stderr=log))

    def ask(self, command, **more):
        return subprocess.run(command, env=dict(self.environment, **more.pop("env", {})), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, **more).stdout

    def wait_for(self, is_there, what, seconds=60):
        end = time.monotonic() + seconds
        while not is_there():
            if time.monotonic() > end:
                raise Skipped("%s does not start here: %s" % (what, self.last_words()))
            time.sleep(0.3)

    def last_words(self):
        for name in ("slurmd.log", "slurmctld.log", "slurmd.out", "slurmctld.out", "munged.out"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path) and os.path.getsize(path):
                errors = [line for line in open(path, errors="replace") if "error" in line or "fatal" in line]
                if errors:
                    return errors[-1].strip()
        return "no word why"

    def array(self, folder, path, arguments):
        script = os.path.join(CLUSTER, "slurm_array.sh")
        answer = self.ask(["sbatch", "--wait", "--array=1-%d" % PARTS, script, *arguments], cwd=folder, env={"PATH": path})
        parts = [os.path.join(folder, "sweep-part-%d.jsonl" % k) for k in range(1, PARTS + 1)]
        missing = [part for part in parts if not os.path.exists(part)]
        assert not missing, "%s; no %s" % (answer.decode(errors="replace"), " ".join(missing))
        return parts

    def end(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def by_slurm(gcsim, trace, folder, path):
    inside = os.path.join(folder, "slurm")
    os.mkdir(inside)
    slurm = Slurm(inside)
    try:
        slurm.start()
        return output_of([gcsim, "merge", *slurm.array(folder, path, [trace, *GRID])])
    finally:
        slurm.end()


WAYS = {"parallel": by_parallel, "slurm": by_slurm}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gcsim")
    parser.add_argument("--only", choices=WAYS)
    options = parser.parse_args()
    gcsim = os.path.abspath(options.gcsim)
    path = os.path.dirname(gcsim) + ":" + os.environ["PATH"]
    tried = 0
    for name, way in WAYS.items():
        if options.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                trace = make_trace(gcsim, folder)
                got = way(gcsim, trace, folder, path)
                expected = output_of([gcsim, "sweep", trace, "--quiet", *GRID])
                assert got == expected, "%s: its parts together differ from one process" % name
                print("%s: %d parts together are what one process computes" % (name, PARTS))
                tried += 1
            except Skipped as why:
                print("%s: skipped, %s" % (name, why))
    return 0 if tried else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
