"""`python3 -m ringlab.private COMMAND…`: the command in a network namespace and a mount namespace of its own, none of whose mounts reaches the machine."""

import ctypes
import os
import sys

from ringlab.errors import LabError

MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
CLONE_NEWNS, CLONE_NEWNET = 0x20000, 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def make_mounts_private() -> None:
    """So that no mount made from here on reaches the machine. In a chroot "/" is no mount point, and the mount it lies on
    has to be reached from above: with the root moved below the working directory, ".." leads past it."""
    def private(path: bytes) -> bool:
        return _libc.mount(None, path, None, MS_REC | MS_PRIVATE, None) == 0

    if private(b"/"):
        return
    root, here = os.open("/", os.O_RDONLY), os.getcwd()
    os.chroot("/proc")
    os.fchdir(root)
    while os.stat(".").st_ino != os.stat("..").st_ino or os.stat(".").st_dev != os.stat("..").st_dev:
        os.chdir("..")
    done = private(b".")
    os.fchdir(root)
    os.chroot(".")
    # `ip netns exec` wants a root that is a mount point.
    done = done and _libc.mount(b"/", b"/mnt", None, MS_BIND | MS_REC, None) == 0
    os.chroot("/mnt")
    os.chdir(here)
    if not done:
        raise LabError(f"the mounts cannot be made private: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    if _libc.unshare(CLONE_NEWNS | CLONE_NEWNET) != 0:
        sys.exit(f"needs root: {os.strerror(ctypes.get_errno())}")
    make_mounts_private()
    os.execvp(sys.argv[1], sys.argv[1:])
