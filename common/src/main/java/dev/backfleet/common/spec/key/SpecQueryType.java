package dev.backfleet.common.spec.key;

/** A key whose value is a query. */
public record SpecQueryType() implements SpecType<String> {

    @Override
    public String description() {
        return "SQL query";
    }

    @Override
    public String check() {
        return "one SELECT";
    }

    @Override
    public String read(SpecField field) {
        return field.readSql(SpecSqlSignalsType::query);
    }
}
