package dev.backfleet.coordinator.api;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.coordinator.access.AccessDenied;
import org.jspecify.annotations.Nullable;

/** A request is not answered. */
public final class ApiFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ApiCode code;
    private final String detail;
    private final @Nullable String remedy;

    /**
     * A refusal.
     *
     * @param detail why, as a clause; no value of a row and no SQL
     * @param remedy what to do, as a clause; null if nothing can be done
     */
    public ApiFailure(ApiCode code, String detail, @Nullable String remedy) {
        super(detail);
        this.code = code;
        this.detail = detail;
        this.remedy = remedy;
    }

    /** The same for a failure that was made to be shown to a person. */
    public static ApiFailure of(ExplainedFailure failure) {
        var code = failure instanceof AccessDenied ? ApiCode.FORBIDDEN : ApiCode.of(failure.kind());
        return new ApiFailure(code, failure.what(), failure.remedy());
    }

    /** Which kind it is. */
    public ApiCode code() {
        return code;
    }

    /**
     * As it is sent, by RFC 9457.
     *
     * @param path of the request
     */
    public ApiProblem problem(String path) {
        return new ApiProblem(
                "urn:backfleet:problem:" + code.name(), code.title(), code.status(), detail, path, code, remedy);
    }
}
