package dev.backfleet.common.postgres.statement;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.ParsedSql;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Finds the parameters of Jdbi's statements. Jdbi's own parser loads a parser generator's runtime, a hundred classes at the start of
 * each command, and does not know dollar quotes.
 */
public final class ParameterParser implements SqlParser {
    private static final int MOST_KEPT = 1_000;

    private final Map<String, ParsedSql> parsed = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ParsedSql> eldest) {
            return size() > MOST_KEPT;
        }
    };

    @Override
    public ParsedSql parse(String sql, StatementContext context) {
        synchronized (parsed) {
            return parsed.computeIfAbsent(sql, ParameterParser::parse);
        }
    }

    @Override
    public String nameParameter(String rawName, StatementContext context) {
        return ":" + rawName;
    }

    static ParsedSql parse(String sql) {
        var statement = NamedStatement.parse(sql);
        var builder = ParsedSql.builder();
        for (var i = 0; i < statement.names().size(); i++) {
            builder.append(statement.texts().get(i));
            var name = statement.names().get(i);
            if (name.equals(NamedStatement.POSITION)) {
                builder.appendPositionalParameter();
            } else {
                builder.appendNamedParameter(name);
            }
        }
        return builder.append(statement.texts().get(statement.names().size())).build();
    }
}
