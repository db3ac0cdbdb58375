package dev.backfleet.benchmark.report;

import static dev.backfleet.common.cli.output.TextTable.right;

import dev.backfleet.common.cli.output.TextTable;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What is printed of the costs of a sync; as JSON, its components.
 *
 * @param times what each round took
 * @param ways the medians over the rounds
 */
public record SyncReport(List<SyncTime> times, List<WayCost> ways) implements Report {
    /** Copies the lists. */
    public SyncReport {
        times = List.copyOf(times);
        ways = List.copyOf(ways);
    }

    /** Of some rounds. */
    public static SyncReport of(List<SyncTime> times) {
        return new SyncReport(
                times,
                Stream.of(SyncWay.values()).map(way -> WayCost.of(times, way)).toList());
    }

    @Override
    public String render() {
        var table = new TextTable(
                right("SYNC"), right("INSERT"), right("UPDATE OTHER"), right("UPDATE WATCHED"), right("BATCH"));
        ways.forEach(way -> table.row(
                way.way().toString(),
                way.insert().shown(),
                way.other().shown(),
                way.watched().shown(),
                way.batch().shown()));
        return table.render() + "\nmicroseconds for a row, and the ratio to no sync in the same round: medians\n";
    }

    @Override
    public boolean met() {
        return true;
    }

    /** The medians of a way. */
    public record WayCost(SyncWay way, Cost insert, Cost other, Cost watched, Cost batch) {
        private static WayCost of(List<SyncTime> times, SyncWay way) {
            return new WayCost(
                    way,
                    Cost.of(times, way, SyncTime::insert),
                    Cost.of(times, way, SyncTime::other),
                    Cost.of(times, way, SyncTime::watched),
                    Cost.of(times, way, SyncTime::batch));
        }
    }

    /**
     * What a row takes.
     *
     * @param micros microseconds
     * @param ratio to no sync
     */
    public record Cost(double micros, double ratio) {
        private static Cost of(List<SyncTime> times, SyncWay way, ToDoubleFunction<SyncTime> figure) {
            var own = times.stream().filter(time -> time.way() == way).toList();
            var ratios = own.stream()
                    .mapToDouble(time -> figure.applyAsDouble(time)
                            / times.stream()
                                    .filter(none -> none.way() == SyncWay.NONE && none.round() == time.round())
                                    .mapToDouble(figure)
                                    .findFirst()
                                    .orElseThrow());
            return new Cost(
                    Spread.of(own.stream().mapToDouble(figure)).median(),
                    Spread.of(ratios).median());
        }

        private String shown() {
            return ComparisonReport.decimal("%.1f", micros) + " (" + ComparisonReport.decimal("%.2f", ratio) + ")";
        }
    }
}
