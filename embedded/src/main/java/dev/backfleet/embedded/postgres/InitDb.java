package dev.backfleet.embedded.postgres;

import dev.backfleet.embedded.process.Command;
import dev.backfleet.embedded.process.EmbeddedServerException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The command that creates a data directory, with the options that its version of PostgreSQL has. */
final class InitDb {

    private static final int KNOWS_NO_INSTRUCTIONS = 14;
    private static final int HAS_A_LOCALE_PROVIDER_OF_ITS_OWN = 17;
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    private InitDb() {}

    /** The command of the programs in this directory, without the account that runs it. */
    static List<String> command(Path programs, ServerAccount account, Path data, String user, boolean temporary) {
        var program = programs.resolve("initdb").toString();
        var said = Command.run(account.command(List.of(program, "--version"))).output();
        var version = VERSION.matcher(said);
        if (!version.find()) {
            throw new EmbeddedServerException("initdb does not say its version: " + said);
        }
        var words = new ArrayList<>(List.of(program, "-D", data.toString(), "-U", user, "-A", "trust", "-E", "UTF8"));
        words.addAll(options(Integer.parseInt(version.group(1))));
        if (temporary) {
            words.add("--no-sync");
        }
        return words;
    }

    // The same text order on every machine, by code point. Only from 17 on it does not depend on the machine's locales.
    static List<String> options(int version) {
        var options = new ArrayList<String>();
        if (version >= KNOWS_NO_INSTRUCTIONS) {
            options.add("--no-instructions");
        }
        options.addAll(
                version >= HAS_A_LOCALE_PROVIDER_OF_ITS_OWN
                        ? List.of("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
                        : List.of("--locale=C", "--lc-ctype=C.UTF-8"));
        return options;
    }
}
