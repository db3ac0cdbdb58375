package dev.backfleet.coordinator.access;

import java.util.List;
import java.util.stream.Stream;

/**
 * Who sends a request, in the order of the JSON output; names and order are an interface.
 *
 * @param name the name, with the kind of its proof before it
 * @param verified whether anything was proven
 * @param roles what the client is trusted with
 */
public record Caller(String name, boolean verified, List<Role> roles) {
    public Caller {
        roles = List.copyOf(roles);
    }

    /** Whether one of its roles permits it. */
    public boolean may(Permission permission) {
        return roles.stream().anyMatch(role -> role.permissions().contains(permission));
    }

    /** The roles that permit it, in words. */
    public static String rolesThat(Permission permission) {
        return String.join(
                " or ",
                Stream.of(Role.values())
                        .filter(role -> role.permissions().contains(permission))
                        .map(Role::name)
                        .toList());
    }
}
