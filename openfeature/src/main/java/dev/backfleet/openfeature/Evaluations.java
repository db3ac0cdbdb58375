package dev.backfleet.openfeature;

import dev.backfleet.openfeature.Flag.Rule;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.ImmutableMetadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.Reason;
import org.jspecify.annotations.Nullable;

/** The answers to an application, in the words of OpenFeature. */
final class Evaluations {
    private final FlagCache cache;

    Evaluations(FlagCache cache) {
        this.cache = cache;
    }

    ProviderEvaluation<Boolean> isOn(String key, Boolean defaultValue, @Nullable EvaluationContext context) {
        var flag = find(key);
        if (flag == null) {
            return missing(key, defaultValue);
        }
        var tenant = tenant(context);
        var on = flag.isOn(tenant);
        return answer(flag, tenant, on, on ? "on" : "off");
    }

    ProviderEvaluation<String> stage(String key, String defaultValue, @Nullable EvaluationContext context) {
        var flag = find(key);
        if (flag == null) {
            return missing(key, defaultValue);
        }
        var tenant = tenant(context);
        var stage = flag.stage(tenant);
        return answer(flag, tenant, stage, stage);
    }

    <T> ProviderEvaluation<T> mismatch(String key, T defaultValue) {
        return find(key) == null
                ? missing(key, defaultValue)
                : error(
                        defaultValue,
                        ErrorCode.TYPE_MISMATCH,
                        "the flag " + key + " of Backfleet is a boolean, or a string with its stage");
    }

    private @Nullable Flag find(String key) {
        var flags = cache.flags();
        return flags == null ? null : flags.get(key);
    }

    private static @Nullable String tenant(@Nullable EvaluationContext context) {
        return context == null ? null : context.getTargetingKey();
    }

    private <T> ProviderEvaluation<T> missing(String key, T defaultValue) {
        return cache.flags() == null
                ? error(defaultValue, ErrorCode.PROVIDER_NOT_READY, "no flags of Backfleet were read yet")
                : error(
                        defaultValue,
                        ErrorCode.FLAG_NOT_FOUND,
                        "Backfleet has no flag " + key + "; 'backfleet migration flags' lists them");
    }

    private static <T> ProviderEvaluation<T> error(T defaultValue, ErrorCode code, String message) {
        return ProviderEvaluation.<T>builder()
                .value(defaultValue)
                .errorCode(code)
                .errorMessage(message)
                .reason(Reason.ERROR.name())
                .build();
    }

    private static <T> ProviderEvaluation<T> answer(Flag flag, @Nullable String tenant, T value, String variant) {
        return ProviderEvaluation.<T>builder()
                .value(value)
                .variant(variant)
                .reason(reason(flag.rule(tenant)).name())
                .flagMetadata(ImmutableMetadata.builder()
                        .addLong("version", flag.version())
                        .build())
                .build();
    }

    // This module is compiled for Java 11, which has no switch expressions.
    @SuppressWarnings("StatementSwitchToExpressionSwitch")
    private static Reason reason(Rule rule) {
        switch (rule) {
            case OFF:
                return Reason.DISABLED;
            case TENANT:
                return Reason.TARGETING_MATCH;
            case PERCENT:
                return Reason.SPLIT;
            case ALL:
                return Reason.STATIC;
        }
        throw new IllegalStateException(rule.name());
    }
}
