package dev.backfleet.common.cli;

import dev.backfleet.common.reference.GeneratedPage;
import org.junit.jupiter.api.Test;

/** The page of the exit codes. */
class ExitCodeReferenceTest {

    @Test
    void the_exit_codes_page_matches_the_code() {
        GeneratedPage.assertCurrent("docs/reference/exit-codes.md", ExitCodeReference.page());
    }
}
