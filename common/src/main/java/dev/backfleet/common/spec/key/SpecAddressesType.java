package dev.backfleet.common.spec.key;

import dev.backfleet.common.unit.BadTextException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** A key whose value is a list of HTTP addresses. */
public record SpecAddressesType() implements SpecType<List<String>> {

    @Override
    public String description() {
        return "list of http or https URLs";
    }

    @Override
    public String check() {
        return "each has a host, and no user or password: a spec is no place for secrets";
    }

    @Override
    public List<String> read(SpecField field) {
        return field.isNone()
                ? List.of()
                : field.items().stream()
                        .map(item -> item.read(SpecAddressesType::address))
                        .distinct()
                        .toList();
    }

    private static String address(String text) {
        try {
            var uri = new URI(text);
            var scheme = uri.getScheme();
            if (uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && (scheme.equals("http") || scheme.equals("https"))) {
                return text;
            }
        } catch (URISyntaxException e) {
            // Handled like an address without a host.
        }
        throw new BadTextException(
                "this is not an address without user and password", "write it like https://app.example/healthy");
    }
}
