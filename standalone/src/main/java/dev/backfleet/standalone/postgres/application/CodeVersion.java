package dev.backfleet.standalone.postgres.application;

/** The versions of the application that are deployed in the course of the migration, in this order. */
public enum CodeVersion {
    /** Knows only the old shape. */
    OLD("old", Sql.READ_OLD, Sql.UPDATE_OLD, Sql.INSERT_OLD, "f"),

    /** Writes both shapes, and reads the one that the flag names; its read of the new shape is slow by mistake. */
    DUAL_SLOW("dual 1", Sql.READ_SLOW, Sql.UPDATE_DUAL, Sql.INSERT_DUAL, "fxy"),

    /** The same without the mistake. */
    DUAL("dual 2", Sql.READ_DUAL, Sql.UPDATE_DUAL, Sql.INSERT_DUAL, "fxy"),

    /** Knows only the new shape. */
    NEW("new", Sql.READ_NEW, Sql.UPDATE_NEW, Sql.INSERT_NEW, "xy");

    private final String words;
    private final String read;
    private final String update;
    private final String insert;
    private final String parameters;

    CodeVersion(String words, String read, String update, String insert, String parameters) {
        this.words = words;
        this.read = read;
        this.update = update;
        this.insert = insert;
        this.parameters = parameters;
    }

    /** Its name for people. */
    public String words() {
        return words;
    }

    String read() {
        return read;
    }

    String update() {
        return update;
    }

    String insert() {
        return insert;
    }

    /** The value of each parameter of a write: f the full name, x the first name, y the last name. */
    String parameters() {
        return parameters;
    }

    /** The statements; the flag has the name of the migration. */
    private static final class Sql {
        static final String READ_OLD = "select full_name, false from public.customers where id = ?";
        static final String READ_NEW =
                "select concat_ws(' ', first_name, last_name), true from public.customers where id = ?";
        static final String READ_DUAL = """
                select case when flag.on then concat_ws(' ', first_name, last_name) else full_name end, flag.on
                from public.customers, lateral (select backfleet.flag('split-names', tenant_id::text) as on) flag where id = ?
                """;
        static final String READ_SLOW = """
                select case when flag.on then concat_ws(' ', first_name, last_name) || slow.nothing else full_name end, flag.on
                from public.customers, lateral (select backfleet.flag('split-names', tenant_id::text) as on) flag,
                     lateral (select case when flag.on then pg_sleep(0.2)::text else '' end as nothing) slow where id = ?
                """;

        static final String UPDATE_OLD = "update public.customers set full_name = ? where id = ?";
        static final String UPDATE_DUAL =
                "update public.customers set full_name = ?, first_name = ?, last_name = ? where id = ?";
        static final String UPDATE_NEW = "update public.customers set first_name = ?, last_name = ? where id = ?";

        static final String INSERT_OLD = "insert into public.customers (tenant_id, full_name, id) values (1, ?, ?)";
        static final String INSERT_DUAL =
                "insert into public.customers (tenant_id, full_name, first_name, last_name, id) values (1, ?, ?, ?, ?)";
        static final String INSERT_NEW =
                "insert into public.customers (tenant_id, first_name, last_name, id) values (1, ?, ?, ?)";

        private Sql() {}
    }
}
