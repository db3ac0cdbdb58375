package dev.backfleet.coordinator.review;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a function does, as far as its text shows that: a search for words, no analysis. SQL that is put together at run time, and
 * functions that it calls, stay unknown.
 *
 * @param known whether the language is one whose text is SQL
 * @param writes the tables that it changes
 * @param reads other tables that it reads
 * @param dynamic whether it runs SQL that is put together at run time
 * @param notifies whether it sends a notification
 */
record FunctionText(boolean known, List<String> writes, List<String> reads, boolean dynamic, boolean notifies) {
    private static final Pattern NOT_CODE = Pattern.compile("--[^\\n]*|/\\*.*?\\*/|'(?:[^']|'')*'", Pattern.DOTALL);
    private static final String PART = "(?:\"(?:[^\"]|\"\")++\"|[\\p{L}_][\\p{L}\\d_$]*+)";
    private static final String NAME = "(" + PART + "(?:\\s*\\.\\s*" + PART + ")?+)";
    private static final Pattern WRITES = pattern(
            "\\b(?:insert\\s+into|merge\\s+into|delete\\s+from|truncate(?:\\s+table)?|update)\\s+(?:only\\s+)?" + NAME);
    private static final Pattern READS =
            pattern("\\b(?:from|join)\\s+(?:only\\s+|lateral\\s+)?" + NAME + "(?!\\s*\\()");
    private static final Pattern MERGES =
            pattern("\\bmerge\\s+into\\s+[^;]*?\\busing\\s+(?:only\\s+)?" + NAME + "(?!\\s*\\()");
    private static final Pattern COMMON_TABLES =
            pattern("(?:\\bwith|,)\\s+(?:recursive\\s+)?(" + PART + ")\\s+as\\s+(?:(?:not\\s+)?materialized\\s+)?\\(");

    /** Calls of functions whose arguments are separated by FROM. */
    private static final Pattern FROM_IN_CALLS =
            pattern("\\b(?:extract|trim|substring|overlay)\\s*\\((?:[^()]|\\([^()]*\\))*\\)");

    private static final Pattern DYNAMIC = pattern("\\bexecute\\s+(?!function\\b|procedure\\b)");
    private static final Pattern NOTIFIES = pattern("\\bnotify\\s|\\bpg_notify\\s*\\(");
    private static final Set<String> SQL = Set.of("sql", "plpgsql");

    /** Words that may follow the words above and are no tables: of other statements, and of trigger functions. */
    private static final Set<String> NO_TABLES = Set.of(
            "set", "of", "on", "select", "new", "old", "unnest", "generate_series", "each", "skip", "nowait", "is");

    FunctionText {
        writes = List.copyOf(writes);
        reads = List.copyOf(reads);
    }

    /** Reads the text of a function. */
    static FunctionText of(String language, String source) {
        if (!SQL.contains(language)) {
            return new FunctionText(false, List.of(), List.of(), false, false);
        }
        var code = FROM_IN_CALLS
                .matcher(NOT_CODE.matcher(source).replaceAll(" '' "))
                .replaceAll(" ");
        var writes = names(WRITES, code);
        var reads = new ArrayList<>(names(READS, code));
        reads.addAll(names(MERGES, code));
        reads.removeAll(writes);
        reads.removeAll(names(COMMON_TABLES, code));
        return new FunctionText(
                true,
                writes,
                reads,
                DYNAMIC.matcher(code).find(),
                NOTIFIES.matcher(code).find());
    }

    /** What it does, as clauses in a row; empty if its text shows nothing of this kind. */
    String words() {
        if (!known) {
            return "what it does cannot be read from its text";
        }
        var clauses = new ArrayList<String>();
        if (!writes.isEmpty()) {
            clauses.add("writes " + Subject.named(writes));
        }
        if (!reads.isEmpty()) {
            clauses.add("reads " + Subject.named(reads));
        }
        if (dynamic) {
            clauses.add("runs SQL that it puts together");
        }
        if (notifies) {
            clauses.add("sends notifications");
        }
        return String.join(", ", clauses);
    }

    private static List<String> names(Pattern pattern, String code) {
        var names = new LinkedHashSet<String>();
        pattern.matcher(code)
                .results()
                .map(match -> match.group(1).replaceAll("\\s*\\.\\s*", "."))
                .filter(name ->
                        !NO_TABLES.contains(name.toLowerCase(Locale.ROOT).replaceFirst("\\..*", "")))
                .forEach(names::add);
        return List.copyOf(names);
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }
}
