package dev.backfleet.simulation;

import dev.backfleet.worker.execute.Failure;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A process's way to the server. Requests and answers take time, and may be lost; then nobody knows. */
final class Link {
    private final Server server;
    private final Node node;
    private final Weather weather;
    private boolean cut;

    Link(Server server, Node node, Weather weather) {
        this.server = server;
        this.node = node;
        this.weather = weather;
    }

    /** Cuts it, or mends it. */
    void cut(boolean now) {
        cut = now;
    }

    /** Asks, and goes on when the answer is there. */
    <T> void ask(Consumer<Answer<T>> request, Consumer<T> done, Consumer<Failure> failed) {
        var time = server.time;
        var boots = server.boots();
        if (isBroken(boots)) {
            time.after(weather.timeout(), node, () -> failed.accept(ShardStatements.BROKEN));
            return;
        }
        var life = node.life();
        var given = new boolean[1];
        if (weather.resets()) {
            // The connection breaks while the server is at work, which goes on.
            time.after(weather.timeout(), node, once(given, () -> failed.accept(ShardStatements.BROKEN)));
        }
        Consumer<Runnable> back = what -> {
            if (node.lives(life) && !given[0]) {
                if (isBroken(boots) || weather.losesAnswer()) {
                    time.after(weather.timeout(), node, once(given, () -> failed.accept(ShardStatements.BROKEN)));
                } else {
                    time.after(weather.latency(), node, once(given, what));
                }
            }
        };
        time.after(weather.latency(), () -> {
            if (isBroken(boots)) {
                back.accept(() -> failed.accept(ShardStatements.BROKEN));
                return;
            }
            request.accept(new Answer<>() {
                @Override
                public void done(T result) {
                    back.accept(() -> done.accept(result));
                }

                @Override
                public void failed(Failure failure) {
                    back.accept(() -> failed.accept(failure));
                }
            });
        });
    }

    private static Runnable once(boolean[] given, Runnable what) {
        return () -> {
            if (!given[0]) {
                given[0] = true;
                what.run();
            }
        };
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
        if (isBroken(boots)) {
            throw new Unreachable();
        }
        var result = request.get();
        pause();
        if (isBroken(boots) || weather.losesAnswer()) {
            throw new Unreachable();
        }
        return result;
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
}
