package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.HttpCatalogue;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.Settings;

/**
 * Where a coordinator answers the API.
 *
 * @param address where it listens
 * @param chosen whether somebody has set it; a port that was not is replaced by a free one if it is taken
 * @param basePath what its paths begin with; empty: nothing
 * @param auth how clients sign in
 */
public record HttpSettings(ListenAddress address, boolean chosen, String basePath, HttpCatalogue.Auth auth) {
    /** Where it listens unless that is set. */
    public static final ListenAddress DEFAULT = new ListenAddress("127.0.0.1", 8480);

    /** What the settings say. */
    public static HttpSettings from(Settings settings) {
        var set = settings.find(HttpCatalogue.HTTP_LISTEN);
        return new HttpSettings(
                set.orElse(DEFAULT),
                set.isPresent(),
                settings.find(HttpCatalogue.HTTP_BASE_PATH).orElse(""),
                settings.get(HttpCatalogue.HTTP_AUTH));
    }
}
