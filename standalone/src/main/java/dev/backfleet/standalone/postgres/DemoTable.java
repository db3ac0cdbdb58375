package dev.backfleet.standalone.postgres;

import dev.backfleet.common.postgres.Database;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The demo's table of customers. A customer's first and last name are computed from the id alone, so that the expected
 * result is known independently of the full name. Some customers have several last names, some only a first name, some
 * no name.
 */
public final class DemoTable {

    private static final int ROWS_AT_ONCE = 100_000;

    private static final List<String> FIRST_NAMES = List.of(
            "Ada",
            "Björn",
            "Chiara",
            "Dmitri",
            "Esra",
            "Femi",
            "Grace",
            "Hiroshi",
            "Ines",
            "Jean-Luc",
            "Kwame",
            "Lucía",
            "Mei",
            "Nuno",
            "Olga",
            "Priya",
            "Quentin",
            "Rosa",
            "Søren",
            "Thandiwe",
            "Uma",
            "Viktor",
            "Wanda",
            "Yusuf");

    private static final List<String> LAST_NAMES = List.of(
            "Lovelace",
            "Åström",
            "Ferrari",
            "Ivanov",
            "Yılmaz",
            "Adeyemi",
            "Hopper",
            "Tanaka",
            "de la Cruz",
            "Picard",
            "Mensah",
            "García Márquez",
            "Wei",
            "dos Santos",
            "Petrova",
            "Raghunathan",
            "O'Neill",
            "van den Berg",
            "Kierkegaard",
            "Nkosi",
            "Rao",
            "von der Leyen",
            "Kowalska",
            "Demir",
            "Smith");

    private static final String CREATE = """
            create table public.customers (
              id            bigint not null,
              tenant_id     integer not null,
              full_name     text not null%s
            )
            """;

    private static final String NEW_COLUMNS =
            ", first_name text, last_name text, times_changed integer not null default 0";

    /** What is true of the customer {@code c.id}. */
    private static final String TRUTH = """
            cross join lateral (select
              case when c.id % 23 <> 0 then (cast(:first as text[]))[1 + c.id % :firsts] end as first_name,
              case when c.id % 23 <> 0 and c.id % 17 <> 0
                then (cast(:last as text[]))[1 + c.id / 7 % :lasts] end as last_name) t
            """;

    // A few tenants have most of the rows, as in life: the size falls with the tenant's number to the power of 1.5.
    // Each gets one row first; the golden ratio scatters the others, so that neighbours belong to different tenants.
    private static final String FILL = """
            insert into public.customers (id, tenant_id, full_name)
            select c.id,
                   case when c.id <= :tenants then c.id
                        else least(:tenants, floor(power(1 - u.u * (1 - power(:tenants + 1.0, -0.5)), -2))) end,
                   concat_ws(' ', t.first_name, t.last_name)
            from generate_series(cast(:from as bigint), :to) c (id)
            cross join lateral (select c.id * 0.6180339887498949::float8 - floor(c.id * 0.6180339887498949::float8)) u (u)
            """ + TRUTH;

    // Indexes are built faster than kept up to date.
    private static final List<String> FINISH = List.of(
            "alter table public.customers add primary key (id)",
            "create unique index customers_by_tenant on public.customers (tenant_id, id)",
            "vacuum (analyze) public.customers");

    private static final String SIZES = """
            select count(*) as tenants, coalesce(max(size), 0) as largest, coalesce(min(size), 0) as smallest
            from (select count(*) as size from public.customers group by tenant_id) of_each
            """;

    private static final String CHECK = """
            select count(*) as found,
                   count(*) filter (where c.times_changed = 0) as untouched,
                   count(*) filter (where c.times_changed > 1) as twice,
                   count(*) filter (where c.times_changed > 0
                     and (c.first_name, c.last_name) is distinct from (t.first_name, t.last_name)) as wrong
            from public.customers c
            """ + TRUTH;

    private static final String NAMES = """
            select c.id, concat_ws(' ', c.first_name, c.last_name) as name, concat_ws(' ', t.first_name, t.last_name) as original
            from public.customers c
            """ + TRUTH;

    private final Database database;
    private final String create;

    /** With the columns that a job fills. */
    public DemoTable(Database database) {
        this(database, CREATE.formatted(NEW_COLUMNS));
    }

    private DemoTable(Database database, String create) {
        this.database = database;
        this.create = create;
    }

    /** Before a migration adds the columns. */
    public static DemoTable withOldShapeOnly(Database database) {
        return new DemoTable(database, CREATE.formatted(""));
    }

    /** Creates and fills the table. */
    public void fill(long rows, int tenants) throws InterruptedException {
        try (var handle = database.jdbi().open()) {
            handle.execute(create);
            for (long done = 0; done < rows; done += ROWS_AT_ONCE) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                fill(handle, tenants, done + 1, Math.min(rows, done + ROWS_AT_ONCE));
            }
            FINISH.forEach(handle::execute);
        }
    }

    /** How unequal the tenants are. */
    public Sizes sizes() {
        return database.jdbi().withHandle(handle -> handle.createQuery(SIZES)
                .map((row, context) ->
                        new Sizes(row.getLong("tenants"), row.getLong("largest"), row.getLong("smallest")))
                .one());
    }

    /** Holds every row against the truth. */
    public Verdict check(long rows) {
        return database.jdbi().withHandle(handle -> names(handle.createQuery(CHECK))
                .map((row, context) -> new Verdict(
                        row.getLong("found"),
                        row.getLong("untouched") + rows - row.getLong("found"),
                        row.getLong("twice"),
                        row.getLong("wrong")))
                .one());
    }

    /** Gives each customer's name in the new shape, and the one that it had at the beginning. */
    public void names(NameConsumer consumer) {
        database.jdbi().useTransaction(handle -> names(handle.createQuery(NAMES))
                .setFetchSize(ROWS_AT_ONCE)
                .map((row, context) -> {
                    consumer.accept(row.getLong("id"), row.getString("name"), row.getString("original"));
                    return true;
                })
                .forEach(row -> {}));
    }

    private static void fill(Handle handle, int tenants, long from, long to) {
        names(handle.createUpdate(FILL))
                .bind("tenants", tenants)
                .bind("from", from)
                .bind("to", to)
                .execute();
    }

    private static <T extends SqlStatement<T>> T names(T statement) {
        return statement
                .bindArray("first", String.class, FIRST_NAMES)
                .bind("firsts", FIRST_NAMES.size())
                .bindArray("last", String.class, LAST_NAMES)
                .bind("lasts", LAST_NAMES.size());
    }

    /** Is given each customer's name. */
    @FunctionalInterface
    public interface NameConsumer {
        /** Takes one. */
        void accept(long id, String name, String original);
    }

    /**
     * How unequal the tenants are.
     *
     * @param tenants how many have rows
     * @param largest the rows of the one with the most
     * @param smallest the rows of the one with the fewest
     */
    public record Sizes(long tenants, long largest, long smallest) {}

    /**
     * What the check has found.
     *
     * @param found the rows of the table
     * @param missing rows that were not changed, or are gone
     * @param twice rows that were changed more than once
     * @param wrong rows that were changed to something else than the truth
     */
    public record Verdict(long found, long missing, long twice, long wrong) {

        /** The rows that were changed. */
        public long changed() {
            return found - missing;
        }

        /** Whether every row is as it should be. */
        public boolean clean() {
            return missing == 0 && twice == 0 && wrong == 0;
        }
    }
}
