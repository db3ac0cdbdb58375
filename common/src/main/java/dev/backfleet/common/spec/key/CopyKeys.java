package dev.backfleet.common.spec.key;

import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.spec.key.SpecKey.Absence;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import java.util.List;
import java.util.Map;

/** The keys of the group {@code into}: a job that copies rows into another table. */
public final class CopyKeys {
    /** The group. */
    public static final String GROUP = "into";

    private static final Absence NOT_A_COPY = new Absence(SpecKey.Kind.REFUSED, "required in `into`");

    public static final SpecKey<TableName> TABLE = new SpecKey<>(
            GROUP + ".table",
            SpecScalarType.TABLE,
            NOT_A_COPY,
            "The table that takes a copy of each row, with its schema unless that is `public`.",
            "public.shipments");

    public static final SpecKey<Map<Identifier, SqlExpression>> COLUMNS = new SpecKey<>(
            GROUP + ".columns",
            SpecByColumnType.expressions(
                    "at least one column of that table; not generated; each once; those of `into.key` among them"),
            NOT_A_COPY,
            "What each column of the copy is given: an SQL expression over the row of `table`.",
            "{ order_id: id, address: \"trim(ship_address)\" }");

    public static final SpecKey<List<Identifier>> KEY = new SpecKey<>(
            GROUP + ".key",
            new SpecColumnsType("the columns of a unique index of that table, all NOT NULL; each once"),
            Absence.means("its primary key"),
            "The columns by which a row is found that is there already.",
            "[order_id]");

    public static final SpecKey<OnConflict> ON_CONFLICT = new SpecKey<>(
            GROUP + ".on-conflict",
            SpecScalarType.oneOf(OnConflict.class),
            Absence.standsFor("nothing"),
            "What becomes of a row that is there already: `nothing` leaves it as it is, `update` gives it the values of the copy, `fail` "
                    + "quarantines the row that would be copied.",
            "update");

    public static final SpecKey<Map<Identifier, Identifier>> WRITE_BACK = new SpecKey<>(
            GROUP + ".write-back",
            new SpecByColumnType<>(
                    SpecScalarType.COLUMN,
                    "a column of the other table",
                    "columns of `table`; none of the key, not the tenant, not generated; each once"),
            Absence.means("nothing"),
            "Columns of the row that are given what a column of its copy has, in the same statement, such as the id of the copy.",
            "{ shipment_id: id }");

    private CopyKeys() {}

    /** All of them, in the order of the reference. */
    public static List<SpecKey<?>> all() {
        return List.of(TABLE, COLUMNS, KEY, ON_CONFLICT, WRITE_BACK);
    }

    /** The copy. */
    public static Copy read(SpecValues values) {
        return new Copy(
                values.get(TABLE),
                values.get(COLUMNS),
                values.find(KEY),
                values.get(ON_CONFLICT),
                values.find(WRITE_BACK).orElse(Map.of()));
    }
}
