package dev.backfleet.coordinator.access;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.settings.HttpCatalogue;
import dev.backfleet.common.settings.ListenAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nobody signs in: whoever can connect to this host's loopback addresses may read, except keys. A page of a browser is kept out that has
 * its own name resolved to a loopback address: such a request names that host.
 */
public final class LoopbackAccess implements Access {
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Caller ANYBODY = new Caller("anybody on this host", false, List.of(Role.VIEWER));

    private final String own;

    /**
     * For a listener.
     *
     * @throws ExplainedFailure INVALID if others could connect to it
     */
    public static LoopbackAccess of(ListenAddress address) {
        if (!isLoopback(address.host())) {
            throw new ExplainedFailure(
                    Kind.INVALID,
                    HttpCatalogue.HTTP_LISTEN.name() + "=" + address + " with " + HttpCatalogue.HTTP_AUTH.name()
                            + "=none would answer everybody in the network;",
                    "set it to a loopback address such as 127.0.0.1:" + address.port()
                            + " and let a proxy that signs people in pass requests on, or to none");
        }
        return new LoopbackAccess(name(address.toString()));
    }

    /** @param own the host that it listens on, as clients write it */
    private LoopbackAccess(String own) {
        this.own = own;
    }

    @Override
    public Caller identify(Credentials credentials) {
        var name = name(credentials.host());
        if (!NAMES.contains(name) && !name.equals(own)) {
            throw new AccessDenied(
                    "the host of the request is no name of this host's loopback addresses",
                    "ask for localhost or 127.0.0.1; a proxy must set the header Host to it");
        }
        return ANYBODY;
    }

    private static String name(@Nullable String host) {
        return host == null ? "" : host.replaceFirst(":[0-9]+$", "").toLowerCase(Locale.ROOT);
    }

    private static boolean isLoopback(String host) {
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(InetAddress::isLoopbackAddress);
        } catch (UnknownHostException e) {
            // Then it cannot listen there either, which says so.
            return true;
        }
    }
}
