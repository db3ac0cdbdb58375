package dev.backfleet.common.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.ComparedCopy;
import dev.backfleet.common.job.kind.CopiedColumn;
import dev.backfleet.common.job.kind.CopyKey;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.CopyTarget;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.job.kind.WriteBack;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values in the control schema that were stored by an older release, or by a later one. */
class StoredDefinitionTest {

    private static final String OF_VERSION_BEFORE = """
            {"table":{"oid":16401,"schema":"public","name":"t"},"key":[{"name":"id","number":1,"type":"bigint"}],
            "tenantLed":false,"set":[{"column":"n","number":2,"expression":"n + 1"}],"where":null,"shardRows":100000,
            "batchDuration":"PT0.1S","batchMaxRows":10000,"triggers":"FIRE"}""";

    @Test
    void a_definition_that_the_release_before_stored_is_read() {
        var definition = JobDefinition.JSON.read(OF_VERSION_BEFORE);
        assertThat(definition.table()).isEqualTo(new JobDefinition.Table(16401, "public", "t"));
        assertThat(definition.batchDuration()).isEqualTo(Duration.ofMillis(100));
        assertThat(definition.work().set()).extracting(Assignment::column).containsExactly("n");
        assertThat(definition.updateRows().triggers()).isEqualTo(Triggers.FIRE);
        assertThat(JobDefinition.JSON.read(JobDefinition.JSON.write(definition)))
                .isEqualTo(definition);
    }

    @Test
    void what_is_stored_of_an_update_is_where_the_release_before_reads_it() {
        var stored = JobDefinition.JSON.write(JobDefinition.JSON.read(OF_VERSION_BEFORE));
        assertThat(stored)
                .contains("\"v\":2", "\"kind\":\"update-rows\"")
                .contains("\"set\":[{\"column\":\"n\",\"number\":2,\"expression\":\"n + 1\"}],\"where\":null,")
                .contains("\"triggers\":\"FIRE\"");
    }

    @Test
    void an_update_in_several_passes_is_stored_as_a_version_that_releases_before_do_not_run() {
        var old = JobDefinition.JSON.read(OF_VERSION_BEFORE);
        assertThat(JobDefinition.JSON.write(old)).doesNotContain("walk");
        var inPasses = old.walking(new Walk(8, List.of("f($1)")));
        assertThat(JobDefinition.JSON.write(inPasses))
                .contains("\"v\":8", "\"walk\":{\"passes\":8,\"hashes\":[\"f($1)\"]}");
        assertThat(JobDefinition.JSON.read(JobDefinition.JSON.write(inPasses))).isEqualTo(inPasses);
        assertThat(inPasses.setting(old.updateRows().set().get(0)).walk()).isEqualTo(inPasses.walk());
        assertThat(inPasses.mostRowsOfBatch()).isEqualTo(100_000 / 8 / 4);
        assertThat(old.mostRowsOfBatch()).isEqualTo(10_000);
    }

    @Test
    void an_update_of_a_migration_is_stored_as_a_version_that_releases_before_do_not_run() {
        var old = JobDefinition.JSON.read(OF_VERSION_BEFORE);
        assertThat(old.work().migration()).isNull();
        assertThat(JobDefinition.JSON.write(old)).doesNotContain("migration");
        var update = old.updateRows();
        var of = old.working(
                new UpdateRows(update.set(), update.where(), update.triggers(), update.old(), "split-names"));
        assertThat(JobDefinition.JSON.write(of)).contains("\"v\":5", "\"migration\":\"split-names\"");
        assertThat(JobDefinition.JSON.read(JobDefinition.JSON.write(of))).isEqualTo(of);
        assertThat(of.setting(update.set().get(0)).work().migration()).isEqualTo("split-names");
    }

    @Test
    void a_copy_and_the_comparison_of_copies_are_stored_as_a_version_that_releases_before_do_not_run() {
        var into = new CopyTarget(7, "public", "u", List.of(new CopyKey("id", 1, "operator(pg_catalog.=)", null)));
        var back = List.of(new WriteBack("u_id", 3, "\"pg_catalog\".\"int8\"", "id"));
        var of = JobDefinition.JSON
                .read(OF_VERSION_BEFORE)
                .working(new CopyRows(
                        into,
                        List.of(
                                new CopiedColumn("id", 1, "id", "\"pg_catalog\".\"int8\""),
                                new CopiedColumn("n", 2, "n + 1", "\"pg_catalog\".\"int4\"")),
                        "u_id is null",
                        OnConflict.NOTHING,
                        back,
                        Triggers.FIRE,
                        "split"));
        var stored = JobDefinition.JSON.write(of);
        // A check of the job's own table finds no column of the other one in the definition.
        assertThat(stored).contains("\"v\":6", "\"kind\":\"copy-rows\"", "\"set\":[]", "\"where\":\"u_id is null\"");
        assertThat(JobDefinition.JSON.read(stored)).isEqualTo(of);
        var other = of.setting(new Assignment("n", 2, "n + 2"));
        assertThat(other.work().set()).extracting(Assignment::expression).containsExactly("id", "n + 2");
        assertThat(other.work().columns()).containsExactly("u_id");
        assertThat(other.work().migration()).isEqualTo("split");
        var column = new ComparedColumn("id", 1, "id", "bigint", ComparedColumn.Equality.VALUE, null);
        var compares = new CompareRows(
                1,
                List.of(column),
                true,
                "u_id is null",
                List.of(),
                null,
                null,
                null,
                null,
                null,
                new ComparedCopy(into, back),
                null);
        assertThat(JobDefinition.JSON.write(of.working(compares))).contains("\"v\":6");
        assertThat(JobDefinition.JSON.read(JobDefinition.JSON.write(of.working(compares))))
                .isEqualTo(of.working(compares));
        assertThat(compares.selectionDependsOnChange("t")).isTrue();
        var twoWay = new CompareRows(
                1, List.of(column), true, null, List.of(), null, null, null, null, null, null, List.of(column));
        assertThat(JobDefinition.JSON.write(of.working(twoWay))).contains("\"v\":7");
        assertThat(JobDefinition.JSON.read(JobDefinition.JSON.write(of.working(twoWay))))
                .isEqualTo(of.working(twoWay));
    }

    @Test
    void a_kind_of_work_of_a_later_release_is_refused_with_what_to_do() {
        assertThat(JobDefinition.JSON.read(with("\"kind\":\"update-rows\",")))
                .isEqualTo(JobDefinition.JSON.read(OF_VERSION_BEFORE));
        assertThatThrownBy(() -> JobDefinition.JSON.read(with("\"kind\":\"copy\",")))
                .isInstanceOfSatisfying(
                        UnreadableException.class, e -> assertThat(e.newer()).isTrue())
                .hasMessageContaining("of a kind that this release of Backfleet does not know (copy)")
                .hasMessageContaining("upgrade");
    }

    @Test
    void a_field_of_a_later_release_is_ignored() {
        var definition = JobDefinition.JSON.read(OF_VERSION_BEFORE);
        assertThat(JobDefinition.JSON.read(with("\"shine\":{\"a\":[1]},"))).isEqualTo(definition);
        assertThat(
                        Rollout.JSON.read(
                                "{\"v\":1,\"waves\":[{\"tenants\":[],\"percent\":100,\"region\":\"eu\"}],\"promote\":\"MANUAL\",\"soak\":\"PT0S\",\"more\":1}"))
                .isEqualTo(new Rollout(
                        List.of(new Rollout.Wave(List.of(), 100)), Rollout.Promotion.MANUAL, Duration.ZERO, null));
        assertThat(ThrottleSpec.JSON.read("{\"thresholds\":{},\"probe\":null,\"sql\":[],\"http\":[],\"more\":true}"))
                .isEqualTo(ThrottleSpec.DEFAULT);
    }

    @Test
    void a_version_of_a_later_release_is_rejected_with_the_remedy() {
        assertThatThrownBy(() -> JobDefinition.JSON.read(with("\"v\":99,")))
                .isInstanceOfSatisfying(
                        UnreadableException.class, e -> assertThat(e.newer()).isTrue())
                .hasMessageContaining("has version 99")
                .hasMessageContaining("upgrade");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "not json",
                "{\"table\":null,\"key\":[],\"set\":[]}",
                "{\"table\":{\"oid\":1,\"schema\":\"s\",\"name\":\"t\"},\"key\":[],\"set\":[],\"shardRows\":1,"
                        + "\"batchDuration\":\"soon\",\"batchMaxRows\":1,\"tenantLed\":false,\"triggers\":\"FIRE\"}",
                "{\"table\":{\"oid\":1,\"schema\":\"s\",\"name\":\"t\"},\"key\":[],\"set\":[],\"shardRows\":1,"
                        + "\"batchDuration\":\"PT1S\",\"batchMaxRows\":1,\"tenantLed\":false,\"triggers\":\"DANCE\"}"
            })
    void an_invalid_value_of_any_release_is_rejected_and_is_no_bug(String json) {
        assertThatThrownBy(() -> JobDefinition.JSON.read(json))
                .isInstanceOfSatisfying(
                        UnreadableException.class, e -> assertThat(e.newer()).isFalse())
                .hasMessageContaining("stored job definition")
                .hasMessageNotContaining("DANCE");
    }

    private static String with(String field) {
        return "{" + field + OF_VERSION_BEFORE.substring(1);
    }
}
