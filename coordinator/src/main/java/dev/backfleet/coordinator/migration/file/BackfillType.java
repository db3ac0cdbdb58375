package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecField;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.common.spec.key.SpecType;
import dev.backfleet.common.spec.parse.UnknownKeys;
import java.util.List;
import java.util.Map;

/** Keys of the spec of the migration's job; they are read with those that follow from the migration. */
record BackfillType() implements SpecType<SpecNode.Mapping> {
    // Where each of them is said instead.
    private static final Map<String, String> SAID_ELSEWHERE = Map.of(
            SpecKeys.NAME.path(),
            "the job has the name of the migration: leave it out",
            SpecKeys.TABLE.path(),
            "write it at the top of the file",
            SpecKeys.TENANT.path(),
            "write it at the top of the file",
            SpecKeys.KEY.path(),
            "write it at the top of the file",
            SpecKeys.SET.path(),
            "write each expression as up of its column in to",
            SpecKeys.TRIGGERS.path(),
            "leave it out: the triggers of the table fire, but for the one of this migration",
            CopyKeys.GROUP,
            "a migration that moves columns into another table says so at the top of the file",
            SpecKeys.RECONCILE_DIFFERENT.group(),
            "write it at the top of the file");

    private static final List<SpecKey<?>> ALLOWED = SpecKeys.ALL.stream()
            .<SpecKey<?>>map(key -> key)
            .filter(key -> !SAID_ELSEWHERE.containsKey(key.group().isEmpty() ? key.path() : key.group()))
            .toList();

    @Override
    public String description() {
        return "keys of [a spec](spec.md)";
    }

    @Override
    public String check() {
        return "all but `name`, `table`, `tenant`, `set`, `into`, `key`, `triggers` and `reconcile`";
    }

    @Override
    public SpecNode.Mapping read(SpecField field) {
        var group = field.group();
        group.entries().forEach((key, node) -> {
            var elsewhere = SAID_ELSEWHERE.get(key);
            if (elsewhere != null) {
                throw field.at()
                        .problemInLine(
                                node.line(),
                                field.path() + "." + key,
                                "is no key of the backfill of a migration",
                                elsewhere);
            }
        });
        new UnknownKeys(field.at(), ALLOWED).refuse(field.path(), group);
        return group;
    }
}
