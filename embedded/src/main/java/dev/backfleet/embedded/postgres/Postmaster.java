package dev.backfleet.embedded.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The server process that a data directory's pid file names. It may have ended, and its id may belong to another
 * process.
 */
final class Postmaster {

    private static final int END_LOOKS = 1_000;
    private static final Duration END_PAUSE = Duration.ofMillis(5);

    private final Path pidFile;
    private final Optional<ProcessHandle> process;

    private Postmaster(Path pidFile, Optional<ProcessHandle> process) {
        this.pidFile = pidFile;
        this.process = process;
    }

    /** As the pid file says now. */
    static Postmaster of(Path data) {
        var pidFile = data.resolve("postmaster.pid");
        return new Postmaster(pidFile, pid(pidFile).flatMap(ProcessHandle::of).filter(Postmaster::isPostgres));
    }

    boolean isRunning() {
        return process.filter(handle -> handle.isAlive() && isPostgres(handle)).isPresent();
    }

    /** The number of the running process; 0 if there is none. */
    long pid() {
        return process.map(ProcessHandle::pid).orElse(0L);
    }

    /** The running process and its children. */
    List<Long> pids() {
        return process.stream()
                .flatMap(main -> Stream.concat(Stream.of(main), main.descendants()))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** Ends the process with SIGKILL; its sessions notice and end as well. */
    void kill() {
        process.ifPresent(ProcessHandle::destroyForcibly);
    }

    /**
     * Waits for the process to end, shortly after it has removed its pid file. Does not use {@code onExit}: without an
     * init process that reaps orphans, as in many containers, an ended process stays in the process list.
     */
    void awaitEnd() {
        for (int look = 0; look < END_LOOKS && isRunning(); look++) {
            LockSupport.parkNanos(END_PAUSE.toNanos());
        }
    }

    /** Removes the pid file of a server that is gone. */
    void forget() throws IOException {
        Files.deleteIfExists(pidFile);
    }

    private static Optional<Long> pid(Path pidFile) {
        try {
            return Files.readString(pidFile).lines().findFirst().map(line -> Long.parseLong(line.strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    // A process without a visible command has ended, or belongs to another user: it cannot be our server.
    private static boolean isPostgres(ProcessHandle process) {
        return process.info()
                .command()
                .filter(command -> Path.of(command).endsWith("postgres"))
                .isPresent();
    }
}
