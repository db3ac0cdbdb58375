package dev.backfleet.common.settings;

import static dev.backfleet.common.settings.Part.COORDINATOR;
import static dev.backfleet.common.settings.Setting.define;

import java.util.regex.Pattern;

/** The settings of the API over HTTP; {@link SettingCatalogue} lists them with the others. */
public final class HttpCatalogue {

    public static final Setting<ListenAddress> HTTP_LISTEN = define(
                    "HTTP_LISTEN",
                    SettingType.listenAddress(),
                    "Where a coordinator answers the API and shows the console (docs/api.md, docs/console.md); none: nowhere."
                            + " Default: 127.0.0.1:8480, or a free port if that one is taken.")
            .onlyFor(COORDINATOR);

    public static final Setting<String> HTTP_BASE_PATH = define(
                    "HTTP_BASE_PATH",
                    SettingType.matching(
                            "path",
                            "a path such as /backfleet, without a slash at its end",
                            Pattern.compile("(/[A-Za-z0-9._~-]{1,100}){1,10}")),
                    "What the paths of the API begin with, if a proxy passes them on unchanged: /backfleet makes"
                            + " /backfleet/api/v1. Default: nothing.")
            .onlyFor(COORDINATOR);

    public static final Setting<Auth> HTTP_AUTH = define(
                    "HTTP_AUTH",
                    SettingType.oneOf(Auth.class),
                    "How clients of the API sign in. none: they do not; the API only reads, and listens on a loopback address.")
            .withDefault("none")
            .onlyFor(COORDINATOR);

    private HttpCatalogue() {}

    /** How clients sign in. */
    public enum Auth {
        /** They do not. */
        NONE
    }
}
