package dev.backfleet.common.kafka;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * An admin client that is replaced after a request that was not answered in time. Kafka's admin client waits up to an
 * hour for the first answer on a new connection: a connection that was opened while the network dropped all packets
 * would block every request until then.
 */
public final class RenewableAdmin implements AutoCloseable {
    private final Supplier<Admin> maker;
    private @Nullable Admin current;

    /**
     * The client is created when it is first used.
     *
     * @param maker makes a client
     */
    public RenewableAdmin(Supplier<Admin> maker) {
        this.maker = maker;
    }

    /** The current client. */
    public synchronized Admin get() {
        var admin = current;
        if (admin == null) {
            admin = maker.get();
            current = admin;
        }
        return admin;
    }

    /** Closes the client and fails its pending requests; the next use creates another client. */
    public synchronized void renew() {
        var admin = current;
        current = null;
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        renew();
    }
}
