package topology

import (
	"encoding/binary"
	"net/netip"
)

// subnet is the index-th part of a network, of the given prefix length. The
// configuration's bounds on address spaces keep every call inside the network.
func subnet(space netip.Prefix, bits, index int) netip.Prefix {
	base := space.Addr().As4()
	address := binary.BigEndian.Uint32(base[:]) + uint32(index)<<(32-bits)
	var part [4]byte
	binary.BigEndian.PutUint32(part[:], address)
	return netip.PrefixFrom(netip.AddrFrom4(part), bits)
}

// NotInternet are the addresses of other tenants, of machines and of peered networks:
// RFC 1918, RFC 6598 and link-local.
var NotInternet = []string{"10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"}
