package dev.backfleet.standalone.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.backfleet.common.reference.GeneratedPage;
import dev.backfleet.coordinator.api.OpenApi;
import org.junit.jupiter.api.Test;

/** The reference page of the API is that of its description. */
class ApiReferenceTest {
    @Test
    void the_page_is_that_of_the_description() throws JsonProcessingException {
        GeneratedPage.assertCurrent(
                "docs/reference/api.md", new ApiReference(new YAMLMapper().readTree(OpenApi.text())).page());
    }
}
