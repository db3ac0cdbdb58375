package dev.backfleet.common.error;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The function in which an error was raised, as far as the error's context names it. A context also contains the text
 * of statements, and so values; only the function's name and the statement's verb are taken from it.
 *
 * @param function the innermost function, with its argument types where the server names them; null if none was found
 * @param verb what the function's statement did: INSERT, UPDATE, DELETE, SELECT, TRUNCATE or LOCK; null if unknown
 * @param functions that function, and those that called it, from the inside to the outside
 * @param table the table whose trigger one of these functions is, with its schema; null if none is, or it was not looked up
 */
public record FunctionPlace(
        @Nullable String function,
        @Nullable String verb,
        List<String> functions,
        @Nullable String table) {
    public static final FunctionPlace NONE = new FunctionPlace(null, null, List.of(), null);

    private static final Set<String> VERBS = Set.of("INSERT", "UPDATE", "DELETE", "SELECT", "TRUNCATE", "LOCK");
    private static final String NAME = "(?:\"(?:[^\"\\n]|\"\")+\"|[A-Za-z_][\\w$]*)";

    // Contexts are translated, and quotes with them; the language's name and the form name(arguments) are not. A word
    // before the language's name is one word, so that a line of a statement's text is not taken for such a line.
    private static final String FUNCTION =
            "(?:function|funktion|fonction|función|função|funzione|funkcja|функция|функція|関数|函数|함수)";
    private static final Pattern PLPGSQL = Pattern.compile(
            "^(?:" + FUNCTION + " )?PL/pgSQL[^\\n]*?(" + NAME + "(?:\\." + NAME + ")?\\([^()\\n]*\\))",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    private static final Pattern NAMED = Pattern.compile(
            "^(?:in )?(?:" + FUNCTION + " (?:SQL|PL/\\w+)|(?:SQL|PL/\\w+)[ -]?" + FUNCTION
                    + ") ?(?:\"(?<plain>(?:[^\"\\n]|\"\")+)\"|[«»“„][ \\u00a0]?(?<other>[^«»“”„\\n]+?)[ \\u00a0]?[«»“”])",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    private static final Pattern STATEMENT =
            Pattern.compile("^(?:SQL[ -]?\\p{L}+|\\p{L}+ SQL) ?[\"«»“„][ \\u00a0]?\\s*(\\w+)");
    private static final Pattern EXPRESSION = Pattern.compile("^(?:SQL expression|PL/pgSQL assignment) \"");

    public FunctionPlace {
        functions = List.copyOf(functions);
    }

    /** The same with the table whose trigger one of the functions is. */
    public FunctionPlace ofTrigger(String found) {
        return new FunctionPlace(function, verb, functions, found);
    }

    /** Parses an error's context. */
    public static FunctionPlace of(@Nullable String context) {
        if (context == null) {
            return NONE;
        }
        String verb = null;
        var functions = new ArrayList<String>();
        for (var line : context.lines().toList()) {
            function(line).ifPresent(functions::add);
            verb = verb == null && functions.isEmpty() ? verb(line) : verb;
        }
        return functions.isEmpty() ? NONE : new FunctionPlace(functions.get(0), verb, functions, null);
    }

    private static Optional<String> function(String line) {
        var plpgsql = PLPGSQL.matcher(line);
        if (plpgsql.find()) {
            return Optional.of(plpgsql.group(1));
        }
        var named = NAMED.matcher(line);
        if (!named.find()) {
            return Optional.empty();
        }
        var plain = named.group("plain");
        return Optional.of(plain == null ? named.group("other") : plain);
    }

    private static @Nullable String verb(String line) {
        var statement = STATEMENT.matcher(line);
        if (statement.find()) {
            var word = statement.group(1).toUpperCase(Locale.ROOT);
            return VERBS.contains(word) ? word : null;
        }
        return EXPRESSION.matcher(line).find() ? "SELECT" : null;
    }
}
