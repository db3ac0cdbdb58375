package dev.backfleet.coordinator.cli.text;

import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.cli.output.TextTable.Column;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.detail.ShardPage;
import dev.backfleet.coordinator.query.detail.ShardPage.ShardDetails;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shards as a table. */
public final class ShardTable {
    private static final int LONGEST_KEY = 40;

    /** Where the column of the pass is. */
    private static final int PASS = 5;

    private ShardTable() {}

    /** The shards of a page, which begins after a number and has only shards in the state, if one is named. */
    public static String of(ShardPage page, @Nullable ShardState state, int after) {
        if (page.shards().isEmpty()) {
            return none(page, state, after) + "\n";
        }
        var columns = new ArrayList<>(List.of(
                TextTable.right("NUMBER"),
                TextTable.left("STATE"),
                TextTable.left("FROM"),
                TextTable.left("TO"),
                TextTable.left("CURSOR"),
                TextTable.right("SCANNED"),
                TextTable.right("CHANGED"),
                TextTable.left("WORKER"),
                TextTable.left("LAST BATCH"),
                TextTable.left("ERROR")));
        var inPasses = page.passes() > 1;
        if (inPasses) {
            columns.add(PASS, TextTable.left("PASS"));
        }
        var table = new TextTable(columns.toArray(Column[]::new));
        page.shards().forEach(shard -> {
            var cells = cells(shard);
            if (inPasses) {
                cells.add(PASS, pass(shard, page.passes()));
            }
            table.row(cells.toArray());
        });
        return "keys are (" + String.join(", ", page.keyColumns()) + ")\n" + table.render();
    }

    private static List<@Nullable Object> cells(ShardDetails shard) {
        var cells = new ArrayList<@Nullable Object>();
        cells.add(shard.number());
        cells.add(shard.state() + (shard.held() ? " (tenant paused)" : ""));
        cells.add(shard.lower() == null ? "the first key" : key(shard.lower()));
        cells.add(key(shard.upper()));
        cells.add(shard.epoch() == 0 ? null : key(shard.cursor()));
        cells.add(HumanText.number(shard.rowsWalked()));
        cells.add(HumanText.number(shard.rowsChanged()));
        cells.add(shard.worker());
        cells.add(shard.lastBatchAt() == null ? null : HumanTime.moment(shard.lastBatchAt()));
        cells.add(error(shard));
        return cells;
    }

    private static String none(ShardPage page, @Nullable ShardState state, int after) {
        var from = after == 0 ? "" : " after " + after;
        var to = page.next() == null ? "" : " up to " + page.next();
        if (state != null) {
            return "no shard" + from + to + " is " + state;
        }
        return after == 0 ? "the job has no shards yet" : "there is no shard" + from;
    }

    private static String pass(ShardDetails shard, int passes) {
        return shard.pass() + " of " + (shard.merged() ? shard.pass() : passes);
    }

    private static @Nullable String error(ShardDetails shard) {
        return shard.errorCode() == null ? shard.error() : shard.errorCode() + ": " + shard.error();
    }

    private static @Nullable String key(@Nullable List<String> key) {
        if (key == null) {
            return null;
        }
        var text = String.join(", ", key);
        return text.codePointCount(0, text.length()) <= LONGEST_KEY
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_KEY)) + "...";
    }
}
