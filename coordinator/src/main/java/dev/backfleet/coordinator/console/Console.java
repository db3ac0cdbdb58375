package dev.backfleet.coordinator.console;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.coordinator.api.Answer;
import dev.backfleet.coordinator.api.ApiProblem;
import dev.backfleet.coordinator.api.ApiRequest;
import dev.backfleet.coordinator.api.Reads;
import dev.backfleet.coordinator.api.Resource;
import dev.backfleet.coordinator.api.Resource.Found;
import dev.backfleet.coordinator.live.Pages;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.report.Overview;
import gg.jte.generated.precompiled.JtefleetGenerated;
import gg.jte.generated.precompiled.JtejobGenerated;
import gg.jte.generated.precompiled.JtejobsGenerated;
import gg.jte.generated.precompiled.JteproblemGenerated;
import gg.jte.generated.precompiled.part.JtefleetpartGenerated;
import gg.jte.generated.precompiled.part.JtejobpartGenerated;
import gg.jte.generated.precompiled.part.JtejobspartGenerated;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pages of the console, as resources like those of the API, and the parts of them that change. */
public final class Console implements Pages {
    private final Reads reads;
    private final String base;

    /** @param base what all paths begin with; empty: nothing */
    public Console(Reads reads, String base) {
        this.reads = reads;
        this.base = base;
    }

    /** All pages; their paths are below the base path. */
    public List<Resource> pages() {
        return List.of(
                Resource.of("/", request -> Found.all(jobsPage())),
                Resource.of("/fleet", request -> Found.all(fleetPage())),
                Resource.of("/jobs/{id}", request -> Found.all(jobPage(request))));
    }

    private Page jobsPage() {
        var view = JobsView.of(base, reads.overview());
        return new Page(age -> Html.of(
                out -> JtejobsGenerated.render(out, null, new Frame(base, "Jobs", "/", base + "/live", age), view)));
    }

    private Page fleetPage() {
        var view = FleetView.of(base, reads.overview());
        return new Page(age -> Html.of(out -> JtefleetGenerated.render(
                out, null, new Frame(base, "Fleet", "/fleet", base + "/fleet/live", age), view)));
    }

    private Page jobPage(ApiRequest request) {
        var snapshot = reads.status().run(request.place("id"));
        var job = snapshot.job();
        var view = JobView.of(base, snapshot);
        var stream = base + "/jobs/" + job.id() + "/live";
        var quarantine = quarantine(snapshot);
        return new Page(age -> Html.of(out ->
                JtejobGenerated.render(out, null, new Frame(base, job.name(), "", stream, age), view, quarantine)));
    }

    private @Nullable QuarantineView quarantine(Snapshot snapshot) {
        var job = snapshot.job();
        if (job.rows().quarantined() == 0) {
            return null;
        }
        try {
            return QuarantineView.of(reads.quarantine().run(Long.toString(job.id()), 0, 1));
        } catch (ExplainedFailure e) {
            // How many rows there are is known all the same: the rest of the page says it.
            return null;
        }
    }

    /** A page that says why there is none. */
    public Answer problem(ApiProblem problem) {
        return Answer.of(
                "text/html",
                Html.of(out -> JteproblemGenerated.render(
                        out, null, new Frame(base, problem.title(), "", null, null), problem)));
    }

    @Override
    public String job(Snapshot snapshot) {
        return Html.of(out -> JtejobpartGenerated.render(out, null, JobView.of(base, snapshot)));
    }

    @Override
    public String jobs(Overview overview) {
        return Html.of(out -> JtejobspartGenerated.render(out, null, JobsView.of(base, overview)));
    }

    @Override
    public String fleet(Overview overview) {
        return Html.of(out -> JtefleetpartGenerated.render(out, null, FleetView.of(base, overview)));
    }
}
