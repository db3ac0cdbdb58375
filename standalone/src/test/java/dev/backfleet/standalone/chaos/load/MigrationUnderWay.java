package dev.backfleet.standalone.chaos.load;

import dev.backfleet.standalone.chaos.site.LostTail;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Site;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.faults.CommandLine;
import dev.backfleet.standalone.faults.KilledCommand;
import dev.backfleet.standalone.faults.ThreeKindsOfCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Migrations of a table of people, one after the other, beside an application of three versions: each is applied by commands that are killed
 * at any moment, switched and taken back, and aborted.
 */
public final class MigrationUnderWay implements Runnable, AutoCloseable {
    private static final int ROWS = 6_000;
    private static final int LONGEST_COMMAND_MILLIS = 12_000;
    private static final long LOOK_MILLIS = 100;
    private static final String SHAPES_THAT_DIFFER = """
            select count(*) from people where full_name <> concat_ws(' ', first_name, last_name)
              or first_name is distinct from split_part(full_name, ' ', 1)
            """;
    private static final String FILE = """
            migration: %s
            table: public.people
            from: [full_name]
            to:
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
              last_name: { type: text, up: "substr(full_name, strpos(full_name, ' ') + 1)" }
            down: { full_name: "concat_ws(' ', first_name, last_name)" }
            backfill: { shard: { rows: 2000 }, batch: { max-rows: 200 }, throttle: none }
            finish:
              - index: { name: people_names, on: [last_name, first_name] }
              - not-null: first_name
            """;

    private final Site site;
    private final CommandLine commands;
    private final LostTail tail;
    private final Path folder;
    private final Random random;
    private final AtomicBoolean over;
    private final Sql sql;
    private final ThreeKindsOfCode application;
    private int number = 1;
    private boolean aborting;
    private int ready;
    private int switched;
    private int killed;
    private volatile @Nullable Throwable failure;

    /**
     * Creates it, with its table.
     *
     * @param folder where files and outputs go
     * @param over is set when the faults are over
     */
    public MigrationUnderWay(
            Site site, CommandLine commands, LostTail tail, Path folder, Random random, AtomicBoolean over)
            throws SQLException {
        this.site = site;
        this.commands = commands;
        this.tail = tail;
        this.folder = folder;
        this.random = random;
        this.over = over;
        this.sql = new Sql(site.jdbcUrl());
        sql.run(ThreeKindsOfCode.TABLE);
        sql.run("insert into people select i, i % 50, 'Ada' || i || ' Lovelace' from generate_series(1, " + ROWS
                + ") i");
        sql.run("analyze people");
        this.application = new ThreeKindsOfCode(site.jdbcUrl(), ROWS, new ThreeKindsOfCode.Durability() {
            @Override
            public long now() {
                return tail.era();
            }

            @Override
            public boolean isKept(long began) {
                return tail.isKept(began);
            }
        });
    }

    @Override
    public void run() {
        try {
            while (!over.get()) {
                apply();
                if (!over.get()) {
                    switchAndAbort();
                }
            }
        } catch (SQLException | IOException | InterruptedException | RuntimeException | AssertionError e) {
            failure = e;
        }
    }

    private void apply() throws SQLException, IOException, InterruptedException {
        while (!over.get() && !state().equals("READY")) {
            try (var command = start()) {
                var end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_COMMAND_MILLIS));
                while (command.isAlive() && System.nanoTime() < end && !over.get()) {
                    deployOnceSynced();
                    Rest.millis(LOOK_MILLIS);
                }
                killed += command.isAlive() ? 1 : 0;
            }
        }
        if (!over.get()) {
            ready++;
        }
    }

    // A state that may be lost with a primary, and with it the sync, is none to deploy on.
    private void deployOnceSynced() throws SQLException {
        var era = tail.era();
        if (List.of("SYNCED", "BACKFILLING", "FINISHED", "READY").contains(state()) && tail.isKept(era)) {
            application.deploy();
        }
    }

    private void switchAndAbort() throws SQLException {
        switched += commands.succeeds("migration", "cutover", name(), "--percent", "50") ? 1 : 0;
        while (!over.get() && !state().equals("READY")) {
            commands.succeeds("migration", "rollback", name(), "--reason", "chaos");
        }
        if (over.get()) {
            return;
        }
        application.retreat();
        aborting = !over.get();
        while (!over.get() && aborting) {
            abort();
        }
    }

    private void abort() throws SQLException {
        commands.succeeds("migration", "abort", name(), "--yes", "--discard-new-only");
        if (state().isEmpty()) {
            aborting = false;
            number++;
        }
    }

    /** After the faults: ends an abort that had begun, and takes a migration to READY; fails if it does not come there, or if this failed before. */
    public void finish(long withinNanos) throws SQLException, IOException {
        if (failure != null) {
            throw new AssertionError("migrations ended before the faults did: " + failure, failure);
        }
        var end = System.nanoTime() + withinNanos;
        var output = "";
        while (aborting || !state().equals("READY")) {
            if (System.nanoTime() > end) {
                throw new AssertionError(name() + " is " + state() + ": " + output);
            }
            if (aborting) {
                abort();
            } else if (state().equals("CUTTING")) {
                commands.succeeds("migration", "rollback", name(), "--reason", "chaos");
            } else {
                var result = commands.result("migration", "apply", file().toString());
                output = result.out() + result.err();
            }
        }
        ready++;
    }

    /** Fails unless both shapes of each row agree, hold what was written last, and no write was refused. */
    public void requireKept() throws SQLException, InterruptedException {
        application.close();
        Items.require("people whose shapes do not agree", sql.number(SHAPES_THAT_DIFFER), 0);
        var lost = application.lost(names());
        if (!lost.isEmpty()) {
            throw new AssertionError("lost writes: " + lost.subList(0, Math.min(5, lost.size())));
        }
        if (!application.refused().isEmpty()) {
            throw new AssertionError("refused: " + application.refused());
        }
    }

    private Map<Long, String> names() throws SQLException {
        var names = new HashMap<Long, String>();
        for (var row : sql.rows("select id, full_name from people")) {
            names.put(Long.parseLong(row.get(0)), row.get(1));
        }
        return names;
    }

    private String state() throws SQLException {
        var states =
                sql.texts("select state from backfleet.migration where name = '" + name() + "' and state <> 'ABORTED'");
        return states.isEmpty() ? "" : states.get(0);
    }

    private String name() {
        return "people-" + number;
    }

    private Path file() throws IOException {
        return Files.writeString(folder.resolve(name() + ".yaml"), FILE.formatted(name()));
    }

    private KilledCommand start() throws IOException {
        return new KilledCommand(
                site.flags(), folder.resolve(name() + ".out"), "migration", "apply", file().toString());
    }

    @Override
    public String toString() {
        return ready + " times a migration became READY, reads were switched " + switched
                + " times, its command was killed " + killed + " times; the application wrote "
                + application.writtenRows() + " of its " + ROWS + " rows";
    }

    @Override
    public void close() throws InterruptedException {
        application.close();
        sql.close();
    }
}
