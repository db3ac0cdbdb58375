package dev.backfleet.standalone.chaos.load;

import dev.backfleet.standalone.chaos.site.LostTail;
import dev.backfleet.standalone.chaos.site.Rest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** One session of the application, which writes to rows just ahead of where jobs are, and keeps a journal of it. */
public final class Traffic implements Runnable {
    private static final int WINDOW = 400;
    private static final int LOOK_EVERY = 10;
    private static final String UPDATE = "update items set dst = dst + ?, tally = tally + ? where id = ?";

    // The rows after the checkpoint of a shard that is worked on, in the order of the job's key.
    private static final String AHEAD = """
            with shard as (
              select cursor, (select j.spec like '%tenant:%' from backfleet.job j where j.id = s.job_id) as led
              from backfleet.shard s where state = 'RUNNING' order by random() limit 1)
            select i.id from shard, lateral (
              select id from items where not led and id > coalesce(cursor[1]::bigint, 0) order by id limit 400) i
            union all
            select i.id from shard, lateral (
              select id from items where led
                and (tenant_id, id) > (coalesce(cursor[1]::integer, -1), coalesce(cursor[2]::bigint, 0))
              order by tenant_id, id limit 400) i
            """;

    private final String url;
    private final int rows;
    private final Random random;
    private final Journal journal;
    private final LostTail tail;
    private final AtomicBoolean over;
    private List<Long> ahead = List.of();

    public Traffic(String url, int rows, Random random, Journal journal, LostTail tail, AtomicBoolean over) {
        this.url = url;
        this.rows = rows;
        this.random = random;
        this.journal = journal;
        this.tail = tail;
        this.over = over;
    }

    @Override
    public void run() {
        while (!over.get()) {
            try (var connection = DriverManager.getConnection(url + "&ApplicationName=application")) {
                connection.setAutoCommit(false);
                // Read after the connection was made: a primary of an earlier era acknowledges nothing in a later one.
                write(connection, tail.era());
            } catch (SQLException e) {
                journal.failed(e);
                Rest.millis(200);
            }
        }
    }

    private void write(Connection connection, long era) throws SQLException {
        try (var update = connection.prepareStatement(UPDATE);
                var look = connection.prepareStatement(AHEAD)) {
            for (var i = 0; !over.get(); i++) {
                if (i % LOOK_EVERY == 0) {
                    look(look);
                }
                write(connection, update, era);
                Rest.millis(2);
            }
        }
    }

    private void write(Connection connection, PreparedStatement update, long era) throws SQLException {
        var id = ahead.isEmpty() ? Items.KEYS + 1 + random.nextInt(rows) : ahead.get(random.nextInt(ahead.size()));
        var amount = 1 + random.nextInt(1_000);
        update.setLong(1, amount);
        update.setLong(2, amount);
        update.setLong(3, id);
        update.executeUpdate();
        try {
            connection.commit();
        } catch (SQLException e) {
            // Nobody knows whether it was committed.
            journal.unknown(id, amount);
            throw e;
        }
        if (tail.isKept(era)) {
            journal.acknowledged(id, amount);
        } else {
            journal.mayBeUndone(id, amount);
        }
    }

    private void look(PreparedStatement look) throws SQLException {
        var found = new ArrayList<Long>(WINDOW);
        try (var row = look.executeQuery()) {
            while (row.next()) {
                found.add(row.getLong(1));
            }
        }
        ahead = found;
    }
}
