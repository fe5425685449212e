"""A machine of its own: Debian's systemd as process 1 of name spaces, over a copy-on-write view of this one's files.

    with Machine(units={"x.service": "..."}, files={"/etc/x": b"..."}) as m:
        m.run("systemctl", "start", "x.service")

Only the units it is given are there, and the targets that any unit asks for; it has the host's loopback and
devices.  What is written goes to memory and is gone with it.  Raises NoMachine, with the reason, where
such name spaces cannot be made.  Owns its processes, its folder and its control group.
"""
import os
import re
import shutil
import subprocess
import tempfile

from simmodem import wait_for

SYSTEMD = "/lib/systemd/systemd"
TARGETS = ("sysinit", "basic", "shutdown", "umount", "final", "network", "time-sync", "sockets", "paths", "timers", "slices",
           "local-fs", "multi-user")
BOOT = r"""
set -e
mount --make-rprivate /
mkdir "$W/memory"
mount -t tmpfs tmpfs "$W/memory"
mkdir "$W/memory/new" "$W/memory/work" "$W/memory/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$W/memory/new,workdir=$W/memory/work" "$W/memory/root"
R="$W/memory/root"
mount -t proc proc "$R/proc"
mount -t sysfs -o ro sysfs "$R/sys"
mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
mount --rbind /dev "$R/dev"
mount -t tmpfs tmpfs "$R/run"
mount -t tmpfs -o mode=1777 tmpfs "$R/tmp"
cp -a "$W/files/." "$R/"
cd "$R"
sh -ec "$SETUP"
pivot_root . mnt
umount -l /mnt
mount --make-rshared /
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin container=kujdestar \
	SYSTEMD_UNIT_PATH=/run/units SYSTEMD_LOG_TARGET=null /lib/systemd/systemd --system --unit=basic.target
"""


class NoMachine(Exception):
    """This machine cannot have another within it; says why."""


class Machine:
    def __init__(self, units, files, setup=""):
        """units: name -> text.  files: path -> octets, or the name of a file.  setup: shell words, run in the new root."""
        self.boot, self.group = None, None
        self.dir = tempfile.mkdtemp(prefix="kujdestar-machine-")
        try:
            self.make_group()
            for name in TARGETS:
                self.put(f"/run/units/{name}.target", f"/lib/systemd/system/{name}.target")
            for name, text in units.items():
                self.put(f"/run/units/{name}", text.encode())
            for path, what in files.items():
                self.put(path, what)
            self.start(setup)
        except BaseException:
            self.close()
            raise

    def put(self, path, what):
        to = os.path.join(self.dir, "files", path.lstrip("/"))
        os.makedirs(os.path.dirname(to), exist_ok=True)
        if isinstance(what, bytes):
            with open(to, "wb") as f:
                f.write(what)
        else:
            shutil.copy(what, to)

    def make_group(self):
        if os.geteuid() != 0:
            raise NoMachine("name spaces take root")
        for program in (SYSTEMD, shutil.which("unshare"), shutil.which("nsenter")):
            if not program or not os.path.exists(program):
                raise NoMachine("systemd, unshare or nsenter is not installed")
        with open("/proc/mounts", encoding="utf-8") as f:
            found = [line.split()[1] for line in f if line.split()[2] == "cgroup2"]
        if not found:
            raise NoMachine("no control groups of version 2 are mounted")
        try:
            group = os.path.join(found[0], os.path.basename(self.dir))
            os.mkdir(group)
        except OSError as e:
            raise NoMachine(f"no control group can be made: {e.strerror}") from e
        self.group = group

    def start(self, setup):
        log = os.path.join(self.dir, "boot.log")

        def enter():
            with open(os.path.join(self.group, "cgroup.procs"), "w", encoding="ascii") as f:
                f.write("0")
        with open(log, "wb") as out:
            self.boot = subprocess.Popen(["unshare", "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--fork", "--kill-child",
                                          "sh", "-c", BOOT], env=dict(os.environ, W=self.dir, SETUP=setup or ":"),
                                         stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=enter)

        def up():
            if self.boot.poll() is not None:
                with open(log, encoding="utf-8", errors="replace") as f:
                    raise NoMachine("systemd does not start in name spaces here: " + f.read().strip()[-300:])
            return self.process_1() and self.run("systemctl", "is-active", "basic.target", check=False).returncode == 0
        try:
            wait_for(up, 60, "systemd is up")
        except TimeoutError as e:
            raise NoMachine(str(e)) from e

    def process_1(self):
        """Its number out here, once it is systemd."""
        with open(f"/proc/{self.boot.pid}/task/{self.boot.pid}/children", encoding="ascii") as f:
            pids = f.read().split()
        if not pids or os.path.basename(os.readlink(f"/proc/{pids[0]}/exe")) != "systemd":
            return None
        return int(pids[0])

    # ---- in it ----

    def run(self, *words, check=True, typed=""):
        return subprocess.run(["nsenter", "-t", str(self.process_1()), "-m", "-p", "-i", "-u", "-C", *words], input=typed,
                              capture_output=True, text=True, timeout=120, check=check)

    def show(self, unit, *names):
        """Properties of a unit, by name."""
        out = self.run("systemctl", "show", unit, *(f"-p{n}" for n in names)).stdout
        return dict(line.split("=", 1) for line in out.splitlines())

    def outside(self, pid):
        """The number out here of a process in it."""
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/status", encoding="ascii", errors="replace") as f:
                    numbers = re.search(r"^NSpid:\t(.*)$", f.read(), re.M)[1].split()
                if numbers[-1] == str(pid) and len(numbers) > 1 and \
                        os.readlink(f"/proc/{name}/ns/pid") == os.readlink(f"/proc/{self.process_1()}/ns/pid"):
                    return int(name)
            except (OSError, TypeError):
                continue
        raise ProcessLookupError(pid)

    def path(self, inside):
        """A path in it, as it can be opened out here."""
        return f"/proc/{self.process_1()}/root{inside}"

    # ---- end ----

    def close(self):
        if self.boot:
            self.boot.kill()  # and with it process 1, and with that all of them
            self.boot.wait()
        if self.group:
            for where, _, _ in sorted(os.walk(self.group), reverse=True):
                wait_for(lambda: self.remove(where), 10, "the control group is empty")
        shutil.rmtree(self.dir, ignore_errors=True)

    @staticmethod
    def remove(group):
        try:
            os.rmdir(group)
            return True
        except OSError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()
