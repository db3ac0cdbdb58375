package dev.backfleet.coordinator.api;

import dev.backfleet.coordinator.query.detail.ShardPage;
import dev.backfleet.coordinator.query.detail.ShardPage.ShardDetails;
import dev.backfleet.coordinator.query.quarantine.QuarantinePage;
import dev.backfleet.coordinator.query.quarantine.QuarantinedRow;
import dev.backfleet.coordinator.query.reconcile.ReconcileReport;
import dev.backfleet.coordinator.query.reconcile.ReconcileReport.WrongRow;
import java.util.List;

/** The same answers without the keys of rows, for clients that may not read them: an empty list is in the place of each. */
final class Redacted {
    private static final List<String> NO_KEY = List.of();

    private Redacted() {}

    static ShardPage shards(ShardPage page) {
        return new ShardPage(
                page.keyColumns(),
                page.passes(),
                page.shards().stream().map(Redacted::shard).toList(),
                page.next());
    }

    private static ShardDetails shard(ShardDetails shard) {
        return new ShardDetails(
                shard.number(),
                shard.state(),
                shard.held(),
                shard.wave(),
                shard.lower() == null ? null : NO_KEY,
                NO_KEY,
                shard.cursor() == null ? null : NO_KEY,
                shard.pass(),
                shard.merged(),
                shard.rowsWalked(),
                shard.rowsChanged(),
                shard.batches(),
                shard.worker(),
                shard.epoch(),
                shard.lastBatchAt(),
                shard.errorCode(),
                shard.error());
    }

    static QuarantinePage quarantine(QuarantinePage page) {
        return new QuarantinePage(
                page.quarantined(),
                page.reasons(),
                page.keyColumns(),
                page.rows().stream().map(Redacted::row).toList(),
                page.next());
    }

    private static QuarantinedRow row(QuarantinedRow row) {
        return new QuarantinedRow(
                row.number(),
                NO_KEY,
                row.table(),
                row.shard(),
                row.sqlState(),
                row.message(),
                row.at(),
                row.retries(),
                row.worker(),
                row.epoch());
    }

    static ReconcileReport reconcile(ReconcileReport report) {
        return new ReconcileReport(
                report.answer(),
                report.tenants(),
                report.tenantsWithFindings(),
                report.keys().stream()
                        .map(row -> new WrongRow(row.tenant(), row.finding(), row.written(), row.table(), NO_KEY))
                        .toList());
    }
}
