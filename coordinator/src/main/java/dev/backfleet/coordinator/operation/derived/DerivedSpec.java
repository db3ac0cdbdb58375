package dev.backfleet.coordinator.operation.derived;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;

/** The text of the spec of a job that is derived from another one: for people, who read it in {@code show}. */
final class DerivedSpec {
    private DerivedSpec() {}

    /**
     * The text.
     *
     * @param by the command that has derived it
     */
    static String text(String by, String name, JobDefinition job) {
        var text = new StringBuilder("# by " + by + "\nname: " + name + "\ntable: "
                + yaml(Identifier.of(job.table().schema()) + "."
                        + Identifier.of(job.table().name())) + "\nset:\n");
        job.work().set().forEach(set -> text.append("  ")
                .append(yaml(Identifier.of(set.column()).toString()))
                .append(": ")
                .append(yaml(set.expression()))
                .append('\n'));
        return text.append("where: ")
                .append(yaml(String.valueOf(job.work().where())))
                .append('\n')
                .toString();
    }

    private static String yaml(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
