package dev.backfleet.common.failure;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;

/** Why a client does not accept a server's certificate. */
public enum CertificateProblem {
    EXPIRED("the server's certificate has expired"),
    NOT_YET_VALID("the server's certificate is not valid yet; the clocks of both machines may differ"),
    UNKNOWN_AUTHORITY("the server's certificate was not issued by an authority that is trusted here"),
    OTHER_HOST("the server's certificate is not for this host");

    private final String words;

    CertificateProblem(String words) {
        this.words = words;
    }

    /** The problem, as the subject and predicate of a sentence. */
    public String words() {
        return words;
    }

    /** The problem that a failed connection is due to, if it is one of these. */
    public static Optional<CertificateProblem> of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return Optional.of(EXPIRED);
            }
            if (cause instanceof CertificateNotYetValidException) {
                return Optional.of(NOT_YET_VALID);
            }
            if (cause instanceof CertPathBuilderException) {
                return Optional.of(UNKNOWN_AUTHORITY);
            }
            if (isOfTheHost(cause)) {
                return Optional.of(OTHER_HOST);
            }
        }
        return Optional.empty();
    }

    // Neither has a type of its own: Java's words, and those of PostgreSQL's driver.
    private static boolean isOfTheHost(Throwable cause) {
        var message = String.valueOf(cause.getMessage());
        return (cause instanceof CertificateException
                        && (message.startsWith("No name matching") || message.startsWith("No subject alternative")))
                || message.contains("could not be verified by hostnameverifier");
    }
}
