#pragma once

namespace ringback::test {

/// Gives the calling thread mounts, a root and a working directory of its own: what it mounts from now on nobody else sees. Also in a chroot, where
/// "/" is no mount point. Needs root; false without.
[[nodiscard]] bool own_mounts();

}  // namespace ringback::test
