package dev.backfleet.simulation.server;

import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.simulation.fault.FaultModel;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.time.Killed;
import dev.backfleet.simulation.time.Node;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.Failures;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A process's connection to the server. Requests and answers take time and may be lost; then the outcome is unknown. If
 * neither an answer nor an error arrives, the process times out.
 */
public final class Link {
    /** How long a worker waits for an answer. */
    private static final long PROOF_TIMEOUT = 10_000_000;
    /** How long others do. */
    private static final long SHORT_SILENCE = 5_000_000;

    private static final Failure TAKEN_FOR_NO = Failures.of("55P03", "no answer in time");

    private final Server server;
    private final Node node;
    private final FaultModel faultModel;
    private final Set<Flight> flights = new LinkedHashSet<>();
    private boolean cut;
    private long holeUntil;

    public Link(Server server, Node node, FaultModel faultModel) {
        this.server = server;
        this.node = node;
        this.faultModel = faultModel;
        server.links.add(this);
    }

    /** Disconnects or reconnects it. */
    public void cut(boolean now) {
        cut = now;
    }

    /** Drops all messages for a while, without an error. */
    public void swallow(long length) {
        holeUntil = Math.max(holeUntil, server.time.now() + length);
        fallSilent();
    }

    /** Requests in flight may never be answered. */
    void fallSilent() {
        var now = server.time.now();
        flights.removeIf(flight -> !node.lives(flight.life));
        flights.forEach(flight ->
                server.time.after(Math.max(0, flight.sentAt + PROOF_TIMEOUT - now), node, () -> flight.fail(lost())));
    }

    /** Whether the outcome of the failed request is unknown. */
    public static boolean isUnknown(Failure failure) {
        return failure.kind() == ErrorKind.CONNECTION_LOST || failure.equals(TAKEN_FOR_NO);
    }

    private Failure lost() {
        return server.mutant == Mutant.LOST_ANSWER_TAKEN_FOR_NO ? TAKEN_FOR_NO : ShardStatements.BROKEN;
    }

    private boolean isSilent() {
        return Math.max(holeUntil, server.silentUntil()) > server.time.now();
    }

    /** Sends a request, and calls back with the answer. */
    public <T> void ask(Consumer<Answer<T>> request, Consumer<T> done, Consumer<Failure> failed) {
        var time = server.time;
        var flight = new Flight(time.now(), failed);
        if (isBroken(flight.boots)) {
            time.after(faultModel.timeout(), node, () -> failed.accept(ShardStatements.BROKEN));
            return;
        }
        flights.add(flight);
        if (isSilent()) {
            time.after(PROOF_TIMEOUT, node, () -> flight.fail(lost()));
        }
        var hole = Math.max(0, holeUntil - time.now());
        if (hole > PROOF_TIMEOUT) {
            return;
        }
        if (faultModel.resets()) {
            // The connection is lost while the server executes the request, which it completes.
            time.after(faultModel.timeout(), node, () -> flight.fail(lost()));
        }
        server.later(hole + faultModel.latency(), () -> {
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
     * Sends a request and waits for the answer.
     *
     * @throws Unreachable if no answer arrived; then the outcome is unknown
     * @throws Killed if the process did not survive the wait
     */
    public <T> T await(Supplier<T> request) {
        var boots = server.boots();
        if (isBroken(boots)) {
            server.time.block(node, faultModel.timeout());
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
        if (isBroken(boots) || faultModel.losesAnswer()) {
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
        if (faultModel.killsHere()) {
            node.kill();
            throw new Killed();
        }
        if (faultModel.takesTime()) {
            server.time.block(node, faultModel.latency());
        }
    }

    private boolean isBroken(long boots) {
        return cut || !server.isUp() || server.boots() != boots;
    }

    /** A request in flight. */
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

        /** The answer is sent. */
        void back(Runnable what) {
            if (over || !node.lives(life)) {
                flights.remove(this);
            } else if (isBroken(boots) || faultModel.losesAnswer()) {
                server.time.after(faultModel.timeout(), node, () -> fail(lost()));
            } else {
                var hole = Math.max(0, holeUntil - server.time.now());
                server.time.after(hole + faultModel.latency(), node, () -> give(what));
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
