package dev.backfleet.coordinator.throttle;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides to which addresses of specs the coordinator sends requests. A user who may submit a job could make the coordinator
 * send requests from inside its network; metadata services, which return credentials, have link-local addresses.
 *
 * @param permitted names of hosts, in lower case; empty: every host without such an address
 */
public record HttpHosts(Set<String> permitted) {

    /** Without a list. */
    public static final HttpHosts ALL_BUT_LINK_LOCAL = new HttpHosts(Set.of());

    // The metadata services that are not at link-local addresses: of AWS over IPv6, and of Alibaba Cloud.
    private static final List<String> METADATA = List.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200");

    public HttpHosts {
        permitted = Set.copyOf(permitted);
    }

    /**
     * Why no request is sent to an address; nothing if it is permitted. Resolves its host, which may take seconds. The answer is valid for the request
     * that follows, since the JVM caches resolved names.
     */
    public Optional<String> refusal(URI address) {
        var scheme = address.getScheme();
        var host = address.getHost();
        if (host == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            return Optional.of("it is not an http or https address");
        }
        if (!permitted.isEmpty()) {
            return permitted.contains(host.toLowerCase(Locale.ROOT))
                    ? Optional.empty()
                    : Optional.of("its host is not among BACKFLEET_THROTTLE_HTTP_HOSTS of the coordinator");
        }
        try {
            for (var resolved : InetAddress.getAllByName(host)) {
                if (resolved.isLinkLocalAddress()
                        || resolved.isAnyLocalAddress()
                        || METADATA.contains(resolved.getHostAddress())) {
                    return Optional.of("its host has a link-local or metadata address, which is permitted only if "
                            + "BACKFLEET_THROTTLE_HTTP_HOSTS of the coordinator names it");
                }
            }
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of("its host is unknown");
        }
    }
}
