#include "redact/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "redact/characters.hpp"

namespace ringback::redaction {
namespace {

// In the alphabet's order. What is missing here shows as "…" in a redacted report, so a new sentence may want new words.
constexpr auto common_words = std::to_array<std::string_view>({
    "6to4", "a", "aaaa", "abort", "about", "above", "ac", "accept", "accepted", "access", "accessing", "account", "ack", "action", "active", "add",
    "addpinhole", "addr", "address", "addresses", "addrtype", "adguard", "adguardhome", "adm", "admin", "advert", "advertise", "advertisement",
    "advertisements", "afraid", "after", "aftr", "again", "ah", "ahosts", "alert", "alg", "all", "allocate", "allow", "allowed", "allowlist",
    "almalinux", "alone", "alpine", "already", "ambient", "amd", "amneziawg", "amount", "an", "anchor", "anchors", "and", "announce", "announced",
    "announces", "anode", "another", "answer", "answered", "answers", "any", "anycast", "anydesk", "apache", "api", "application", "applications",
    "arch", "archer", "archive", "are", "ares", "args", "argument", "arm", "armbian", "armhf", "arp", "arpa", "arris", "arrivals", "as", "ask",
    "asked", "asks", "assign", "assistant", "assured", "asterisk", "asus", "at", "attached", "attempt", "attempted", "attempting", "attribute",
    "audit", "authentic", "authenticating", "authoritative", "authorized", "auto", "autonomous", "avahi", "available", "avm", "avoided", "ax",
    "babel", "back", "bad", "badcookie", "badsig", "badvers", "banned", "bareudp", "bash", "be", "beam", "been", "before", "began", "begins",
    "behaviours", "being", "belongs", "below", "bgp", "big", "bin", "bind", "binding", "bird", "bitwarden", "blacklist", "blacklists", "block",
    "blocklist", "body", "bond", "bookworm", "boot", "box", "bpo", "br", "bridge", "broadband", "broadcast", "broken", "broker", "broute", "buffer",
    "built", "bullseye", "burst", "buster", "busy", "but", "by", "byte", "bytes", "caa", "cable", "caddy", "call", "calls", "came", "can", "canceled",
    "cancelled", "cannot", "cap", "capabilities", "capeff", "capget", "capset", "captive", "capture", "caused", "centos", "certificate", "cfg",
    "cgroup", "chain", "change", "changed", "changes", "channel", "character", "characters", "charon", "charset", "check", "checker", "checkip",
    "checks", "checksum", "child", "chronyd", "cisco", "claims", "class", "classify", "cleaning", "cleanly", "client", "closed", "cloud",
    "cloudflare", "cmd", "cmdline", "cmdv", "cname", "cockpit", "code", "color", "columns", "come", "comm", "command", "comment", "commit",
    "communication", "comp", "compal", "compat", "completion", "compressed", "concat", "conf", "config", "configuration", "configured", "configuring",
    "confirmed", "conflictinmappingentry", "connect", "connected", "connecting", "connection", "connections", "connectivity", "connlimit", "connman",
    "connmand", "connmark", "connsecmark", "conntrack", "constant", "consul", "contact", "contacting", "containerd", "content", "continue", "control",
    "controlurl", "convert", "cookie", "corrupted", "could", "couldn", "count", "counter", "cpu", "cron", "crond", "crontab", "crontabs", "cross",
    "crowdsec", "csi", "ct", "ctdir", "ctl", "ctorigdstport", "ctproto", "ctstate", "ctstatus", "ctype", "cupsd", "curl", "custom", "cut", "cwr",
    "da", "daddr", "daemon", "daily", "data", "datagram", "datagrams", "date", "day", "db", "dccp", "dco", "ddclient", "ddns", "ddnss", "deadline",
    "deadlock", "deb", "debian", "declaration", "dedyn", "deep", "default", "defined", "delegations", "deletepinhole", "deluge", "denied", "deny",
    "denyinterfaces", "departures", "desc", "describe", "describes", "description", "descriptor", "desired", "desktop", "destination", "destroyed",
    "dev", "device", "devices", "dhclient", "dhcp", "dhcpack", "dhcpcd", "dhcpv", "did", "died", "dietpi", "differ", "dig", "digits", "dir",
    "direction", "directly", "directory", "disable", "disabled", "disconnected", "disconnecting", "discover", "disk", "dispatcher", "distance", "dmz",
    "dnat", "dnrouted", "dns", "dnskey", "dnsmasq", "dnssec", "do", "doc", "docker", "dockerd", "doctype", "document", "does", "domain", "domains",
    "don", "done", "dovecot", "down", "dpkg", "dport", "dports", "driver", "drop", "dropbear", "dropped", "ds", "dscp", "dsl", "dslforum", "dsm",
    "dst", "dstmask", "dstnat", "duck", "duckdns", "due", "dummy", "dup", "dying", "dyn", "dynamic", "dyndns", "dynu", "dynupdate", "dynv", "each",
    "earlier", "early", "echo", "echoip", "ecn", "edge", "edgerouter", "edit", "editcap", "edition", "edns", "egress", "eigrp", "el", "elasticsearch",
    "elem", "element", "elements", "emby", "empty", "enabled", "end", "ended", "endpoint", "ends", "eno", "enp", "ens", "enter", "enterprise",
    "entity", "entries", "env", "envelope", "environment", "environmentfile", "epmd", "epoch", "error", "errorcode", "errordescription", "erspan",
    "esp", "established", "etc", "etcd", "eth", "ether", "every", "example", "exceeded", "exchange", "exec", "execstart", "exim", "exists", "exit",
    "expect", "expectation", "expected", "expire", "expired", "export", "exposure", "expr", "extended", "extension", "external", "exthdr", "f2b",
    "factorio", "fail2ban", "failed", "failure", "false", "families", "family", "faster", "fault", "fc", "fec", "fedora", "fetch", "few", "fib",
    "fiber", "field", "file", "files", "filter", "fin", "find", "finished", "firewall", "firewalld", "firewalldisabled", "firewallenabled", "first",
    "flags", "flow", "focal", "folder", "followed", "font", "for", "fork", "form", "format", "formerr", "forward", "forwarding", "fossa", "fou",
    "found", "fours", "fpm", "frag", "fragment", "framing", "free", "freedns", "freemyip", "freeswitch", "friendly", "friendlyname", "from", "ftl",
    "ftpd", "full", "fully", "function", "fw", "fwd", "fwi", "fwo", "fwv", "fwx", "game", "gated", "gatedesc", "gateway", "gateways", "gcinterval",
    "gen", "general", "generate", "generated", "generic", "geneve", "genexis", "gentoo", "get", "getent", "getexternalipaddress",
    "getexternalipv6address", "getfirewallstatus", "getgenericportmappingentry", "getipv6prefix", "getrandom", "getresuid", "getstatusinfo", "gitea",
    "gitlab", "give", "given", "global", "gnu", "gone", "goto", "grafana", "gre", "gretap", "group", "gtp", "guard", "guest", "gunicorn", "gunzip",
    "gzip", "had", "halted", "handle", "handshake", "haproxy", "hardened", "hardware", "has", "hashlimit", "hass", "hassos", "hat", "have", "hbbr",
    "hbbs", "hbh", "he", "head", "header", "headers", "heading", "heard", "held", "helper", "here", "hesiod", "hexadecimal", "hints", "hit",
    "hitcount", "hitron", "hl", "hold", "holds", "home", "homeassistant", "hook", "hooks", "hop", "hops", "host", "hostname", "hostnames", "hosts",
    "hour", "hourly", "how", "hsr", "htable", "http", "httpd", "https", "huawei", "hub", "hwe", "i", "icanhazip", "icecast", "icmp", "icmpv", "icmpx",
    "id", "ident", "identifier", "idletimer", "if", "iface", "ifb", "ifconfig", "ifupdown", "ifv", "igd", "igd2desc", "igddesc", "igds", "igdupnp",
    "igmp", "ignore", "iif", "iifgroup", "iifname", "illegal", "immich", "implement", "implemented", "in", "inadyn", "inappropriate", "inbound",
    "inboundpinholeallowed", "inboundpinholenotallowed", "include", "incomplete", "inet", "inetd", "influxd", "info", "information", "ingress", "ini",
    "init", "initialised", "inp", "input", "installed", "instead", "interface", "interfaces", "internal", "internalclient", "internalport",
    "internalportwildcardingnotallowed", "internationalised", "internet", "internetgatewaydevice", "interrupted", "interval", "inv", "invalid",
    "invalidargs", "invert", "invocation", "inwx", "io", "ioctl", "ip", "ip6erspan", "ip6gre", "ip6gretap", "ip6lanprefix", "ip6only", "ip6tables",
    "ip6tnl", "ipconn", "ipecho", "ipify", "ipip", "iprange", "ipsec", "iptables", "ipup", "ipv", "ipv4only", "ipv6prefix", "ipvlan", "is", "isis",
    "isolation", "issue", "issuer", "it", "its", "itself", "iwd", "jammy", "java", "jellyfin", "jellyfish", "json", "judged", "jump", "kali",
    "kamailio", "kbytes", "keep", "keepalived", "kept", "kernel", "key", "kill", "kind", "klipper", "knock", "knocked", "knocker", "knocks", "known",
    "kodi", "kube", "l4proto", "label", "lacking", "lang", "large", "last", "later", "layer", "ldap", "leads", "leap", "lease", "leasetime", "least",
    "led", "left", "legacy", "len", "length", "lengths", "level", "levels", "lib", "libcurl", "libraries", "library", "libvirt", "lifetime",
    "lighttpd", "like", "limit", "line", "lines", "link", "links", "linksys", "linux", "list", "listener", "listeners", "literal", "lo", "local",
    "localdomain", "localhost", "location", "lock", "locks", "log", "logging", "long", "longer", "look", "looked", "looks", "lookup", "lookups",
    "loose", "lossy", "lowlatency", "lte", "lts", "lw4o", "lxcbr", "lxdbr", "mac", "machine", "macvlan", "macvtap", "magic", "make", "maker",
    "malformed", "man", "managed", "manager", "mangle", "manjaro", "manufacturer", "many", "map", "mapped", "mapping", "mappings", "mariadbd", "mark",
    "marks", "mask", "masked", "masquerade", "master", "match", "maximum", "mbytes", "mdns", "me", "mean", "media", "medium", "members", "memcached",
    "memory", "merge", "message", "meta", "meter", "method", "mh", "mib", "middle", "mikrotik", "mine", "minecraft", "minimal", "miniserv",
    "miniupnp", "miniupnpd", "mint", "minute", "misformatted", "missing", "mld", "mngtmp", "mnt", "mobile", "mode", "model", "modelname", "mongod",
    "monit", "monthly", "moonraker", "more", "mosquitto", "most", "mountd", "mpd", "mqtt", "mrouted", "ms", "mss", "mtu", "multi", "multibyte",
    "multicast", "multihop", "multiport", "mumble", "murmur", "must", "mx", "myhostname", "myip", "myipv", "mymachines", "mysqld", "name", "named",
    "names", "nameserver", "nat", "nc", "ncat", "nd", "nebula", "needed", "needs", "negative", "neighbor", "neighbours", "neither", "nested", "net",
    "netcat", "netdata", "netdev", "netgear", "netif", "netifd", "netplan", "network", "networkd", "networking", "networkmanager", "never", "new",
    "newconnectionstatus", "newenabled", "newest", "newexternalipaddress", "newexternalipv6address", "newexternalport", "newinternalclient",
    "newinternalport", "newipv6prefix", "newleaseduration", "newportmappingdescription", "newportmappingindex", "newpreferedlifetime",
    "newprefixlength", "newprotocol", "newvalidlifetime", "nextcloud", "nexthdr", "nf", "nflog", "nfproto", "nfqueue", "nfsd", "nft", "nftables",
    "nginx", "nic", "nighthawk", "nis", "nisplus", "nixos", "nlmon", "nm", "nmbd", "nmconnection", "no", "noble", "nobody", "node", "nodeports",
    "noerror", "noip", "nokia", "nomad", "non", "nonce", "none", "nor", "nosuchentry", "nosuchentryinarray", "not", "notauth", "notfound", "nothing",
    "notimp", "notrack", "notzone", "now", "nowhere", "ns", "nsec", "nsec3param", "nsswitch", "ntpd", "null", "numbat", "number", "numeric",
    "numerical", "nxdomain", "nxrrset", "o", "object", "observations", "octet", "octets", "octoprint", "of", "off", "offload", "oif", "oifgroup",
    "oifname", "ok", "on", "one", "only", "onlypermanentleasessupported", "op", "opcode", "open", "opendns", "opening", "openr", "opensuse",
    "openvpn", "openwrt", "operating", "operation", "opnsense", "opt", "option", "options", "opts", "or", "orange", "order", "org", "origin",
    "original", "os", "ospf", "osrelease", "other", "others", "out", "output", "outside", "outstanding", "over", "ovpn", "own", "owner", "owners",
    "package", "packet", "packets", "page", "paperless", "parameter", "partial", "pass", "passwd", "path", "payload", "pcap", "pcapng", "pcp", "peer",
    "pendingdisconnect", "perform", "perl", "permission", "permitted", "persistent", "pfsense", "php", "pi", "picked", "pid", "pihole", "ping",
    "pinhole", "pinholespaceexhausted", "pipe", "pk", "pkt", "pkttype", "pl", "plex", "pmp", "podman", "point", "pol", "policy", "port", "portal",
    "ports", "possible", "post", "postfix", "postgres", "postrouting", "powerline", "ppp", "pppd", "pppoe", "pptpd", "pre", "preferred", "prefix",
    "prefixes", "prerouting", "pretty", "prints", "prio", "priority", "private", "privilege", "privileges", "privoxy", "privs", "problem", "proc",
    "process", "processes", "proftpd", "program", "programs", "progress", "prohibited", "prometheus", "proofs", "proto", "protocol",
    "protocolnotsupported", "proven", "provider", "proxmox", "proxy", "prt", "psh", "ptr", "public", "pure", "purpose", "pushgateway", "pve", "py",
    "python", "qbittorrent", "qnap", "query", "question", "questions", "queue", "quicker", "quota", "ra", "rabbitmq", "ran", "random", "range",
    "raspberry", "raspbian", "raspi", "rate", "rateest", "raw", "rb", "rcheck", "rcode", "rdest", "reachable", "reached", "read", "readable",
    "reading", "reads", "reason", "receive", "received", "receiving", "recent", "record", "records", "recoverable", "recurse", "recursion", "recv",
    "red", "redirect", "redirects", "redis", "references", "referral", "refused", "regular", "reinstall", "reject", "rejected", "rejects", "related",
    "release", "remaining", "remembered", "remote", "remotehost", "remoteport", "removed", "rename", "renderer", "repeater", "replied", "reply",
    "report", "request", "requested", "requests", "required", "requires", "reset", "residential", "resolv", "resolve", "resolved", "resolver",
    "resolvers", "resource", "resources", "responder", "response", "restarted", "restricted", "result", "return", "returned", "revoked", "rewritten",
    "rewrote", "rf", "rfc", "rfs", "right", "ringback", "rmnet", "rocky", "role", "root", "rootdesc", "round", "route", "router", "routeros",
    "routers", "routes", "routines", "rp", "rpc", "rpcbind", "rpfilter", "rpi", "rpmnew", "rpmorig", "rpmsave", "rpt", "rrsig", "rsource", "rst",
    "rt", "rtclassid", "ruby", "rule", "rules", "ruleset", "run", "running", "runs", "rustdesk", "saddr", "sagemcom", "save", "says", "sbin",
    "schemas", "scope", "script", "sctp", "sdifname", "search", "secmark", "second", "seconds", "secpath", "section", "security", "seek", "seen",
    "sees", "self", "selfhost", "semaphores", "send", "sending", "sent", "serial", "server", "servers", "servfail", "service", "services",
    "servicetype", "set", "setgroups", "setresgid", "setresuid", "setting", "settings", "several", "severed", "sh", "shairport", "share", "shared",
    "short", "should", "show", "shutdown", "sid", "signature", "signed", "silent", "sit", "size", "sizes", "skgid", "skip", "skips", "skuid", "slot",
    "smart", "smbd", "smp", "snaplen", "snapserver", "snat", "snoop", "soa", "soapaction", "socat", "socket", "socketpair", "sockets", "software",
    "solicit", "solicitation", "solicitations", "some", "source", "sourceaddressnotroutable", "sources", "space", "specific", "specified",
    "specifiedarrayindexinvalid", "splice", "spool", "sport", "sports", "squid", "src", "srcmask", "srcnat", "srmount", "srv", "ssdp", "ssh", "sshd",
    "ssl", "sss", "st", "stage", "stale", "stand", "standard", "started", "state", "static", "station", "status", "steam", "still", "stmt", "stream",
    "streams", "string", "strongswan", "structure", "stun", "success", "successful", "such", "suffix", "supported", "suse", "svc", "svcb", "swp",
    "symbolic", "syn", "sync", "synchronized", "syncthing", "synology", "synproxy", "sys", "sysctl", "system", "systemd", "table", "tables",
    "tailscale", "takes", "tap", "target", "task", "tcp", "tcpdump", "tcpmss", "tcpoptstrip", "tcpsvd", "team", "teamspeak", "teamviewer",
    "technicolor", "tee", "tempaddr", "temporarily", "temporary", "teredo", "term", "text", "th", "than", "that", "the", "them", "there", "this",
    "thread", "threads", "threshold", "through", "thttpd", "till", "time", "timed", "timeout", "timer", "timers", "times", "timesyncd", "tls", "tmp",
    "to", "told", "toml", "too", "tools", "tor", "tos", "total", "tp", "tproxy", "trace", "track", "traefik", "transaction", "transfer",
    "transferred", "translate", "translated", "transmission", "transport", "tried", "trip", "trixie", "trouble", "troubles", "true", "truncated",
    "trusted", "tryagain", "ts", "ttl", "tumbleweed", "tun", "tunnel", "turn", "two", "txt", "type", "ubiquiti", "ubuntu", "udp", "udplite", "ufw",
    "uhttpd", "ui", "uid", "ulog", "unable", "unavail", "unavailable", "unbound", "unchecked", "unclear", "unconfigured", "understood", "unicast",
    "unifi", "unique", "uniqueid", "unit", "units", "unknown", "unpack", "unreachable", "unresolved", "unsupported", "until", "untracked", "unxz",
    "unzstd", "up", "upd", "update", "updater", "updaters", "upnp", "upnperror", "upto", "urg", "url", "urlbase", "urn", "us", "usb", "use", "used",
    "user", "users", "usev", "using", "usr", "usrfiles", "utf", "uuid", "uvicorn", "uwsgi", "vain", "val", "valheim", "valid", "validmark", "value",
    "values", "vantage", "vantages", "var", "variomedia", "vaultwarden", "vdsl", "ve", "verify", "version", "veth", "virbr", "visit", "vlan", "vmap",
    "vmbr", "vnc", "void", "volumes", "vrf", "vsftpd", "vti", "vxlan", "wait", "waited", "walked", "walks", "wan", "wanconnectiondevice", "wanipconn",
    "wanipconnection", "wanipv6firewallcontrol", "wanpppconnection", "wants", "was", "watched", "way", "web", "webmin", "webv", "week", "weekly",
    "weird", "were", "wg", "wget", "what", "whatismyip", "when", "which", "while", "whitelist", "whole", "whose", "wicked", "wickedd", "wide",
    "winbind", "winbindd", "wins", "wired", "wireguard", "wireless", "with", "without", "wlan", "wlp", "words", "work", "workstation", "write",
    "writes", "wrong", "wwan", "x11vnc", "xdg", "xenix", "xfrm", "xinetd", "xl2tpd", "xmark", "xml", "xmlns", "xor", "xrdp", "xt", "xtables", "xz",
    "yaml", "yes", "yml", "you", "yxdomain", "yxrrset", "zebra", "zen", "zinwell", "zip", "zone", "zones", "zstd", "zt", "zte", "zyxel"
});
static_assert(std::ranges::is_sorted(common_words));

constexpr auto given_names = std::to_array<std::string_view>({"bird", "mark", "marks", "noble", "rocky", "ruby", "sid"});

}  // namespace

bool is_common_word(std::string_view word) {
  constexpr std::size_t longest = 40, most_digits = 3;
  if (word.empty() || word.size() > longest) return false;
  auto lower = lower_case(std::string(word));
  if (std::ranges::binary_search(common_words, std::string_view(lower))) return true;
  std::size_t digits = 0;
  while (digits < lower.size() && digits < most_digits && is_digit(lower[lower.size() - 1 - digits])) ++digits;
  lower.resize(lower.size() - digits);
  const bool is_letter = lower.size() == 1 && lower.front() >= 'a' && lower.front() <= 'z';
  return is_letter || std::ranges::binary_search(common_words, std::string_view(lower));
}

bool is_given_name(std::string_view word) { return std::ranges::find(given_names, lower_case(std::string(word))) != given_names.end(); }

bool holds_given_name(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    const auto length = static_cast<std::size_t>(std::ranges::find_if_not(text.substr(begin), is_letter) - text.substr(begin).begin());
    if (is_given_name(text.substr(begin, length))) return true;
    begin += length + 1;
  }
  return false;
}

}  // namespace ringback::redaction
