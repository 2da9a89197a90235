#pragma once
/// Scripts of the field, as their users pass them around.

namespace ringback::test {

/// The script that dynv6's users pass around.
inline constexpr auto dynv6_script = R"(#!/bin/sh -e
hostname=$1
device=$2
file=$HOME/.dynv6.addr6
[ -e $file ] && old=`cat $file`
if [ -z "$netmask" ]; then
  netmask=128
fi
if [ -n "$device" ]; then
  device="dev $device"
fi
address=$(ip -6 addr list scope global $device | grep -v " fd" | sed -n 's/.*inet6 \([0-9a-f:]\+\).*/\1/p' | head -n 1)
current=$address/$netmask
$bin "http://dynv6.com/api/update?hostname=$hostname&ipv6=$current&token=$token"
$bin "http://ipv4.dynv6.com/api/update?hostname=$hostname&ipv4=auto&token=$token"
)";

}  // namespace ringback::test
