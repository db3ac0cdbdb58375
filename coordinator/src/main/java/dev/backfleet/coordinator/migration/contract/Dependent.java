package dev.backfleet.coordinator.migration.contract;

/**
 * Something in the database that hangs on an old column.
 *
 * @param kind what it is, as in {@code the view}
 * @param object its name, as SQL writes it
 * @param blocks whether it has to be removed or changed by a person first; otherwise it goes with the column
 */
public record Dependent(Kind kind, String object, boolean blocks) {

    /** What it is, and what a person does about it. */
    public enum Kind {
        VIEW("the view", "replace it by one that reads the new columns, or drop it"),
        MATERIALIZED_VIEW("the materialized view", "drop it, and create one that reads the new columns"),
        RULE("the rule", "replace it by one without the old column, or drop it"),
        POLICY("the row security policy", "alter it so that it uses the new columns"),
        GENERATED("the generated column", "drop its expression: alter table … alter column … drop expression"),
        INDEX("the index", "build one without the old column, then drop it concurrently"),
        REPLICA_IDENTITY("the replica identity", "set another one: alter table … replica identity …"),
        PRIMARY_KEY("the primary key", "give the table another one"),
        CONSTRAINT("the constraint", "drop it, or replace it by one over the new columns"),
        FOREIGN_KEY("the foreign key", "drop it, or let it refer to the new columns"),
        STATISTICS("the extended statistics", "create statistics over the new columns, and drop these"),
        SEQUENCE("the sequence", "if it is still used: alter sequence … owned by none; otherwise drop it"),
        PUBLICATION("the publication", "alter its list of columns or its filter so that it uses the new columns"),
        TRIGGER("the trigger", "create it anew without the old column"),
        FUNCTION("the function", "replace it by one that uses the new columns, or drop it"),
        OTHER("the object", "drop it, or change it so that it does not name the column");

        private final String words;
        private final String remedy;

        Kind(String words, String remedy) {
            this.words = words;
            this.remedy = remedy;
        }

        /** What it is, as in {@code the view}. */
        public String words() {
            return words;
        }

        /** What a person does about it, as a clause. */
        public String remedy() {
            return remedy;
        }
    }

    /** What it is and its name. */
    public String words() {
        return kind.words() + " " + object;
    }
}
