package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.DdlRules;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.NewColumn;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Execution;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes migrations, and executes their steps one after the other, as simply as can be. */
final class MigrationBench {
    private final TestDatabase db;

    MigrationBench(TestDatabase db) {
        this.db = db;
    }

    /** A migration of one old column to one new one. */
    static Migration migration(String table, String from, String to, String type, List<Element> finish) {
        return new Draft("m", table)
                .from(from)
                .to(to, type, name(from).quoted())
                .finish(finish)
                .migration();
    }

    static Identifier name(String catalogName) {
        return Identifier.of(catalogName);
    }

    static SqlExpression sql(String text) {
        return SqlExpression.parse(text);
    }

    TableShape shape(Migration migration) {
        return new PostgresMigrationCatalog(db.database).shape(migration).orElseThrow();
    }

    List<Step> steps(Migration migration) {
        return Steps.of(migration, shape(migration));
    }

    /** What the check of a step says. */
    String check(Step step) throws SQLException {
        db.run("set search_path = public, pg_temp");
        return db.ask(step.check());
    }

    Step step(Migration migration, String id) {
        return steps(migration).stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(id + " is none of "
                        + steps(migration).stream().map(Step::id).toList()));
    }

    /** Executes a step if it is open; afterwards it is done. */
    void apply(Step step) throws SQLException {
        var standing = check(step);
        assertThat(standing).as(step.id()).isIn("open", "done");
        if (standing.equals("open")) {
            execute(step.execution(), step.statements());
        }
        assertThat(check(step)).as(step.id()).isEqualTo("done");
    }

    void execute(Execution execution, List<String> statements) throws SQLException {
        db.run("set search_path = public, pg_temp");
        if (execution == Execution.CONCURRENT) {
            for (var statement : statements) {
                db.run(statement);
            }
            return;
        }
        db.run("begin");
        try {
            for (var statement : statements) {
                db.run(statement);
            }
            db.run("commit");
        } finally {
            db.run("rollback");
        }
    }

    /** Applies all steps, and derives them anew: all of them are done. */
    void applyAll(Migration migration) throws SQLException {
        for (var step : steps(migration)) {
            apply(step);
        }
        for (var step : steps(migration)) {
            assertThat(check(step)).as(step.id()).isEqualTo("done");
        }
    }

    /** Takes all steps back, last first. */
    void undoAll(Migration migration) throws SQLException {
        var steps = steps(migration);
        for (var i = steps.size() - 1; i >= 0; i--) {
            execute(steps.get(i).execution(), steps.get(i).undo());
        }
    }

    /** Everything that the catalog has of the tables of a schema, as comparable texts. */
    List<String> catalog(String schema) throws SQLException {
        var all = new ArrayList<String>();
        for (var query : List.of(
                "select c.relname || ' ' || c.relkind::text || ' ' || coalesce(c.relacl::text, '') from pg_class c where c.relnamespace = '{s}'::regnamespace",
                "select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull || coalesce(a.attacl::text, '')"
                        + " || coalesce((select pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum), '')"
                        + " || coalesce(col_description(c.oid, a.attnum), '')"
                        + " from pg_attribute a join pg_class c on c.oid = a.attrelid"
                        + " where c.relnamespace = '{s}'::regnamespace and a.attnum > 0 and not a.attisdropped",
                "select k.conname || ' ' || pg_get_constraintdef(k.oid) || k.convalidated from pg_constraint k where k.connamespace = '{s}'::regnamespace",
                "select pg_get_indexdef(i.indexrelid) || i.indisvalid from pg_index i join pg_class c on c.oid = i.indrelid"
                        + " where c.relnamespace = '{s}'::regnamespace",
                "select pg_get_statisticsobjdef(s.oid) from pg_statistic_ext s where s.stxnamespace = '{s}'::regnamespace",
                "select pg_get_triggerdef(t.oid) || t.tgenabled::text from pg_trigger t join pg_class c on c.oid = t.tgrelid"
                        + " where c.relnamespace = '{s}'::regnamespace and not t.tgisinternal",
                "select p.proname || p.prosrc from pg_proc p where p.pronamespace = '{s}'::regnamespace")) {
            all.addAll(db.column(
                    query.replace("{s}", Identifier.of(schema).quoted().replace("'", "''")) + " order by 1"));
        }
        return all;
    }

    /** A migration that is being written. */
    static final class Draft {
        private final String name;
        private final String table;
        private final List<Identifier> from = new ArrayList<>();
        private final Map<Identifier, NewColumn> to = new LinkedHashMap<>();
        private final Map<Identifier, SqlExpression> down = new LinkedHashMap<>();
        private SyncErrors onError = SyncErrors.LEAVE;
        private List<Element> expand = List.of();
        private List<Element> finish = List.of();
        private Optional<Identifier> role = Optional.empty();
        private ContractRules contract = ContractRules.USUAL;
        private AbortRules abort = AbortRules.NONE;

        Draft(String name, String table) {
            this.name = name;
            this.table = table;
        }

        Draft from(String column) {
            from.add(name(column));
            return this;
        }

        Draft to(String column, String type, String up) {
            to.put(name(column), new NewColumn(type, sql(up), Optional.empty()));
            return this;
        }

        Draft to(String column, String type, String up, String value) {
            to.put(name(column), new NewColumn(type, sql(up), Optional.of(sql(value))));
            return this;
        }

        Draft down(String column, String expression) {
            down.put(name(column), sql(expression));
            return this;
        }

        Draft onError(SyncErrors value) {
            onError = value;
            return this;
        }

        Draft expand(List<Element> elements) {
            expand = elements;
            return this;
        }

        Draft finish(List<Element> elements) {
            finish = elements;
            return this;
        }

        Draft contract(ContractRules value) {
            contract = value;
            return this;
        }

        Draft abort(AbortRules value) {
            abort = value;
            return this;
        }

        Draft role(String value) {
            role = Optional.of(name(value));
            return this;
        }

        Migration migration() {
            return new Migration(
                    name,
                    TableName.parse(table),
                    from,
                    to,
                    down,
                    onError,
                    expand,
                    finish,
                    new Migration.Proof(Duration.ofHours(1), Duration.ofHours(24)),
                    new CutoverPlan(CutoverPlan.USUAL, Duration.ofMinutes(30), CutoverPlan.Promotion.MANUAL, abort),
                    contract,
                    new DdlRules(Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofMinutes(30), role, false),
                    SpecParser.parse("m.yaml", "name: m\ntable: t\nset: { n: n + 1 }\n"),
                    "");
        }
    }
}
