package dev.backfleet.coordinator.trace;

import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.common.trace.Cause;
import dev.backfleet.common.trace.TraceAttribute;
import dev.backfleet.common.trace.TraceSpan;
import dev.backfleet.common.trace.TracedWork;
import dev.backfleet.common.trace.Tracing;
import dev.backfleet.coordinator.duty.Planner.Planned;
import dev.backfleet.coordinator.duty.Planner.Plans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Makes spans of plans and of tasks that are sent. A plan is a part of the submission's trace. What is sent begins a trace of its own, with a
 * link to the submission: a trace with all shards of a large job could not be shown.
 */
public final class JobTraces {
    private final Tracing tracing;
    private final Submissions submissions;
    private final String topic;

    /** @param topic to which tasks are sent */
    public JobTraces(Tracing tracing, Submissions submissions, String topic) {
        this.tracing = tracing;
        this.submissions = submissions;
        this.topic = topic;
    }

    /** Plans with a span for each job. */
    public Plans around(Plans plans) {
        return tracing.isOn() ? new TracedPlans(plans) : plans;
    }

    /** A publisher with a span for the tasks of each job. */
    public TaskPublisher around(TaskPublisher publisher) {
        return tracing.isOn() ? new TracedTasks(publisher) : publisher;
    }

    private final class TracedPlans implements Plans {
        private final Plans inner;

        TracedPlans(Plans inner) {
            this.inner = inner;
        }

        @Override
        public List<Long> waiting() {
            return inner.waiting();
        }

        @Override
        public Optional<Planned> plan(long job) {
            var span = tracing.begin(
                            TracedWork.PLAN,
                            Cause.parent(submissions.traceparent(job).orElse(null)))
                    .tell(TraceAttribute.JOB, job);
            try {
                var planned = inner.plan(job);
                // Otherwise the other thread that plans was faster: a span that does not end is not sent.
                planned.ifPresent(plan -> span.tell(TraceAttribute.SHARDS, plan.shards())
                        .tell(TraceAttribute.ROWS, plan.rows())
                        .tell(TraceAttribute.JOB_STATE, plan.state().name())
                        .end());
                return planned;
            } catch (RuntimeException e) {
                span.failed(e.getClass().getSimpleName()).end();
                throw e;
            }
        }
    }

    private final class TracedTasks implements TaskPublisher {
        private final TaskPublisher inner;

        TracedTasks(TaskPublisher inner) {
            this.inner = inner;
        }

        @Override
        public List<Task> publish(List<Task> tasks, Duration timeout) {
            var spans = new LinkedHashMap<Long, TraceSpan>();
            tasks.stream()
                    .collect(Collectors.groupingBy(
                            task -> task.shard().job(), LinkedHashMap::new, Collectors.counting()))
                    .forEach((job, count) -> spans.put(job, begin(job, count)));
            try {
                var lost = inner.publish(sent(tasks, spans), timeout);
                var failed = new HashSet<Long>();
                lost.forEach(task -> failed.add(task.shard().job()));
                failed.forEach(
                        job -> Optional.ofNullable(spans.get(job)).ifPresent(span -> span.failed("not acknowledged")));
                return lost;
            } catch (RuntimeException e) {
                spans.values().forEach(span -> span.failed(e.getClass().getSimpleName()));
                throw e;
            } finally {
                spans.values().forEach(TraceSpan::end);
            }
        }

        private TraceSpan begin(long job, long tasks) {
            return tracing.begin(
                            TracedWork.SEND,
                            Cause.link(submissions.traceparent(job).orElse(null)))
                    .tell(TraceAttribute.MESSAGING_DESTINATION, topic)
                    .tell(TraceAttribute.MESSAGING_COUNT, tasks)
                    .tell(TraceAttribute.JOB, job);
        }

        private static List<Task> sent(List<Task> tasks, Map<Long, TraceSpan> spans) {
            var sent = new ArrayList<Task>(tasks.size());
            for (var task : tasks) {
                var span = spans.getOrDefault(task.shard().job(), TraceSpan.NONE);
                sent.add(task.sentBy(span.traceparent().orElse(null)));
            }
            return sent;
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
