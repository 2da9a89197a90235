#pragma once
/// What every question of this probe starts with: a socket towards the home router whose datagrams stay whole.
#include "io/network.hpp"
#include "plan/plan.hpp"

namespace ringback::path {

Expected<std::unique_ptr<io::UdpSocket>> open_socket(const Leg& leg, const io::World& world);
/// Of the leg's interface, in bytes; 0: unknown.
unsigned interface_mtu(const Leg& leg, const io::World& world, Deadline deadline);

}  // namespace ringback::path
