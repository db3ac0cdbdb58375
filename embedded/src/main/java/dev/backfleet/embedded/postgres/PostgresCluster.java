package dev.backfleet.embedded.postgres;

import dev.backfleet.embedded.process.Command;
import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.embedded.process.LogTail;
import dev.backfleet.embedded.process.ServerDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One data directory and the programs that create it, start it and stop it. The server runs in a process session of its
 * own, so that a Ctrl-C for this process does not reach it.
 */
final class PostgresCluster {

    static final String USER = "postgres";

    private static final Logger log = LoggerFactory.getLogger(PostgresCluster.class);
    private static final String SETTINGS_FILE = "backfleet.conf";
    private static final String STARTUP_LIMIT_SECONDS = "300";
    private static final String STOP_LIMIT_SECONDS = "60";

    private final Path directory;
    private final boolean temporary;
    private final ServerAccount account;
    private final Path programs;

    PostgresCluster(ServerDirectory directory, ServerAccount account) {
        this.directory = directory.path();
        this.temporary = directory.temporary();
        this.account = account;
        this.programs = PostgresBinaries.unpacked(account).resolve("bin");
    }

    Path logFile() {
        return directory.resolve("postgres.log");
    }

    /** Creates the data directory if there is none, and stops a server that its owner left running. */
    void prepare() {
        try {
            if (Files.isDirectory(data())) {
                stopOrphan();
            } else {
                create();
            }
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot prepare the data directory " + data(), e);
        }
    }

    /** Makes the data directory a copy of a running server's, to be started as its standby. */
    void copyOf(PostgresCluster primary, String url, String slot) {
        try {
            var beside = directory.resolve("data.new");
            BaseBackup.take(url, slot, primary.data(), beside);
            Files.move(beside, data(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot prepare the data directory " + data(), e);
        }
    }

    /** Makes a standby a primary, and returns when it takes writes. */
    void promote() {
        var promoted = pgCtl("promote", "-w", "-t", STARTUP_LIMIT_SECONDS, "-s");
        if (!promoted.succeeded()) {
            throw new EmbeddedServerException("PostgreSQL was not promoted: " + promoted.output());
        }
    }

    /** Returns when the server accepts connections. */
    void start(int port, Map<String, String> settings) {
        long mark = LogTail.mark(logFile());
        try {
            Files.writeString(data().resolve(SETTINGS_FILE), PostgresSettings.file(port, settings));
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot write the settings of " + data(), e);
        }
        account.own(directory);
        var started = pgCtl(
                "start",
                "-w",
                "-t",
                STARTUP_LIMIT_SECONDS,
                "-s",
                "-l",
                logFile().toString());
        if (!started.succeeded()) {
            var why = started.output() + "\n" + LogTail.since(logFile(), mark);
            if (Postmaster.of(data()).isRunning()) {
                stop();
            }
            throw new EmbeddedServerException("PostgreSQL did not start on port " + port + ": " + why);
        }
    }

    /** Ends the server's sessions and writes everything to disk; a server that cannot do that is ended at once. */
    void stop() {
        if (!Command.run(stopCommand("fast")).succeeded()
                && Postmaster.of(data()).isRunning()) {
            log.atWarn().addKeyValue("data", data()).log("PostgreSQL does not stop, ending it at once");
            stopImmediately();
        }
    }

    /** Ends the server as a crash would: the next start recovers from the write-ahead log. */
    void stopImmediately() {
        var postmaster = Postmaster.of(data());
        if (!Command.run(stopCommand("immediate")).succeeded() && postmaster.isRunning()) {
            log.atWarn().addKeyValue("pid", postmaster.pid()).log("PostgreSQL does not end, killing it");
            postmaster.kill();
        }
        postmaster.awaitEnd();
    }

    long pid() {
        return Postmaster.of(data()).pid();
    }

    boolean isAlive() {
        return Postmaster.of(data()).isRunning();
    }

    List<Long> pids() {
        return Postmaster.of(data()).pids();
    }

    /** The command that stops the server in the given mode; another process may run it too. */
    List<String> stopCommand(String mode) {
        return pgCtlCommand("stop", "-w", "-t", STOP_LIMIT_SECONDS, "-s", "-m", mode);
    }

    private Path data() {
        return directory.resolve("data");
    }

    private void stopOrphan() throws IOException {
        var postmaster = Postmaster.of(data());
        if (postmaster.isRunning()) {
            log.atWarn()
                    .addKeyValue("pid", postmaster.pid())
                    .log("stopping the PostgreSQL that its owner left running");
            account.own(directory);
            stop();
        } else {
            // The process id may belong to an unrelated process now, which the server would take for its predecessor.
            postmaster.forget();
        }
    }

    // Created beside and moved in one step: a data directory of that name is complete.
    private void create() throws IOException {
        var beside = directory.resolve("data.new");
        if (Files.exists(beside)) {
            ServerDirectory.delete(beside);
        }
        Files.createDirectory(beside);
        account.own(directory);
        var created = Command.run(account.command(InitDb.command(programs, account, beside, USER, temporary)));
        if (!created.succeeded()) {
            throw new EmbeddedServerException("initdb failed: " + created.output());
        }
        var file = beside.resolve("postgresql.conf");
        Files.writeString(file, Files.readString(file) + "\ninclude = '" + SETTINGS_FILE + "'\n");
        Files.move(beside, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    private Command.Result pgCtl(String... words) {
        return Command.run(pgCtlCommand(words));
    }

    private List<String> pgCtlCommand(String... words) {
        var command = new ArrayList<>(List.of(programs.resolve("pg_ctl").toString(), "-D", data().toString()));
        command.addAll(List.of(words));
        return account.command(command);
    }
}
