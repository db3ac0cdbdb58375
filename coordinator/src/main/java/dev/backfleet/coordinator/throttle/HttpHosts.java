package dev.backfleet.coordinator.throttle;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses of specs the coordinator asks. Whoever may submit a job makes the coordinator send requests from where it
 * is; the services that tell a machine its secrets answer at link-local addresses.
 *
 * @param permitted names of hosts, in lower case; empty: every host without such an address
 */
public record HttpHosts(Set<String> permitted) {

    /** Without a list. */
    public static final HttpHosts ALL_BUT_LINK_LOCAL = new HttpHosts(Set.of());

    // The metadata services that are not at link-local addresses: of AWS over IPv6, and of Alibaba Cloud.
    private static final List<String> METADATA = List.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200");

    /** Copies the set. */
    public HttpHosts {
        permitted = Set.copyOf(permitted);
    }

    /**
     * Why an address is not asked; nothing if it is. Resolves its host, which may take seconds. The answer is valid for the request
     * that follows, since the JVM remembers what it has resolved.
     */
    public Optional<String> refusal(URI address) {
        var scheme = address.getScheme();
        var host = address.getHost();
        if (host == null || !("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))) {
            return Optional.of("it is no http or https address");
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
                    return Optional.of("its host has a link-local or metadata address, which is asked only if "
                            + "BACKFLEET_THROTTLE_HTTP_HOSTS of the coordinator names it");
                }
            }
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of("its host is unknown");
        }
    }
}
