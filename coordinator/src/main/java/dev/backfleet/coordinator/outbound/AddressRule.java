package dev.backfleet.coordinator.outbound;

import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides to which addresses the coordinator sends requests. A person who may write an address could make it send requests from inside
 * its network; metadata services, which return credentials, have link-local addresses or well-known ones.
 *
 * @param permitted names of hosts, in lower case; empty: every host
 * @param setting the setting that lists them, for messages
 */
public record AddressRule(Set<String> permitted, String setting) {

    /** Every host that has no link-local or metadata address. */
    public static final AddressRule ALL_BUT_LINK_LOCAL = new AddressRule(Set.of(), "");

    // The metadata services that are not at link-local addresses: of AWS and of Google over IPv6, of Alibaba Cloud, of
    // Azure and of
    // Oracle.
    private static final List<String> METADATA = List.of(
            "fd00:ec2:0:0:0:0:0:254", "fd20:ce:0:0:0:0:0:254", "100.100.100.200", "168.63.129.16", "192.0.0.192");
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    // Of an IPv6 address that has an IPv4 address in it: its first bytes, and where the IPv4 address begins.
    private static final List<Embedded> EMBEDDED = List.of(
            new Embedded("000000000000000000000000", 12), // compatible, obsolete
            new Embedded("00000000000000000000ffff", 12), // mapped
            new Embedded("0064ff9b0000000000000000", 12), // NAT64
            new Embedded("2002", 2)); // 6to4

    public AddressRule {
        permitted = Set.copyOf(permitted);
    }

    /**
     * Where a request to an address may go. Resolves its host, which may take seconds.
     *
     * @throws RefusedAddressException if it may not be sent, or its host is unknown
     */
    public List<InetAddress> resolve(URI address) {
        var scheme = address.getScheme();
        var host = address.getHost();
        if (host == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            throw new RefusedAddressException("it is not an http or https address");
        }
        if (!permitted.isEmpty() && !permitted.contains(host.toLowerCase(Locale.ROOT))) {
            throw new RefusedAddressException("its host is not among " + setting + " of the coordinator");
        }
        try {
            var resolved = List.of(InetAddress.getAllByName(host));
            if (resolved.stream().anyMatch(AddressRule::isForbidden)) {
                throw new RefusedAddressException("its host has a link-local or metadata address");
            }
            return resolved;
        } catch (UnknownHostException e) {
            throw new RefusedAddressException("its host is unknown");
        }
    }

    /** Why no request is sent to an address; nothing if it is permitted. */
    public Optional<String> refusal(URI address) {
        try {
            resolve(address);
            return Optional.empty();
        } catch (RefusedAddressException e) {
            return Optional.of(e.why());
        }
    }

    private static boolean isForbidden(InetAddress address) {
        return address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || METADATA.contains(address.getHostAddress())
                || embedded(address).filter(AddressRule::isForbidden).isPresent();
    }

    // A gateway sends packets to such an address on to the IPv4 address in it.
    private static Optional<InetAddress> embedded(InetAddress address) {
        if (!(address instanceof Inet6Address) || address.isLoopbackAddress()) {
            return Optional.empty();
        }
        var bytes = address.getAddress();
        return EMBEDDED.stream().filter(form -> form.matches(bytes)).findFirst().map(form -> form.within(bytes));
    }

    private record Embedded(String prefix, int from) {
        boolean matches(byte[] bytes) {
            return "%032x".formatted(new BigInteger(1, bytes)).startsWith(prefix) && bytes.length == IPV6_BYTES;
        }

        InetAddress within(byte[] bytes) {
            var inner = new byte[IPV4_BYTES];
            System.arraycopy(bytes, from, inner, 0, IPV4_BYTES);
            try {
                return InetAddress.getByAddress(inner);
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
