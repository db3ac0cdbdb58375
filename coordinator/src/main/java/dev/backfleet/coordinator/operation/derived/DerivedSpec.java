package dev.backfleet.coordinator.operation.derived;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.sql.Identifier;
import java.util.Locale;
import java.util.stream.Collectors;

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
                        + Identifier.of(job.table().name())) + "\n");
        var indent = job.work() instanceof CopyRows copy ? into(copy, text) : set(text);
        job.work().set().forEach(set -> text.append(indent)
                .append(yaml(Identifier.of(set.column()).toString()))
                .append(": ")
                .append(yaml(set.expression()))
                .append('\n'));
        return text.append("where: ")
                .append(yaml(String.valueOf(job.work().where())))
                .append('\n')
                .toString();
    }

    private static String set(StringBuilder text) {
        text.append("set:\n");
        return "  ";
    }

    private static String into(CopyRows copy, StringBuilder text) {
        text.append("into:\n  table: ").append(yaml(copy.into().shown())).append("\n  on-conflict: ");
        text.append(copy.conflict().name().toLowerCase(Locale.ROOT)).append("\n  key: [");
        text.append(copy.into().key().stream()
                .map(key -> yaml(Identifier.of(key.name()).toString()))
                .collect(Collectors.joining(", ")));
        text.append("]\n");
        if (!copy.back().isEmpty()) {
            text.append("  write-back:\n");
            copy.back().forEach(back -> text.append("    ")
                    .append(yaml(Identifier.of(back.column()).toString()))
                    .append(": ")
                    .append(yaml(Identifier.of(back.from()).toString()))
                    .append('\n'));
        }
        text.append("  columns:\n");
        return "    ";
    }

    private static String yaml(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
