package dev.backfleet.common.kafka;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * An admin client that is replaced after a question that was not answered in time. Kafka's own waits for an hour for the
 * first answer on a new connection: one that was opened while the broker was cut off without a word would keep it from
 * asking anything until then.
 */
public final class RenewableAdmin implements AutoCloseable {
    private final Supplier<Admin> maker;
    private @Nullable Admin current;

    /**
     * Creates it; the client is made when it is needed.
     *
     * @param maker makes a client
     */
    public RenewableAdmin(Supplier<Admin> maker) {
        this.maker = maker;
    }

    /** The client as it is now. */
    public synchronized Admin get() {
        var admin = current;
        if (admin == null) {
            admin = maker.get();
            current = admin;
        }
        return admin;
    }

    /** Ends the client, with all that waits for its answers; the next use makes another one. */
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
