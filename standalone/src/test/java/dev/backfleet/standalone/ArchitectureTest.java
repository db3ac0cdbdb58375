package dev.backfleet.standalone;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import picocli.CommandLine.Command;

/** The rules of the house. */
@AnalyzeClasses(
        packages = "dev.backfleet",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.DoNotIncludeTestJars.class})
class ArchitectureTest {
    private static final String COORDINATOR = "dev.backfleet.coordinator..";
    private static final String WORKER = "dev.backfleet.worker..";
    private static final String OPENFEATURE = "dev.backfleet.openfeature..";
    private static final String EMBEDDED = "dev.backfleet.embedded..";

    /** Puts together the module openfeature, from connections that the application hands in. */
    private static final String PROVIDER = "dev.backfleet.openfeature.BackfleetProvider";

    /** Where parts are put together: these may know every adapter. */
    private static final DescribedPredicate<JavaClass> COMPOSITION = resideInAnyPackage(
                    "..cli..", "dev.backfleet.standalone..", "dev.backfleet.benchmark..")
            .or(named(
                    "dev.backfleet.coordinator.Coordinator",
                    "dev.backfleet.coordinator.CutoverDuties",
                    "dev.backfleet.coordinator.EventDuties",
                    "dev.backfleet.coordinator.HealthSignals",
                    "dev.backfleet.coordinator.LeaderDuties",
                    PROVIDER,
                    "dev.backfleet.worker.Worker",
                    "dev.backfleet.worker.WorkerCommand",
                    "dev.backfleet.worker.WorkerMain"))
            .as("composition roots");

    /** Where time, waiting and chance may come from the machine. */
    private static final DescribedPredicate<JavaClass> EDGES = COMPOSITION
            .or(resideInAnyPackage("dev.backfleet.common.clock", EMBEDDED))
            .as("edges");

    @ArchTest
    static final ArchRule the_coordinator_does_not_know_workers = noClasses()
            .that()
            .resideInAPackage(COORDINATOR)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(WORKER);

    @ArchTest
    static final ArchRule a_worker_does_not_know_the_coordinator = noClasses()
            .that()
            .resideInAPackage(WORKER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(COORDINATOR);

    @ArchTest
    static final ArchRule common_depends_on_no_other_module = noClasses()
            .that()
            .resideInAPackage("dev.backfleet.common..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(COORDINATOR, WORKER, EMBEDDED, "dev.backfleet.standalone..");

    @ArchTest
    static final ArchRule only_tests_and_standalone_know_the_embedded_servers = noClasses()
            .that()
            .resideInAnyPackage(COORDINATOR, WORKER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(EMBEDDED);

    @ArchTest
    static final ArchRule the_provider_for_applications_depends_on_no_other_module = noClasses()
            .that()
            .resideInAPackage(OPENFEATURE)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.backfleet..").and(not(resideInAPackage(OPENFEATURE))));

    @ArchTest
    static final ArchRule sql_is_in_the_postgres_packages = noClasses()
            .that(not(resideInAPackage("..postgres..").or(named(PROVIDER))))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.sql..",
                    "javax.sql..",
                    "org.jdbi..",
                    "org.postgresql..",
                    "org.flywaydb..",
                    "com.zaxxer.hikari..");

    @ArchTest
    static final ArchRule kafka_clients_are_in_the_kafka_packages = noClasses()
            .that()
            .resideOutsideOfPackages("..kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    // A process without traces loads none of it.
    @ArchTest
    static final ArchRule opentelemetry_is_in_the_trace_package = noClasses()
            .that()
            .resideOutsideOfPackage("dev.backfleet.common.trace")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    // A coordinator that does not listen loads none of it.
    @ArchTest
    static final ArchRule the_http_server_is_in_its_own_packages = noClasses()
            .that()
            .resideOutsideOfPackages("dev.backfleet.coordinator.serve", "dev.backfleet.coordinator.live")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule operations_and_queries_do_not_know_the_api = noClasses()
            .that()
            .resideInAnyPackage("..operation..", "..query..", "..problem..", "..migration..", "..report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.backfleet.coordinator.api..",
                    "dev.backfleet.coordinator.serve..",
                    "dev.backfleet.coordinator.live..",
                    "dev.backfleet.coordinator.access..");

    @ArchTest
    static final ArchRule adapters_are_known_to_adapters_and_composition_roots_only = noClasses()
            .that(not(COMPOSITION).and(not(resideInAnyPackage("..postgres..", "..kafka..", EMBEDDED))))
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("..postgres..", "..kafka..").and(resideInAPackage("dev.backfleet..")));

    @ArchTest
    static final ArchRule no_cycles_in_common =
            slices().matching("dev.backfleet.common.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule no_cycles_in_the_coordinator = slices().assignedFrom(packagesOf("dev.backfleet.coordinator"))
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule no_cycles_in_the_worker =
            slices().assignedFrom(packagesOf("dev.backfleet.worker")).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule no_cycles_in_standalone = slices().assignedFrom(packagesOf("dev.backfleet.standalone"))
            .should()
            .beFreeOfCycles();

    // Who ends a process decides with which code: commands and the programs that run them.
    @ArchTest
    static final ArchRule only_commands_know_exit_codes = noClasses()
            .that()
            .resideOutsideOfPackage("..cli..")
            .and()
            .areNotAnnotatedWith(Command.class)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ExitCode.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(CommandException.class);

    @ArchTest
    static final ArchRule adapters_know_no_command_line = noClasses()
            .that()
            .resideInAnyPackage("..postgres..", "..kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..cli..", "picocli..");

    @ArchTest
    static final ArchRule operations_and_queries_know_no_command_line = noClasses()
            .that()
            .resideInAnyPackage("..operation..", "..query..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..cli..", "..screen..", "picocli..");

    @ArchTest
    static final ArchRule who_acts_is_handed_in = noClasses()
            .that()
            .resideInAPackage(COORDINATOR)
            .and()
            .resideOutsideOfPackage("..cli..")
            .should()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class, String.class);

    @ArchTest
    static final ArchRule nothing_below_knows_a_composition_root = noClasses()
            .that()
            .resideInAnyPackage("dev.backfleet.coordinator.*..", "dev.backfleet.worker.*..")
            .and()
            .resideOutsideOfPackage("..cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.backfleet.coordinator", "dev.backfleet.worker");

    @ArchTest
    static final ArchRule time_and_chance_are_handed_in = noClasses()
            .that(not(EDGES))
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(Random.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom");

    // A Kafka client measures its timeouts by the process's monotonic clock; classes that decide about work get a clock
    // injected.
    @ArchTest
    static final ArchRule the_monotonic_clock_is_handed_in = noClasses()
            .that(not(EDGES).and(not(resideInAPackage("dev.backfleet.common.kafka.."))))
            .should()
            .callMethod(System.class, "nanoTime");

    @ArchTest
    static final ArchRule packages_are_named_after_what_they_do =
            noClasses().should().resideInAnyPackage("..util..", "..utils..", "..model..", "..dto..", "..helper..");

    @ArchTest
    static final ArchRule classes_are_named_after_what_they_do = noClasses()
            .should()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Helper");

    @ArchTest
    static final ArchRule every_package_says_what_it_is_and_is_null_marked =
            classes().should(beInANullMarkedPackage());

    private static DescribedPredicate<JavaClass> named(String... outer) {
        return describe("one of " + String.join(", ", outer), type -> {
            for (var name : outer) {
                if (type.getName().equals(name) || type.getName().startsWith(name + "$")) {
                    return true;
                }
            }
            return false;
        });
    }

    /** A module's packages, the root among them: a class in it may close a circle as any other. */
    private static SliceAssignment packagesOf(String root) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                var name = type.getPackageName();
                if (name.equals(root)) {
                    return SliceIdentifier.of("the root package");
                }
                return name.startsWith(root + ".")
                        ? SliceIdentifier.of(name.substring(root.length() + 1).split("\\.")[0])
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages of " + root;
            }
        };
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a package that is @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getPackage().tryGetAnnotationOfType(NullMarked.class).isPresent()) {
                    events.add(SimpleConditionEvent.violated(
                            type, type.getPackageName() + " has no @NullMarked package-info"));
                }
            }
        };
    }

    /** In a full build, another module's tests come as a jar. */
    static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }
}
