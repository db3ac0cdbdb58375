package dev.backfleet.simulation;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.worker.shard.Failure;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A process's way to the server. Requests and answers take time, and may be lost; then nobody knows. When nothing comes any
 * more, neither answer nor error, the process gives up after a while by itself.
 */
final class Link {
    /** How long a worker waits for an answer. */
    private static final long SILENCE = 10_000_000;
    /** How long others do. */
    private static final long SHORT_SILENCE = 5_000_000;

    private static final Failure TAKEN_FOR_NO = Failure.of("55P03", "no answer in time");

    private final Server server;
    private final Node node;
    private final Weather weather;
    private final Set<Flight> flights = new LinkedHashSet<>();
    private boolean cut;
    private long holeUntil;

    Link(Server server, Node node, Weather weather) {
        this.server = server;
        this.node = node;
        this.weather = weather;
        server.links.add(this);
    }

    /** Cuts it, or mends it. */
    void cut(boolean now) {
        cut = now;
    }

    /** Lets everything vanish for a while, without an error. */
    void swallow(long length) {
        holeUntil = Math.max(holeUntil, server.time.now() + length);
        fallSilent();
    }

    /** Whatever is under way may never be answered. */
    void fallSilent() {
        var now = server.time.now();
        flights.removeIf(flight -> !node.lives(flight.life));
        flights.forEach(flight ->
                server.time.after(Math.max(0, flight.sentAt + SILENCE - now), node, () -> flight.fail(lost())));
    }

    /** Whether nobody knows whether what failed was done. */
    static boolean isUnknown(Failure failure) {
        return failure.kind() == ErrorKind.CONNECTION_LOST || failure.equals(TAKEN_FOR_NO);
    }

    private Failure lost() {
        return server.mutant == Mutant.LOST_ANSWER_TAKEN_FOR_NO ? TAKEN_FOR_NO : ShardStatements.BROKEN;
    }

    private boolean isSilent() {
        return Math.max(holeUntil, server.silentUntil()) > server.time.now();
    }

    /** Asks, and goes on when the answer is there. */
    <T> void ask(Consumer<Answer<T>> request, Consumer<T> done, Consumer<Failure> failed) {
        var time = server.time;
        var flight = new Flight(time.now(), failed);
        if (isBroken(flight.boots)) {
            time.after(weather.timeout(), node, () -> failed.accept(ShardStatements.BROKEN));
            return;
        }
        flights.add(flight);
        if (isSilent()) {
            time.after(SILENCE, node, () -> flight.fail(lost()));
        }
        var hole = Math.max(0, holeUntil - time.now());
        if (hole > SILENCE) {
            return;
        }
        if (weather.resets()) {
            // The connection breaks while the server is at work, which goes on.
            time.after(weather.timeout(), node, () -> flight.fail(lost()));
        }
        server.later(hole + weather.latency(), () -> {
            if (isBroken(flight.boots)) {
                flight.back(() -> flight.failed.accept(ShardStatements.BROKEN));
                return;
            }
            request.accept(new Answer<>() {
                @Override
                public void done(T result) {
                    flight.back(() -> done.accept(result));
                }

                @Override
                public void failed(Failure failure) {
                    flight.back(() -> flight.failed.accept(failure));
                }
            });
        });
    }

    /**
     * Asks, and waits for the answer.
     *
     * @throws Unreachable if none came; then nobody knows whether it was done
     * @throws Killed if the process did not survive the wait
     */
    <T> T await(Supplier<T> request) {
        var boots = server.boots();
        if (isBroken(boots)) {
            server.time.block(node, weather.timeout());
            throw new Unreachable();
        }
        pause();
        silent();
        if (isBroken(boots)) {
            throw new Unreachable();
        }
        var result = request.get();
        pause();
        silent();
        if (isBroken(boots) || weather.losesAnswer()) {
            throw new Unreachable();
        }
        return result;
    }

    private void silent() {
        if (isSilent()) {
            var rest = Math.max(holeUntil, server.silentUntil()) - server.time.now();
            server.time.block(node, Math.min(rest, SHORT_SILENCE));
            if (rest > SHORT_SILENCE) {
                throw new Unreachable();
            }
        }
    }

    /** The process may die here. */
    private void pause() {
        if (weather.killsHere()) {
            node.kill();
            throw new Killed();
        }
        if (weather.takesTime()) {
            server.time.block(node, weather.latency());
        }
    }

    private boolean isBroken(long boots) {
        return cut || !server.isUp() || server.boots() != boots;
    }

    /** A question that is under way. */
    private final class Flight {
        final long sentAt;
        final Consumer<Failure> failed;
        final long boots = server.boots();
        final int life = node.life();
        private boolean over;

        Flight(long sentAt, Consumer<Failure> failed) {
            this.sentAt = sentAt;
            this.failed = failed;
        }

        void fail(Failure failure) {
            give(() -> failed.accept(failure));
        }

        /** The answer sets out. */
        void back(Runnable what) {
            if (over || !node.lives(life)) {
                flights.remove(this);
            } else if (isBroken(boots) || weather.losesAnswer()) {
                server.time.after(weather.timeout(), node, () -> fail(lost()));
            } else {
                var hole = Math.max(0, holeUntil - server.time.now());
                server.time.after(hole + weather.latency(), node, () -> give(what));
            }
        }

        private void give(Runnable what) {
            if (!over && node.lives(life)) {
                over = true;
                flights.remove(this);
                what.run();
            }
        }
    }
}
