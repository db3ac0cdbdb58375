package dev.backfleet.common.spec.key;

import dev.backfleet.common.sql.Identifier;
import java.util.ArrayList;
import java.util.List;

/**
 * A key whose value is a list of columns, each once.
 *
 * @param check which columns, for the reference
 */
public record SpecColumnsType(String check) implements SpecType<List<Identifier>> {

    @Override
    public String description() {
        return "list of columns";
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
