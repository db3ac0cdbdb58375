package dev.backfleet.coordinator.live;

import dev.backfleet.common.clock.Ticker;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to a client as they come (server-sent events). It writes only while the connection takes something, and so needs no
 * thread: whatever the clients do, none of them keeps another one waiting. A client that takes nothing for seconds is dropped.
 */
public final class EventStream implements Viewer, WriteListener {
    private static final String FIRST = "retry: 2000\n\n";
    private static final String PING = ": ping\n\n";
    private static final Duration SILENCE = Duration.ofSeconds(15);
    private static final Duration BLOCKED = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final ServletOutputStream out;
    private final Runnable abort;
    private final Ticker ticker;
    private final Duration begun;
    private final Mailbox mailbox = new Mailbox();
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    private String comment = FIRST;
    private Duration sentAt;
    private @Nullable Duration blockedSince;
    private boolean opened;
    private boolean unflushed;
    private boolean ending;

    /**
     * A stream.
     *
     * @param out where to, of a request that is asynchronous
     * @param abort closes the connection, whatever is being sent
     */
    public EventStream(ServletOutputStream out, Runnable abort, Ticker ticker) {
        this.out = out;
        this.abort = abort;
        this.ticker = ticker;
        this.begun = ticker.now();
        this.sentAt = begun;
    }

    /** Begins to send; completes when it has ended. */
    public CompletableFuture<@Nullable Void> begin() {
        out.setWriteListener(this);
        return done;
    }

    @Override
    public synchronized void tell(String event, String data) {
        mailbox.put(event, data);
        send();
    }

    @Override
    public synchronized void tick() {
        var now = ticker.now();
        if (blockedSince != null && now.minus(blockedSince).compareTo(BLOCKED) > 0) {
            drop();
            return;
        }
        if (now.minus(begun).compareTo(LONGEST) > 0) {
            ending = true;
        } else if (now.minus(sentAt).compareTo(SILENCE) >= 0) {
            comment = PING;
        }
        send();
    }

    @Override
    public synchronized void end() {
        ending = true;
        send();
    }

    @Override
    public boolean ended() {
        return done.isDone();
    }

    @Override
    public synchronized void onWritePossible() {
        opened = true;
        blockedSince = null;
        send();
    }

    @Override
    public void onError(Throwable failure) {
        done.complete(null);
    }

    private void send() {
        if (!opened || done.isDone()) {
            return;
        }
        try {
            while (out.isReady()) {
                var next = next();
                if (next == null && unflushed) {
                    unflushed = false;
                    out.flush();
                } else if (next == null) {
                    if (ending) {
                        done.complete(null);
                    }
                    return;
                } else {
                    unflushed = true;
                    sentAt = ticker.now();
                    out.write(next.getBytes(StandardCharsets.UTF_8));
                }
            }
            blockedSince = blockedSince == null ? ticker.now() : blockedSince;
        } catch (IOException | IllegalStateException e) {
            done.complete(null);
        }
    }

    private @Nullable String next() {
        if (!comment.isEmpty()) {
            var written = comment;
            comment = "";
            return written;
        }
        return mailbox.take().orElse(null);
    }

    private void drop() {
        abort.run();
        done.complete(null);
    }
}
