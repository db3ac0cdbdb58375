package dev.backfleet.common.spec.key;

import dev.backfleet.common.sql.Identifier;
import java.util.ArrayList;
import java.util.List;

/** A key whose value is a list of columns. */
record SpecColumnsType() implements SpecType<List<Identifier>> {

    @Override
    public String description() {
        return "list of columns";
    }

    @Override
    public String check() {
        return "the columns of a unique index, all NOT NULL; each once";
    }

    @Override
    public List<Identifier> read(SpecField field) {
        var columns = new ArrayList<Identifier>();
        for (var item : field.items()) {
            var column = item.read(Identifier::parse);
            if (columns.contains(column)) {
                throw item.problem("has the column " + column + " twice", "remove one of them");
            }
            columns.add(column);
        }
        return List.copyOf(columns);
    }
}
