package dev.backfleet.coordinator.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfleet.coordinator.api.ApiCode;
import dev.backfleet.coordinator.api.OpenApi;
import dev.backfleet.coordinator.api.Reads;
import dev.backfleet.coordinator.api.Resource;
import dev.backfleet.coordinator.api.Resources;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The description of the API has each resource of the API, with its parameters, and no other one. */
class OpenApiTest {
    private final JsonNode document = ApiContract.description();

    private static List<Resource> resources() {
        var none = (Reads) Proxy.newProxyInstance(
                Reads.class.getClassLoader(), new Class<?>[] {Reads.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("nothing is read");
                });
        return new Resources(none).all();
    }

    @Test
    void it_has_each_resource_with_its_parameters_and_no_other() {
        var served = new TreeMap<String, Set<String>>();
        resources().forEach(resource -> served.put(resource.path(), new TreeSet<>(resource.parameters())));
        for (var path : List.of(OpenApi.PATH, Resources.JOB_STREAM, Resources.FLEET_STREAM)) {
            served.put(path, Set.of());
        }
        var described = new TreeMap<String, Set<String>>();
        document.get("paths").properties().forEach(path -> {
            assertThat(path.getValue().fieldNames()).toIterable().containsExactly("get");
            described.put(path.getKey(), parameters(path.getValue().get("get")));
        });
        assertThat(described).isEqualTo(served);
    }

    private static Set<String> parameters(JsonNode operation) {
        var names = new TreeSet<String>();
        operation.path("parameters").forEach(parameter -> {
            if (parameter.path("in").asText().equals("query")) {
                names.add(parameter.get("name").asText());
            }
        });
        return names;
    }

    @Test
    void the_parts_of_a_path_that_vary_are_described() {
        document.get("paths").properties().forEach(path -> {
            var places = path.getKey().replaceAll("[^{]", "").length();
            var described = new ArrayList<JsonNode>();
            path.getValue().get("get").path("parameters").forEach(parameter -> {
                if (!parameter.path("in").asText().equals("query")) {
                    described.add(parameter);
                }
            });
            assertThat(described).as(path.getKey()).hasSize(places);
        });
    }

    @Test
    void its_codes_are_those_of_problems() {
        var codes = new ArrayList<String>();
        document.at("/components/schemas/ApiCode/enum").forEach(code -> codes.add(code.asText()));
        assertThat(codes)
                .containsExactlyElementsOf(
                        List.of(ApiCode.values()).stream().map(Enum::name).toList());
    }

    @Test
    void each_reference_leads_somewhere_and_each_schema_is_used() {
        var used = new TreeSet<String>();
        document.findValuesAsText("$ref").forEach(reference -> {
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
            used.add(reference.replaceFirst("^.*/", ""));
        });
        var defined = new TreeSet<String>();
        document.get("components")
                .properties()
                .forEach(kind -> kind.getValue().fieldNames().forEachRemaining(defined::add));
        // The data of events, which a media type of text cannot refer to.
        used.addAll(Set.of("LooksSurroundings", "LooksStale"));
        assertThat(used).isEqualTo(defined);
    }
}
