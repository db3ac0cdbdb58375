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
 * Checks whether keys can be sent as UTF-8. In a database with the encoding SQL_ASCII a text may be any bytes, and the server
 * does not send those that are not UTF-8: every claim and batch would fail.
 */
final class KeyEncoding {
    private static final String IS_UNKNOWN = "select current_setting('server_encoding') = 'SQL_ASCII'";

    private static final String READ_ALL =
            "select max(length(pg_catalog.convert_from(pg_catalog.textsend(%s::text), 'UTF8'))) from only %s k";

    private final Database database;

    KeyEncoding(Database database) {
        this.database = database;
    }

    /** Why the values of a key cannot be sent; nothing if they can, as far as a search of 5 s for each table shows. */
    Optional<String> unreadable(TableFacts table, List<KeyColumn> key) {
        var isUnknown = database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(IS_UNKNOWN).mapTo(Boolean.class).one());
        return key.stream()
                .filter(column -> isUnknown && table.leaves().stream().anyMatch(leaf -> isUnreadable(leaf, column)))
                .findFirst()
                .map(
                        column -> "the key column " + Identifier.of(column.name())
                                + " cannot be scanned: the database's encoding is SQL_ASCII, and some of its values are not UTF-8");
    }

    private boolean isUnreadable(Leaf leaf, KeyColumn column) {
        var sql = READ_ALL.formatted(
                "k." + Identifier.of(column.name()).escaped(), leaf.table().escaped());
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
            // Another check reports that the role may not read the rows.
            return Refusal.isNoValue(e);
        }
    }
}
