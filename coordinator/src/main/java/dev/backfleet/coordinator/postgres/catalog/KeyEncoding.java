package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.pin.TableFacts;
import dev.backfleet.coordinator.pin.TableFacts.Leaf;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/**
 * Whether keys can travel as UTF-8. In a database whose encoding is SQL_ASCII a text is bytes of any kind, and the server
 * refuses to send those that are not UTF-8: no claim and no batch would get through.
 */
final class KeyEncoding {
    private static final String IS_UNKNOWN = "select current_setting('server_encoding') = 'SQL_ASCII'";

    private static final String READ_ALL =
            "select max(length(pg_catalog.convert_from(pg_catalog.textsend(%s::text), 'UTF8'))) from only %s k";

    private final Database database;

    KeyEncoding(Database database) {
        this.database = database;
    }

    /** Why the values of a key cannot travel; nothing if they can, as far as a look of 5 s for each table shows. */
    Optional<String> unreadable(TableFacts table, List<KeyColumn> key) {
        var isUnknown = database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(IS_UNKNOWN).mapTo(Boolean.class).one());
        return key.stream()
                .filter(column -> isUnknown && table.leaves().stream().anyMatch(leaf -> isUnreadable(leaf, column)))
                .findFirst()
                .map(
                        column -> "the key column " + Identifier.of(column.name())
                                + " cannot be walked: the database's encoding is SQL_ASCII, and some of its values are not UTF-8");
    }

    private boolean isUnreadable(Leaf leaf, KeyColumn column) {
        var sql = READ_ALL.formatted("k." + Identifier.of(column.name()).escaped(), TableNames.escaped(leaf.table()));
        try {
            return database.jdbi().inTransaction(handle -> {
                handle.execute("set local statement_timeout = '5s'");
                handle.createQuery(sql).mapTo(Integer.class).findOne();
                return false;
            });
        } catch (JdbiException e) {
            if (Refusal.code(e).isEmpty()) {
                throw e;
            }
            // A role that may not read the rows is told so elsewhere.
            return Refusal.isNoValue(e);
        }
    }
}
