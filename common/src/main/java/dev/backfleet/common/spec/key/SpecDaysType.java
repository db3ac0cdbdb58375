package dev.backfleet.common.spec.key;

import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** A key whose value is a list of days of the week. */
record SpecDaysType() implements SpecType<Set<DayOfWeek>> {

    @Override
    public String description() {
        return "list of days";
    }

    @Override
    public String check() {
        return "`mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`; each once";
    }

    @Override
    public Set<DayOfWeek> read(SpecField field) {
        var days = EnumSet.noneOf(DayOfWeek.class);
        for (var item : field.items()) {
            var day = item.read(SpecDaysType::day);
            if (!days.add(day)) {
                throw item.problem("has a day twice", "remove one of them");
            }
        }
        return days;
    }

    static DayOfWeek day(String text) {
        return Stream.of(DayOfWeek.values())
                .filter(day ->
                        day.name().substring(0, 3).toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new BadTextException(
                        Shown.text(text) + " is not a day", "write mon, tue, wed, thu, fri, sat or sun"));
    }
}
