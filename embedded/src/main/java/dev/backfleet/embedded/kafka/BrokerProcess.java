package dev.backfleet.embedded.kafka;

import dev.backfleet.embedded.process.ChildJvm;
import dev.backfleet.embedded.process.Command;
import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.embedded.process.LogTail;
import dev.backfleet.embedded.process.ServerDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One run of {@link BrokerMain} as a child that a Ctrl-C at the terminal does not reach. */
final class BrokerProcess {

    // Measured as the quickest start and the smallest memory that serve a test's or a demo's load.
    private static final List<String> JVM_FLAGS = List.of(
            "-Xmx160m",
            "-Xms64m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:ReservedCodeCacheSize=48m",
            "-Xshare:auto",
            "-XX:+ExitOnOutOfMemoryError");

    private static final long START_LIMIT_SECONDS = 90;
    private static final long STOP_LIMIT_SECONDS = 20;

    private final Process process;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private BrokerProcess(Process process) {
        this.process = process;
        var reader = new Thread(this::readOutput, "broker-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the child and returns when the broker answers. */
    static BrokerProcess start(ServerDirectory directory, boolean shareGroups) {
        var log = directory.path().resolve(BrokerMain.LOG_FILE);
        long mark = LogTail.mark(log);
        try {
            var broker = new BrokerProcess(new ProcessBuilder(command(directory, shareGroups))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start());
            broker.awaitReady(log, mark);
            return broker;
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot start a JVM for the Kafka broker", e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the broker by SIGTERM; by SIGKILL if it does not end in time. */
    void stop() {
        process.destroy();
        try {
            if (process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    /** Ends the broker by SIGKILL. */
    void kill() {
        process.destroyForcibly();
        Command.awaitExit(process);
    }

    // The class path is in a file, since it may be longer than a command line can be. The shell makes the child ignore
    // the interrupt that a terminal sends to all processes in the foreground: the parent decides when the broker ends.
    private static List<String> command(ServerDirectory directory, boolean shareGroups) throws IOException {
        var arguments = directory.path().resolve("broker.arguments");
        var words = Stream.of(
                JVM_FLAGS,
                ChildJvm.options(),
                List.of(
                        "-cp",
                        BrokerClassPath.text(),
                        BrokerMain.class.getName(),
                        directory.path().toString(),
                        Boolean.toString(directory.temporary()),
                        Boolean.toString(shareGroups)));
        Files.writeString(
                arguments,
                words.flatMap(List::stream).map(BrokerProcess::quoted).collect(Collectors.joining("\n")));
        return List.of("/bin/sh", "-c", "trap '' INT; exec \"$0\" \"$1\"", ChildJvm.java(), "@" + arguments);
    }

    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void awaitReady(Path log, long mark) {
        try {
            ready.get(START_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            kill();
            throw new EmbeddedServerException("the Kafka broker did not start: " + LogTail.since(log, mark), e);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw new EmbeddedServerException("interrupted while the Kafka broker was starting", e);
        }
    }

    // Continues reading after the ready line, so that the child never waits for a reader.
    private void readOutput() {
        try (var lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(BrokerMain.READY)) {
                    ready.complete(null);
                }
            }
            ready.completeExceptionally(new IOException("the child has ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }
}
