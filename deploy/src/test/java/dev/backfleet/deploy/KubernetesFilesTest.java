package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.metric.FleetMetric;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the files for Kubernetes say what Kubernetes reads, and fit the programs that they start. */
class KubernetesFilesTest {
    private static final Path ROOT = Path.of("kubernetes");
    private static final Pattern SETTING = Pattern.compile("BACKFLEET_[A-Z_]+");

    static Stream<Path> files() throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files
                    .filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .toList()
                    .stream();
        }
    }

    static Stream<Container> containers() throws IOException {
        return deployments().map(KubernetesFilesTest::container);
    }

    static Stream<Deployment> deployments() throws IOException {
        var both = Stream.<Deployment>builder();
        for (var program : List.of("coordinator", "worker")) {
            both.add(Manifests.parse(Files.readString(ROOT.resolve("base/" + program + ".yaml")))
                    .one(Deployment.class, "backfleet-" + program));
        }
        return both.build();
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_file_has_only_fields_that_its_kinds_have(Path file) throws IOException {
        var manifests = Manifests.parse(Files.readString(file));
        assertThat(manifests.objects().size() + manifests.scaledObjects().size())
                .isPositive();
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void pods_have_no_rights_and_no_way_to_get_any(Deployment deployment) {
        var pod = pod(deployment);
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getEnableServiceLinks())
                .as("variables such as BACKFLEET_WORKER_PORT")
                .isFalse();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(65532);
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        var context = container(deployment).getSecurityContext();
        assertThat(context.getAllowPrivilegeEscalation()).isFalse();
        assertThat(context.getReadOnlyRootFilesystem()).isTrue();
        assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(pod.getVolumes())
                .allSatisfy(volume -> assertThat(volume.getSecret().getDefaultMode())
                        .as("readable by the group of fsGroup, and nobody else")
                        .isEqualTo(0440));
        assertThat(pod.getSecurityContext().getFsGroup()).isEqualTo(65532);
    }

    @ParameterizedTest
    @MethodSource("containers")
    void probes_ask_what_the_process_answers_on_the_port_on_which_it_listens(Container container) throws IOException {
        assertThat(path(container.getStartupProbe())).isEqualTo("/startupz");
        assertThat(path(container.getLivenessProbe())).isEqualTo("/livez");
        assertThat(path(container.getReadinessProbe())).isEqualTo("/readyz");
        var port = container.getPorts().get(0);
        assertThat(Stream.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe()))
                .allMatch(probe -> probe.getHttpGet().getPort().getStrVal().equals(port.getName()));
        assertThat(environment(container).get(SettingCatalogue.MANAGEMENT_LISTEN.name()))
                .as("all addresses, since the kubelet asks from outside")
                .isEqualTo("0.0.0.0:" + port.getContainerPort());
    }

    @ParameterizedTest
    @MethodSource("containers")
    void a_process_that_waits_for_its_servers_ends_by_itself_before_Kubernetes_ends_it(Container container)
            throws IOException {
        var probe = container.getStartupProbe();
        var patience = settings(container).get(SettingCatalogue.START_TIMEOUT);
        assertThat(probe.getPeriodSeconds() * probe.getFailureThreshold()).isGreaterThan((int) patience.toSeconds());
    }

    @Test
    void a_stopping_worker_is_given_longer_than_it_gives_itself() throws IOException {
        var worker = deployments().toList().get(1);
        var drain = settings(container(worker)).get(SettingCatalogue.WORKER_DRAIN);
        assertThat(pod(worker).getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(drain.toSeconds() + 10);
    }

    @ParameterizedTest
    @MethodSource("containers")
    void a_program_gets_settings_that_it_reads(Container container) throws IOException {
        var environment = environment(container);
        var part = Part.valueOf(container.getName().toUpperCase(Locale.ROOT));
        assertThat(environment.keySet())
                .isSubsetOf(
                        SettingCatalogue.of(part).stream().map(Setting::name).toList());
        SettingCatalogue.of(part).forEach(settings(container)::find);
        assertThat(environment)
                .containsKey(SettingCatalogue.DATABASE_PASSWORD_FILE.name())
                .doesNotContainKey(SettingCatalogue.DATABASE_PASSWORD.name());
    }

    @Test
    void a_setting_that_is_spoken_of_exists() throws IOException {
        try (var files = Files.walk(ROOT)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(SETTING.matcher(Files.readString(file)).results().map(match -> match.group()))
                        .as(file.toString())
                        // In a comment, as what Kubernetes would set.
                        .filteredOn(name -> !name.equals("BACKFLEET_WORKER_PORT"))
                        .allMatch(name -> SettingCatalogue.named(name).isPresent());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"production", "try"})
    void whatever_selects_pods_selects_those_of_a_deployment(String overlay, @TempDir Path copy) throws Exception {
        var rendered = render(overlay, copy);
        var pods = rendered.all(Deployment.class)
                .map(deployment ->
                        deployment.getSpec().getTemplate().getMetadata().getLabels())
                .toList();
        var selectors = new HashMap<String, Map<String, String>>();
        rendered.all(Deployment.class)
                .forEach(deployment -> selectors.put(
                        "deployment " + deployment.getMetadata().getName(),
                        deployment.getSpec().getSelector().getMatchLabels()));
        rendered.all(Service.class)
                .forEach(service -> selectors.put(
                        "service " + service.getMetadata().getName(),
                        service.getSpec().getSelector()));
        rendered.all(PodDisruptionBudget.class)
                .forEach(budget -> selectors.put(
                        "budget " + budget.getMetadata().getName(),
                        budget.getSpec().getSelector().getMatchLabels()));
        rendered.all(NetworkPolicy.class)
                .forEach(policy -> selectors.put(
                        "policy " + policy.getMetadata().getName(),
                        policy.getSpec().getPodSelector().getMatchLabels()));
        assertThat(selectors).hasSizeGreaterThanOrEqualTo(7).allSatisfy((who, labels) -> assertThat(pods)
                .as(who + ": " + labels)
                .anyMatch(pod -> pod.entrySet().containsAll(labels.entrySet())));
        assertThat(rendered.all(ServiceAccount.class)).hasSize(2);
        assertThat(rendered.objects())
                .filteredOn(object -> !(object instanceof Namespace))
                .allMatch(object -> object.getMetadata()
                        .getNamespace()
                        .equals(rendered.all(Namespace.class)
                                .findFirst()
                                .orElseThrow()
                                .getMetadata()
                                .getName()));
    }

    @Test
    void pods_of_production_are_accepted_by_the_strictest_profile_and_get_tls_for_Kafka(@TempDir Path copy)
            throws Exception {
        var rendered = render("production", copy);
        assertThat(rendered.one(Namespace.class, "backfleet").getMetadata().getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
        assertThat(rendered.all(Secret.class)).as("secrets in the repository").isEmpty();
        assertThat(rendered.all(Deployment.class)).hasSize(2).allSatisfy(deployment -> {
            pods_have_no_rights_and_no_way_to_get_any(deployment);
            assertThat(container(deployment).getEnv().stream().map(EnvVar::getName))
                    .contains(SettingCatalogue.KAFKA_PROPERTIES.name());
            assertThat(container(deployment).getImage()).startsWith("registry.example.com/backfleet-");
        });
    }

    @Test
    void components_that_production_leaves_out_fit_it_as_well(@TempDir Path copy) throws Exception {
        var file = Path.of("overlays/production/kustomization.yaml");
        copy(copy);
        Files.writeString(
                copy.resolve(file), Files.readString(copy.resolve(file)).replace("  # - ", "  - "));
        var rendered = Manifests.parse(Kustomize.render(copy.resolve(file.getParent())));
        var coordinator = rendered.one(Deployment.class, "backfleet-coordinator");
        pods_have_no_rights_and_no_way_to_get_any(coordinator);
        assertThat(settings(container(coordinator), rendered.all(ConfigMap.class))
                        .get(SettingCatalogue.THROTTLE_DATABASE_USER))
                .isEqualTo("backfleet_throttle");
        assertThat(environment(
                        container(coordinator), rendered.all(ConfigMap.class).toList()))
                .containsKeys(
                        SettingCatalogue.WEBHOOKS_FILE.name(), SettingCatalogue.THROTTLE_DATABASE_PASSWORD_FILE.name());
        assertThat(pod(coordinator).getVolumes()).hasSize(4);
        assertThat(rendered.one(NetworkPolicy.class, "backfleet-webhooks")
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels())
                .isEqualTo(coordinator.getSpec().getSelector().getMatchLabels());
    }

    @Test
    void Prometheus_scrapes_both_programs_under_the_name_for_which_the_alerts_look(@TempDir Path copy)
            throws Exception {
        var rendered = render("production", copy);
        var monitor = rendered.one(ServiceMonitor.class, "backfleet").getSpec();
        var job = monitor.getJobLabel();
        var scraped = rendered.all(Service.class)
                .filter(service -> service.getMetadata()
                        .getLabels()
                        .entrySet()
                        .containsAll(monitor.getSelector().getMatchLabels().entrySet()))
                .toList();
        assertThat(scraped).hasSize(2).allSatisfy(service -> {
            assertThat(service.getMetadata().getLabels()).containsEntry(job, "backfleet");
            assertThat(service.getSpec().getPorts().get(0).getName())
                    .isEqualTo(monitor.getEndpoints().get(0).getPort());
            var pods = rendered.all(Deployment.class)
                    .filter(deployment -> deployment
                            .getSpec()
                            .getTemplate()
                            .getMetadata()
                            .getLabels()
                            .entrySet()
                            .containsAll(service.getSpec().getSelector().entrySet()))
                    .toList();
            assertThat(pods).singleElement().satisfies(deployment -> {
                var port = container(deployment).getPorts().get(0);
                assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal())
                        .isEqualTo(port.getName());
                assertThat(service.getSpec().getPorts().get(0).getPort()).isEqualTo(port.getContainerPort());
            });
        });
        var looked = Pattern.compile("job=~\"([^\"]+)\"").matcher(Files.readString(Path.of("prometheus/alerts.yml")));
        assertThat(looked.results().map(match -> match.group(1))).isNotEmpty().allMatch("backfleet"::matches);
    }

    @Test
    void there_are_as_many_workers_as_have_the_slots_that_jobs_can_use(@TempDir Path copy) throws Exception {
        var rendered = render("production", copy);
        var scaled = rendered.scaledObjects().get(0).path("spec");
        var worker = rendered.one(
                Deployment.class, scaled.path("scaleTargetRef").path("name").asText());
        assertThat(worker.getSpec().getReplicas()).as("left to KEDA").isNull();
        var trigger = scaled.path("triggers").path(0).path("metadata");
        assertThat(trigger.path("query").asText()).contains(FleetMetric.RUNNABLE_TASKS.exposedName());
        assertThat(trigger.path("threshold").asInt())
                .isEqualTo(settings(container(worker), rendered.all(ConfigMap.class))
                        .get(SettingCatalogue.WORKER_SLOTS));
    }

    // As a user has it: with the file of the password, which is not in the repository.
    private static Manifests render(String overlay, Path copy) throws IOException, InterruptedException {
        copy(copy);
        var folder = copy.resolve("overlays").resolve(overlay);
        Files.writeString(folder.resolve("database-password"), "a password");
        return Manifests.parse(Kustomize.render(folder));
    }

    private static void copy(Path copy) throws IOException {
        try (var files = Files.walk(ROOT)) {
            for (var file : files.toList()) {
                var to = copy.resolve(ROOT.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to);
                }
            }
        }
    }

    private static String path(Probe probe) {
        return probe.getHttpGet().getPath();
    }

    private static PodSpec pod(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    private static Container container(Deployment deployment) {
        var containers = pod(deployment).getContainers();
        assertThat(containers).hasSize(1);
        return containers.get(0);
    }

    private static Settings settings(Container container) throws IOException {
        return load(environment(container));
    }

    private static Settings settings(Container container, Stream<ConfigMap> maps) {
        return load(environment(container, maps.toList()));
    }

    // Files are in the container.
    private static Settings load(Map<String, String> environment) {
        var here = new HashMap<>(environment);
        here.keySet().removeIf(name -> name.endsWith("_FILE") || name.endsWith("_PROPERTIES"));
        return Settings.load(Map.of(), here, null, Optional.empty());
    }

    private static Map<String, String> environment(Container container) throws IOException {
        var kustomization = Manifests.tree(Files.readString(ROOT.resolve("base/kustomization.yaml")));
        var environment = new HashMap<String, String>();
        for (var map : kustomization.path("configMapGenerator")) {
            if (container.getEnvFrom().stream().anyMatch(from -> from.getConfigMapRef()
                    .getName()
                    .equals(map.path("name").asText()))) {
                map.path("literals").forEach(literal -> {
                    var parts = literal.asText().split("=", 2);
                    environment.put(parts[0], parts[1]);
                });
            }
        }
        own(container, environment);
        return environment;
    }

    private static Map<String, String> environment(Container container, List<ConfigMap> maps) {
        var environment = new HashMap<String, String>();
        for (var from : container.getEnvFrom()) {
            maps.stream()
                    .filter(map -> map.getMetadata()
                            .getName()
                            .equals(from.getConfigMapRef().getName()))
                    .forEach(map -> environment.putAll(map.getData()));
        }
        own(container, environment);
        return environment;
    }

    private static void own(Container container, Map<String, String> environment) {
        container
                .getEnv()
                .forEach(variable -> environment.put(
                        variable.getName(), variable.getValue() == null ? "pod-1" : variable.getValue()));
    }
}
