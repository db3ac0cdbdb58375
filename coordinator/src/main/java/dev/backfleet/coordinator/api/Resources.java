package dev.backfleet.coordinator.api;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.access.Permission;
import dev.backfleet.coordinator.api.Resource.Found;
import dev.backfleet.coordinator.api.Resource.Page;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.ListEvents;
import dev.backfleet.coordinator.problem.JobReport;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.audit.ListAudit;
import dev.backfleet.coordinator.query.detail.ListShards;
import dev.backfleet.coordinator.query.detail.ShowHistory;
import dev.backfleet.coordinator.query.quarantine.ListQuarantine;
import dev.backfleet.coordinator.query.tenant.ListTenants;
import dev.backfleet.coordinator.query.tenant.TenantState;
import dev.backfleet.coordinator.report.MapReport;
import dev.backfleet.coordinator.report.WorkerReport;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

/** All that can be read, with what it is read by. */
public final class Resources {
    /** What the paths of all resources begin with. */
    public static final String ROOT = "/api/v1";

    /** The stream of a job, below {@link #ROOT}. */
    public static final String JOB_STREAM = "/jobs/{id}/stream";

    /** The stream of the fleet. */
    public static final String FLEET_STREAM = "/stream";

    private static final String AFTER = "after";
    private static final String LIMIT = "limit";
    private static final int PAGE = 100;
    private static final int MOST = 1_000;

    private final Reads reads;

    public Resources(Reads reads) {
        this.reads = reads;
    }

    /** All of them. */
    public List<Resource> all() {
        return List.of(
                Resource.of("/me", request -> Found.all(request.caller())),
                Resource.of("/fleet", request -> Found.all(reads.fleet())),
                Resource.of(
                        "/workers",
                        request -> Found.all(
                                new Page(WorkerReport.of(reads.workers().run()), null))),
                Resource.of("/jobs", this::jobs, "state", "name", "table", AFTER, LIMIT),
                Resource.of(
                        "/jobs/{id}",
                        request -> Found.all(MapReport.of(reads.status().run(request.place("id"))))),
                Resource.of(
                        "/jobs/{id}/details", request -> Found.all(reads.show().run(request.place("id")))),
                Resource.of(
                        "/jobs/{id}/spec",
                        request ->
                                Found.all(reads.show().run(request.place("id")).spec())),
                Resource.of("/jobs/{id}/timeline", this::timeline, LIMIT),
                Resource.of(
                        "/jobs/{id}/time",
                        request -> Found.all(
                                reads.status().run(request.place("id")).job().time())),
                Resource.of("/jobs/{id}/shard-map", this::shardMap),
                Resource.of("/jobs/{id}/shards", this::shards, "state", "bucket", AFTER, LIMIT),
                Resource.of("/jobs/{id}/shards/{number}", this::shard),
                Resource.of("/jobs/{id}/tenants", this::tenants, "state", AFTER, LIMIT),
                Resource.of("/jobs/{id}/quarantine", this::quarantine, AFTER, LIMIT),
                Resource.of("/jobs/{id}/reconciliations", this::reconciliations),
                Resource.of("/jobs/{id}/gate", this::gate, "tenant", "max-age"),
                Resource.of(
                        "/migrations",
                        request -> Found.all(new Page(reads.migrations().all(), null))),
                Resource.of(
                        "/migrations/{name}",
                        request -> Found.all(reads.describeMigration().one(request.place("name")))),
                Resource.of("/audit", this::audit, "job", "who", "action", "from", LIMIT),
                Resource.of("/events", this::events, "job", "type", AFTER, LIMIT));
    }

    /** The id of a job, as text: what a stream asks before it begins. */
    public Resource jobId() {
        return Resource.of(
                "/jobs/{id}", request -> Found.all(Long.toString(reads.lookup().job(request.place("id")))));
    }

    private Found jobs(ApiRequest request) {
        var limit = limit(request, MOST);
        var listed = reads.jobs()
                .run(new ListJobs.Filter(
                        request.some("state", JobState.class),
                        request.text("name").orElse(null),
                        request.text("table").orElse(null),
                        request.id(AFTER, Long.MAX_VALUE),
                        limit + 1));
        var more = listed.jobs().size() > limit;
        var jobs = listed.snapshots().stream().limit(limit).map(JobReport::of).toList();
        var next = more ? jobs.get(limit - 1).job().id() : null;
        return Found.page(new Page(jobs, next), next);
    }

    private Found timeline(ApiRequest request) {
        return Found.all(reads.history().run(request.place("id"), limit(request, ShowHistory.MOST)));
    }

    private Found shardMap(ApiRequest request) {
        var report = MapReport.of(reads.status().run(request.place("id")));
        if (report.shardMap() == null) {
            throw new ApiFailure(
                    ApiCode.NOT_FOUND,
                    "there is no map of the shards"
                            + (report.shardMapNote() == null ? " yet" : ": " + report.shardMapNote()),
                    null);
        }
        return Found.all(report.shardMap());
    }

    private Found shards(ApiRequest request) {
        var page = reads.shards()
                .run(
                        request.place("id"),
                        request.one("state", ShardState.class),
                        request.text("bucket").map(text -> request.number("bucket", 1, 1, Integer.MAX_VALUE)),
                        request.number(AFTER, 0, 0, Integer.MAX_VALUE),
                        limit(request, ListShards.MOST));
        return Found.page(keys(request) ? page : Redacted.shards(page), page.next());
    }

    private Found shard(ApiRequest request) {
        var number = request.numberPlace("number");
        var page = reads.shards().run(request.place("id"), Optional.empty(), Optional.empty(), number - 1, 1);
        return (keys(request) ? page : Redacted.shards(page))
                .shards().stream()
                        .filter(shard -> shard.number() == number)
                        .findFirst()
                        .map(Found::all)
                        .orElseThrow(() -> new ApiFailure(
                                ApiCode.NOT_FOUND, "job " + request.place("id") + " has no shard " + number, null));
    }

    private Found tenants(ApiRequest request) {
        var page = reads.tenants()
                .run(
                        request.place("id"),
                        request.some("state", TenantState.class),
                        request.text(AFTER).orElse(null),
                        limit(request, ListTenants.MOST));
        return Found.page(page, page.next());
    }

    private Found quarantine(ApiRequest request) {
        var page =
                reads.quarantine().run(request.place("id"), request.id(AFTER, 0), limit(request, ListQuarantine.MOST));
        return Found.page(keys(request) ? page : Redacted.quarantine(page), page.next());
    }

    private Found reconciliations(ApiRequest request) {
        var report = reads.showReconcile().run(request.place("id"));
        return Found.all(keys(request) ? report : Redacted.reconcile(report));
    }

    private Found gate(ApiRequest request) {
        return Found.all(reads.gate()
                .run(
                        request.place("id"),
                        request.text("tenant").orElse(null),
                        request.parsed("max-age", HumanDuration::parse, "a duration such as 1h or 90s")));
    }

    private Found audit(ApiRequest request) {
        var listed = reads.audit()
                .run(new ListAudit.Filter(
                        request.text("job").orElse(null),
                        request.text("who").orElse(null),
                        request.text("action").orElse(null),
                        request.parsed("from", Resources::instant, "a time such as 2026-11-30T10:00:00Z")
                                .orElse(null),
                        null,
                        limit(request, ListAudit.MOST)));
        return Found.all(listed);
    }

    private Found events(ApiRequest request) {
        var events = reads.events();
        var wanted = events.wanted(request.text("job"), request.text("type"));
        var found = events.run(wanted, request.id(AFTER, 0), limit(request, ListEvents.MOST));
        return Found.all(new Page(
                found.stream()
                        .map(event -> EventJson.read(event.structured(reads.fleetName())))
                        .toList(),
                null));
    }

    private static boolean keys(ApiRequest request) {
        return request.caller().may(Permission.READ_KEYS);
    }

    private static int limit(ApiRequest request, int most) {
        return request.number(LIMIT, PAGE, 1, most);
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
