package dev.backfleet.coordinator.migration.export;

import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.migration.DdlRules;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The statements of a step for a session that knows nothing of Backfleet: the check, which ends a step that is done already, and what
 * makes it so. A statement that cannot be in a transaction cannot be in a block that asks first, either: {@code if not exists} stands for
 * that, after a check that there is no invalid rest. A tool writes its own record in the same transaction: what is set for the step is put back
 * before.
 */
final class StepScript {
    private static final Pattern CREATE_CONCURRENTLY =
            Pattern.compile("(?is)^(\\s*create\\s+(?:unique\\s+)?index\\s+concurrently\\s+)(?!if\\s)");
    private static final String STANDING = "backfleet_standing";
    private static final String PATH = "'public, pg_temp'";

    private final String migration;
    private final Step step;
    private final DdlRules rules;

    StepScript(String migration, Step step, DdlRules rules) {
        this.migration = migration;
        this.step = step;
        this.rules = rules;
    }

    /** What makes the step so. */
    List<Block> up() {
        var work = new StringBuilder();
        if (step.execution() != Execution.CONCURRENT) {
            work.append(broken()).append(inTheWay());
            step.statements().forEach(statement -> work.append(execute("    ", statement)));
            return List.of(transaction(unless(Standing.DONE, work.toString(), true)));
        }
        var blocks = new ArrayList<Block>();
        blocks.add(Block.alone(unless(Standing.DONE, inTheWay(), false)));
        step.statements()
                .forEach(statement -> blocks.add(
                        Block.alone(CREATE_CONCURRENTLY.matcher(statement).replaceFirst("$1if not exists "))));
        return withSettings(blocks);
    }

    /** What takes it back, if anything does. */
    List<Block> down() {
        if (step.undo().isEmpty()) {
            return List.of();
        }
        if (step.execution() == Execution.CONCURRENT) {
            return withSettings(step.undo().stream().map(Block::alone).toList());
        }
        var work = new StringBuilder();
        step.undo().forEach(statement -> work.append(execute("    ", statement)));
        return List.of(transaction(unless(Standing.OPEN, work.toString(), true)));
    }

    // A statement's timeout begins with the statement: it is the only setting that stays until the end of the
    // transaction.
    private Block transaction(String work) {
        var timeout = step.execution() == Execution.SCAN
                ? "0"
                : milliseconds(rules.lockTimeout().plus(rules.hold()));
        return new Block(List.of("set local statement_timeout = " + timeout, work), Block.Kind.TRANSACTION);
    }

    // A lock timeout would also end the waits inside of a concurrent build, and leave an invalid index. The session's
    // settings are kept
    // beside: the tool may have changed them itself.
    private static List<Block> withSettings(List<Block> blocks) {
        var all = new ArrayList<Block>();
        all.add(new Block(
                List.of(change("search_path", PATH), change("lock_timeout", "'0'"), change("statement_timeout", "'0'")),
                Block.Kind.SETTINGS));
        all.addAll(blocks);
        all.add(new Block(
                List.of(putBack("statement_timeout"), putBack("lock_timeout"), putBack("search_path")),
                Block.Kind.SETTINGS));
        return all;
    }

    private static String change(String setting, String value) {
        return "select set_config('backfleet.before_" + setting + "', current_setting('" + setting
                + "'), false), set_config('" + setting + "', " + value + ", false)";
    }

    private static String putBack(String setting) {
        return "select set_config('" + setting + "', current_setting('backfleet.before_" + setting + "'), false)";
    }

    private String unless(Standing standing, String work, boolean changes) {
        var role = rules.role().filter(any -> changes);
        var text = new StringBuilder("declare\n");
        text.append("  ").append(STANDING).append(" text;\n");
        text.append("  backfleet_path text := current_setting('search_path');\n");
        text.append("  backfleet_timeout text := current_setting('lock_timeout');\n");
        role.ifPresent(any -> text.append("  backfleet_role text := current_setting('role');\n"));
        text.append("begin\n").append(set("search_path", PATH));
        text.append(set("lock_timeout", milliseconds(rules.lockTimeout())));
        role.ifPresent(name -> text.append(set("role", DollarQuotes.literal(name.name()))));
        text.append("  ")
                .append(STANDING)
                .append(" := (\n")
                .append(step.check())
                .append("\n  );\n");
        text.append("  if ")
                .append(isNot(standing))
                .append(" then\n")
                .append(work)
                .append("  end if;\n");
        role.ifPresent(any -> text.append(set("role", "backfleet_role")));
        text.append(set("lock_timeout", "backfleet_timeout")).append(set("search_path", "backfleet_path"));
        return "do " + DollarQuotes.of("backfleet", text.append("end").toString());
    }

    private String broken() {
        if (step.cleanup().isEmpty()) {
            return "";
        }
        var text = new StringBuilder("    if " + STANDING + " = " + word(Standing.BROKEN) + " then\n");
        step.cleanup().forEach(statement -> text.append(execute("      ", statement)));
        return text + "      " + STANDING + " := " + word(Standing.OPEN) + ";\n    end if;\n";
    }

    private String inTheWay() {
        var hint = step.cleanup().isEmpty() || step.execution() != Execution.CONCURRENT
                ? "rename or remove what is in the way"
                : "if it is broken, run: " + String.join("; ", step.cleanup());
        return "    if " + isNot(Standing.OPEN) + " then\n      raise exception using message = "
                + DollarQuotes.literal(migration + ", step " + step.id() + ": ") + " || coalesce(" + STANDING
                + ", 'the check has no answer'),\n        hint = " + DollarQuotes.literal(hint) + ";\n    end if;\n";
    }

    private static String execute(String indent, String statement) {
        return indent + "execute " + DollarQuotes.of("step", statement) + ";\n";
    }

    private static String set(String setting, String value) {
        return "  perform set_config('" + setting + "', " + value + ", true);\n";
    }

    private static String isNot(Standing standing) {
        return STANDING + " is distinct from " + word(standing);
    }

    private static String word(Standing standing) {
        return DollarQuotes.literal(standing.word());
    }

    private static String milliseconds(Duration duration) {
        return "'" + duration.toMillis() + "ms'";
    }

    /** What a person should know of how it is executed, a line each. */
    List<String> remarks() {
        var lines = new ArrayList<String>();
        switch (step.execution()) {
            case INSTANT ->
                lines.add("It asks for its locks once, waits " + HumanDuration.format(rules.lockTimeout())
                        + " at most, and fails if it does not get them: run it again then.");
            case SCAN ->
                lines.add("It reads the table; the application goes on. It waits "
                        + HumanDuration.format(rules.lockTimeout())
                        + " at most for its locks, and fails if it does not get them: run it again then.");
            case CONCURRENT ->
                lines.add(
                        "Not in a transaction. It waits for all transactions that are older. If it fails, it leaves an"
                                + " invalid index, which is to be dropped first.");
        }
        lines.add(
                "'backfleet migration apply' would look first who is in the way, and ask again and again without holding the"
                        + " application up.");
        return lines;
    }
}
