package dev.backfleet.common.cli.output;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The terminal, as the launcher found it.
 *
 * @param present whether standard output is a terminal at all
 * @param columns its width in characters
 * @param rows its height in lines
 */
public record TerminalInfo(boolean present, int columns, int rows) {

    /** Standard output goes to a file or a pipe. */
    public static final TerminalInfo NONE = new TerminalInfo(false, 80, 24);

    private static final String VARIABLE = "BACKFLEET_TERMINAL";
    private static final String INPUT = "BACKFLEET_INPUT";
    private static final Pattern FORM = Pattern.compile("([0-9]{1,4})x([0-9]{1,4})");

    /** Reads {@code BACKFLEET_TERMINAL}, whose value is {@code COLUMNSxROWS}. */
    public static TerminalInfo from(Map<String, String> environment) {
        var text = environment.getOrDefault(VARIABLE, "");
        if (text.isEmpty()) {
            return NONE;
        }
        var match = FORM.matcher(text);
        if (!match.matches()) {
            return new TerminalInfo(true, NONE.columns, NONE.rows);
        }
        return ofSize(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)));
    }

    /** A terminal of a size; some say 0x0 before their first resize. */
    static TerminalInfo ofSize(int columns, int rows) {
        return new TerminalInfo(true, orElse(columns, NONE.columns), orElse(rows, NONE.rows));
    }

    /** Whether a person can be asked: standard input and output are a terminal, as the launcher found them. */
    public static boolean canAsk(Map<String, String> environment) {
        return from(environment).present()
                && environment.getOrDefault(INPUT, "").equals("terminal");
    }

    /** Whether colours and cursor movements may be used. */
    public static boolean wantsColour(Map<String, String> environment) {
        return from(environment).present()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    private static int orElse(int value, int otherwise) {
        return value == 0 ? otherwise : value;
    }
}
