package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.BadTextException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells whether a statement changes the definition of a table and of nothing else, and lets it do so to a copy. Only such statements are
 * tried: any other could lock, or wait for, what the copy cannot stand in for.
 */
public final class TableStatement {

    private static final Pattern TOKEN = Pattern.compile(
            "--[^\\n]*|/\\*.*?\\*/|[eE]'(?:[^'\\\\]|\\\\.|'')*'|'(?:[^']|'')*'|\\$([A-Za-z_]\\w*)?\\$.*?\\$\\1\\$"
                    + "|\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*|\\s+|.",
            Pattern.DOTALL);

    private static final Set<String> OTHER_RELATIONS = Set.of("references", "attach", "detach", "inherit", "of");

    private final TableName table;
    private final String copy;
    private final List<Token> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private int at;
    private int copied;

    private TableStatement(String statement, TableName table, String copy) {
        this.table = table;
        this.copy = copy;
        var matcher = TOKEN.matcher(statement);
        while (matcher.find()) {
            var found = matcher.group();
            if (!found.isBlank() && !found.startsWith("--") && !found.startsWith("/*")) {
                tokens.add(new Token(found, matcher.start(), matcher.end()));
            }
        }
    }

    /**
     * The statement on a copy of the table.
     *
     * @param table with its schema
     * @param copy as SQL writes it
     * @throws NotTriedException if it cannot be tried
     */
    public static String on(String statement, TableName table, String copy) throws NotTriedException {
        return new TableStatement(statement, table, copy).replaced(statement);
    }

    private String replaced(String statement) throws NotTriedException {
        target();
        while (at < tokens.size()) {
            var word = word();
            if (word.equals(";") && at + 1 < tokens.size()) {
                throw new NotTriedException("it is more than one statement");
            }
            if (OTHER_RELATIONS.contains(word)) {
                throw new NotTriedException("it concerns another table, by " + word.toUpperCase(Locale.ROOT));
            }
            if (isTable(at) && !tokens.get(at - 1).text().equals(".")) {
                replace(statement, at + 2);
            } else {
                at++;
            }
        }
        return text.append(statement, copied, statement.length()).toString();
    }

    // To where the name of its table is: alter table [if exists] [only] T, create [unique] index [if not exists] [name]
    // on [only] T.
    private void target() throws NotTriedException {
        if (accept("alter") && accept("table")) {
            accept("if");
            accept("exists");
        } else if (accept("create")) {
            accept("unique");
            if (!accept("index")) {
                throw other();
            }
            if (accept("concurrently")) {
                throw new NotTriedException("it cannot run in a transaction");
            }
            if (accept("if")) {
                accept("not");
                accept("exists");
            }
            if (!word().equals("on")) {
                at++;
            }
            if (!accept("on")) {
                throw other();
            }
        } else {
            throw other();
        }
        accept("only");
        if (at >= tokens.size() || !(isTable(at) || isUnqualified(at))) {
            throw other();
        }
    }

    private NotTriedException other() {
        return new NotTriedException("only ALTER TABLE and CREATE INDEX of the migration's own table can be tried");
    }

    private boolean accept(String word) {
        if (at < tokens.size() && word().equals(word)) {
            at++;
            return true;
        }
        return false;
    }

    private String word() {
        return at < tokens.size() ? tokens.get(at).text().toLowerCase(Locale.ROOT) : "";
    }

    // The copy comes first in the search path.
    private boolean isUnqualified(int place) {
        return is(place, table.name())
                && !(place + 1 < tokens.size() && tokens.get(place + 1).text().equals("."));
    }

    private boolean isTable(int place) {
        return place + 2 < tokens.size()
                && tokens.get(place + 1).text().equals(".")
                && table.schema().filter(schema -> is(place, schema)).isPresent()
                && is(place + 2, table.name());
    }

    private boolean is(int place, Identifier name) {
        try {
            return Identifier.parse(tokens.get(place).text()).equals(name);
        } catch (BadTextException e) {
            return false;
        }
    }

    private void replace(String statement, int last) {
        text.append(statement, copied, tokens.get(at).start()).append(copy);
        copied = tokens.get(last).end();
        at = last + 1;
    }

    private record Token(String text, int start, int end) {}

    /** Why a statement cannot be tried. */
    public static final class NotTriedException extends Exception {
        private static final long serialVersionUID = 1L;

        NotTriedException(String why) {
            super(why);
        }
    }
}
