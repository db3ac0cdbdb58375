package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.sql.Identifier;
import java.util.Collection;
import java.util.stream.Collectors;

/** Regular expressions of PostgreSQL that find names in the text of statements. */
final class Words {
    private Words() {}

    /** Any of the names as a whole word, as it is or as it is written in double quotes; to be used without regard to case. */
    static String any(Collection<Identifier> names) {
        return names.stream()
                .map(name -> escaped(name.name().replace("\"", "\"\"")))
                .collect(Collectors.joining("|", "(^|[^[:alnum:]_$])(", ")($|[^[:alnum:]_$])"));
    }

    private static String escaped(String text) {
        var regex = new StringBuilder();
        text.codePoints().forEach(character -> {
            if (!Character.isLetterOrDigit(character) && character != '_' && character < 128) {
                regex.append('\\');
            }
            regex.appendCodePoint(character);
        });
        return regex.toString();
    }
}
