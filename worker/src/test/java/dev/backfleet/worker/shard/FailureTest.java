package dev.backfleet.worker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.error.ErrorKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SQLSTATE decides what follows. */
class FailureTest {

    @ParameterizedTest
    @CsvSource({
        "TRANSIENT, 40001 40P01 55P03 53300 0A000",
        "TIMED_OUT, 57014",
        "CONNECTION_LOST, 08000 08001 08003 08006 08P01 57P01 57P02 57P03 25P03",
        "ENVIRONMENT, 53100 25006 42501",
        "REFUSED_ROW, 22001 22003 22012 22P02 22021 23502 23514 23505 23503 23P01 P0001 P0002 21000 44000 38000 54000",
        "SCHEMA_CHANGED, 42703 42P01",
        "UNKNOWN, XX000 42601 54001 58030 00000"
    })
    void every_known_code_has_its_consequence(ErrorKind kind, String codes) {
        assertThat(codes.split(" "))
                .allSatisfy(code -> assertThat(Failures.of(code, "no")).isEqualTo(new Failure(kind, code, "no")));
    }

    @ParameterizedTest
    @CsvSource({
        "TRANSIENT, true, 08001 08006 28000 28P01 3D000 42501",
        "TRANSIENT, false, 40001 53100 53300 57P01",
        "TIMED_OUT, false, 57014",
        "REFUSED_ROW, false, 22012 P0001",
        "SCHEMA_CHANGED, false, 42P01",
        "UNKNOWN, false, 25006 XX001"
    })
    void a_failure_of_a_standby_is_none_of_the_database_and_access_to_it_is_waited_for(
            ErrorKind kind, boolean waits, String codes) {
        assertThat(codes.split(" ")).allSatisfy(code -> {
            var failure = Failures.of(code, "no").ofStandby("replica:5432/app");
            assertThat(failure).isEqualTo(new Failure(kind, code, "no", "replica:5432/app"));
            assertThat(failure.waitsForStandby()).isEqualTo(waits);
            assertThat(Failures.of(code, "no").waitsForStandby()).isFalse();
        });
    }
}
