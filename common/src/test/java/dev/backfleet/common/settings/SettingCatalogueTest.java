package dev.backfleet.common.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.common.settings.typed.ProcessName;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every definition to the form that the flags and the reference page need. */
class SettingCatalogueTest {

    @Test
    void every_definition_is_in_the_catalogue() throws IllegalAccessException {
        var defined = Stream.of(SettingCatalogue.class, HttpCatalogue.class)
                .flatMap(catalogue -> Stream.of(catalogue.getFields()))
                .filter(field -> field.getType() == Setting.class)
                .toList();

        assertThat(SettingCatalogue.all())
                .doesNotHaveDuplicates()
                .containsAll(SettingCatalogue.THROTTLE.values())
                .hasSize(defined.size() + SettingCatalogue.THROTTLE.size());
        for (var field : defined) {
            assertThat(field.get(null))
                    .isSameAs(SettingCatalogue.named("BACKFLEET_" + field.getName())
                            .orElseThrow());
        }
    }

    static Stream<Setting<?>> settings() {
        return SettingCatalogue.all().stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void every_definition_is_complete(Setting<?> setting) {
        assertThat(setting.sentence()).matches("[A-Z].*\\.");
        assertThat(setting.usedBy()).isNotEmpty();
        assertThat(setting.flag()).matches("--[a-z-]+");
        var byDefault =
                Settings.load(Map.of(), Map.of(), null, Optional.empty()).find(setting);
        assertThat(byDefault.isPresent()).isEqualTo(setting.defaultText() != null);
    }

    @Test
    void the_reference_page_matches_the_definitions() {
        GeneratedPage.assertCurrent("docs/reference/settings.md", SettingsReference.page());
    }

    @Test
    void a_process_without_a_name_gets_one_that_the_name_settings_accept() {
        var name = ProcessName.of("höst.example/1", 42, new Random(1));

        assertThat(name).isEqualTo("h-st.example-1-42-bb1ad5");
        assertThat(SettingCatalogue.WORKER_ID.type().parser().apply(name)).isEqualTo(name);
        assertThat(ProcessName.unique(new Random(1)))
                .endsWith("-" + ProcessHandle.current().pid() + "-bb1ad5");
    }
}
