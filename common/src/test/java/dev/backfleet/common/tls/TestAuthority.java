package dev.backfleet.common.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** An authority that issues certificates, for servers and clients of a test. */
public final class TestAuthority {
    private static final Duration VALIDITY = Duration.ofDays(1);
    private static final AtomicLong SERIAL = new AtomicLong();

    private final KeyPair keys;
    private final X509Certificate certificate;

    private TestAuthority(KeyPair keys, X509Certificate certificate) {
        this.keys = keys;
        this.certificate = certificate;
    }

    /** An authority of this name. */
    public static TestAuthority named(String name) {
        var keys = newKeys();
        var end = Instant.now().plus(VALIDITY);
        return new TestAuthority(keys, sign(keys.getPrivate(), name(name), end, name(name), keys, null));
    }

    /** A certificate for a host, valid for a day, with its key. */
    public Issued issue(String host) {
        return issue(host, Instant.now().plus(VALIDITY));
    }

    /** The same, with another end: in the past, it has expired; more than two days from now, it is not valid yet. */
    public Issued issue(String host, Instant end) {
        var own = newKeys();
        var issuer = new X500Name(certificate.getSubjectX500Principal().getName());
        return new Issued(sign(keys.getPrivate(), issuer, end, name(host), own, host), own.getPrivate());
    }

    /** Its own certificate, as PEM. */
    public String pem() {
        return pem(certificate);
    }

    private static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X500Name name(String name) {
        return new X500Name("CN=" + name);
    }

    private static X509Certificate sign(
            PrivateKey issuersKey, X500Name issuer, Instant end, X500Name subject, KeyPair own, @Nullable String host) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(end.minus(VALIDITY.multipliedBy(2))),
                    Date.from(end),
                    subject,
                    own.getPublic());
            if (host == null) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            } else {
                var kind = host.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName;
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(kind, host)));
            }
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuersKey);
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object what) {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(what);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** A certificate and its key. */
    public record Issued(X509Certificate certificate, PrivateKey key) {

        /** The certificate as PEM. */
        public String certificatePem() {
            return pem(certificate);
        }

        /** The key as PEM, PKCS #8, not encrypted. */
        public String keyPem() {
            try {
                return pem(new JcaPKCS8Generator(key, null));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
