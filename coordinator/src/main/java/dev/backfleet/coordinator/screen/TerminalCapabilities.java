package dev.backfleet.coordinator.screen;

import dev.backfleet.common.cli.output.TerminalInfo;
import java.util.Map;

/**
 * What a screen can show.
 *
 * @param columns its width in characters
 * @param rows its height in lines
 * @param colour whether colours are welcome
 */
public record TerminalCapabilities(int columns, int rows, boolean colour) {

    /** The screen that the launcher found. */
    public static TerminalCapabilities of(Map<String, String> environment) {
        return of(TerminalInfo.from(environment), environment);
    }

    /** A screen whose size may have changed since. */
    public static TerminalCapabilities of(TerminalInfo terminal, Map<String, String> environment) {
        return new TerminalCapabilities(terminal.columns(), terminal.rows(), TerminalInfo.wantsColour(environment));
    }
}
