package dev.backfleet.coordinator.migration.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tools for which the steps of a migration can be written. */
public enum ExportFormat {
    /** For psql and whatever executes a file's statements one by one; Atlas leaves the transactions to the files. */
    PLAIN {
        @Override
        List<ExportedFile> files(ExportedStep step) {
            return List.of(new ExportedFile(
                    step.slug() + ".sql",
                    "-- atlas:txmode none\n\n" + step.head("--") + "\n"
                            + text(step.script().up(), "\n") + "\n"));
        }

        private String text(List<Block> blocks, String between) {
            return String.join(between, blocks.stream().map(Block::transaction).toList());
        }
    },

    /** For Flyway: a version for each step, and a configuration for those outside of a transaction. */
    FLYWAY {
        @Override
        List<ExportedFile> files(ExportedStep step) {
            var name = "V" + step.version(0) + "__" + step.slug() + ".sql";
            var head = step.concurrent()
                    ? step.head(
                            "--",
                            "Flyway must not hold its own lock in a transaction meanwhile, or both wait for ever: set"
                                    + " flyway.postgresql.transactional.lock=false")
                    : step.head("--");
            var text = head + "\n"
                    + String.join(
                            "\n", step.script().up().stream().map(Block::text).toList()) + "\n";
            var configuration = new ArrayList<String>();
            if (step.concurrent()) {
                configuration.add("executeInTransaction=false\n");
            }
            if (text.contains("${")) {
                configuration.add("placeholderReplacement=false\n");
            }
            var files = new ArrayList<ExportedFile>();
            files.add(new ExportedFile(name, text));
            if (!configuration.isEmpty()) {
                files.add(new ExportedFile(
                        name + ".conf",
                        "# " + ExportedStep.mark(step.migration()) + " how Flyway executes the file beside it\n"
                                + String.join("", configuration)));
            }
            return files;
        }
    },

    /** For Liquibase: formatted SQL, a changeset for each step, with its way back. */
    LIQUIBASE {
        @Override
        List<ExportedFile> files(ExportedStep step) {
            var up = statements(step.script().up());
            var down = statements(step.script().down());
            // Outside of a transaction a statement must be sent alone: they are split at a word that is in none of
            // them.
            var end = "next_statement";
            while (String.join(" ", up).contains(end) || String.join(" ", down).contains(end)) {
                end += "_";
            }
            var text = "--liquibase formatted sql\n\n--changeset backfleet:" + step.slug() + " stripComments:false"
                    + (step.concurrent()
                            ? " runInTransaction:false endDelimiter:" + end + " rollbackEndDelimiter:" + end
                            : " splitStatements:false rollbackSplitStatements:false")
                    + "\n" + step.head("--") + joined(step, up, end) + "\n" + rollback(joined(step, down, end));
            return List.of(new ExportedFile(step.slug() + ".sql", text));
        }

        private List<String> statements(List<Block> blocks) {
            return blocks.stream().flatMap(block -> block.statements().stream()).toList();
        }

        private String joined(ExportedStep step, List<String> statements, String end) {
            return String.join(step.concurrent() ? "\n" + end + "\n" : ";\n", statements);
        }

        private String rollback(String text) {
            return text.isEmpty()
                    ? "--rollback empty\n"
                    : text.lines().map(line -> "--rollback " + line + "\n").collect(Collectors.joining());
        }
    },

    /** For Rails: a migration class for each step, with {@code up} and {@code down}. */
    RAILS {
        @Override
        List<ExportedFile> files(ExportedStep step) {
            var text = new StringBuilder(step.head("#"))
                    .append("class ")
                    .append(className(step.slug()))
                    .append(" < ActiveRecord::Migration[7.0]\n");
            if (step.concurrent()) {
                text.append("  disable_ddl_transaction!\n\n");
            }
            text.append(method("up", step.script().up()))
                    .append('\n')
                    .append(method("down", step.script().down()))
                    .append("end\n");
            return List.of(new ExportedFile(step.version(0) + "_" + step.slug() + ".rb", text.toString()));
        }

        private String method(String name, List<Block> blocks) {
            var text = new StringBuilder("  def ").append(name).append('\n');
            for (var block : blocks) {
                for (var statement : block.statements()) {
                    var tag = "SQL";
                    while (statement.lines().map(String::strip).anyMatch(tag::equals)) {
                        tag += "_";
                    }
                    text.append("    execute <<-'").append(tag).append("'\n").append(statement);
                    text.append("\n    ").append(tag).append('\n');
                }
            }
            return text.append("  end\n").toString();
        }

        private String className(String slug) {
            var name = new StringBuilder();
            for (var word : slug.split("_", -1)) {
                if (!word.isEmpty()) {
                    name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
                }
            }
            return name.toString();
        }
    },

    /** For Prisma: a directory for each step, and one for each statement outside of a transaction. */
    PRISMA {
        @Override
        List<ExportedFile> files(ExportedStep step) {
            var up = parts(step.script());
            var files = new ArrayList<ExportedFile>();
            for (int i = 0; i < up.size(); i++) {
                files.add(new ExportedFile(
                        step.version(i) + "_" + step.slug() + (up.size() == 1 ? "" : "_" + (i + 1)) + "/migration.sql",
                        step.head("--") + "\n" + up.get(i).transaction() + "\n"));
            }
            return files;
        }

        @Override
        int versions(StepScript script) {
            return parts(script).size();
        }

        // Prisma sends a file as a whole, and what is sent together is one transaction.
        private List<Block> parts(StepScript script) {
            return script.up().stream()
                    .filter(block -> block.kind() != Block.Kind.SETTINGS)
                    .toList();
        }
    };

    /** The files of a step, in the order in which they are executed; paths below the directory of its part. */
    abstract List<ExportedFile> files(ExportedStep step);

    /** How many versions the files of a step need. */
    int versions(StepScript script) {
        return 1;
    }

    /** As it is written on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
