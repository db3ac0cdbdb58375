package dev.backfleet.standalone.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.tls.TestAuthority;
import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.process.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** A broker with TLS, passwords, client certificates and an authorizer, and the script that grants rights on it. */
final class SecuredKafka implements AutoCloseable {
    static final List<String> USERS = List.of("backfleet-coordinator", "backfleet-worker", "backfleet-operator");
    private static final String PASSWORD = "se cret";
    private static final Pattern DECISION = Pattern.compile(
            "Principal = User:(\\S+) is (Allowed|Denied) operation = (\\S+) from host = \\S+ on resource = \\w+:LITERAL:(\\S+) ");

    private final Path folder;
    private final TestAuthority authority = TestAuthority.named("own");
    private final int passwords = FreePort.next();
    private final int certificates = FreePort.next();
    private final KafkaBroker broker;
    private final Admin administrator;

    SecuredKafka(Path folder) throws Exception {
        this.folder = folder;
        var own = authority.issue("127.0.0.1");
        this.broker = KafkaBroker.open(KafkaOptions.defaults()
                .withListener("PASSWORDS", "SASL_SSL", passwords)
                .withListener("CERTIFICATES", "SSL", certificates)
                .with("sasl.enabled.mechanisms", "SCRAM-SHA-256")
                .with(
                        "listener.name.passwords.scram-sha-256.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;")
                .with("ssl.keystore.type", "PEM")
                .with("ssl.keystore.certificate.chain", own.certificatePem())
                .with("ssl.keystore.key", own.keyPem())
                .with("ssl.truststore.type", "PEM")
                .with("ssl.truststore.certificates", authority.pem())
                .with("listener.name.certificates.ssl.client.auth", "required")
                .with("ssl.principal.mapping.rules", "RULE:^CN=(.*)$/$1/")
                .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                // The controller, and the administrator of this test.
                .with("super.users", "User:ANONYMOUS"));
        this.administrator = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        for (var user : USERS) {
            addUser(user);
        }
    }

    private void addUser(String name) throws Exception {
        var hashed = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
        administrator
                .alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(name, hashed, PASSWORD)))
                .all()
                .get();
    }

    /** Adds a user with the rights of another but one; that right is given as {@code READ backfleet.tasks}. */
    void addUserWithout(String name, String right, String like, Set<AclBinding> granted) throws Exception {
        addUser(name);
        var rights = granted.stream()
                .filter(binding -> binding.entry().principal().equals("User:" + like))
                .toList();
        var left = rights.stream()
                .filter(binding -> !right.equals(
                        binding.entry().operation() + " " + binding.pattern().name()))
                .map(binding -> new AclBinding(
                        binding.pattern(),
                        new AccessControlEntry(
                                "User:" + name, "*", binding.entry().operation(), AclPermissionType.ALLOW)))
                .toList();
        assertThat(left).hasSize(rights.size() - 1);
        administrator.createAcls(left).all().get();
    }

    /** Where clients with passwords connect to. */
    String servers() {
        return "127.0.0.1:" + passwords;
    }

    /** Where clients with certificates connect to. */
    String certificateServers() {
        return "127.0.0.1:" + certificates;
    }

    TestAuthority authority() {
        return authority;
    }

    /** The file of client properties of a user with a password. */
    Path passwordProperties(String user, String password) throws IOException {
        return write(Map.of(
                "security.protocol", "SASL_SSL",
                "sasl.mechanism", "SCRAM-SHA-256",
                "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + user
                                + "\" password=\"" + password + "\";",
                "ssl.truststore.type", "PEM",
                "ssl.truststore.certificates", authority.pem()));
    }

    Path passwordProperties(String user) throws IOException {
        return passwordProperties(user, PASSWORD);
    }

    /** The file of client properties of a user with a certificate. */
    Path certificateProperties(TestAuthority.Issued certificate, TestAuthority trusted) throws IOException {
        return write(Map.of(
                "security.protocol",
                "SSL",
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.certificate.chain",
                certificate.certificatePem(),
                "ssl.keystore.key",
                certificate.keyPem(),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.certificates",
                trusted.pem()));
    }

    private Path write(Map<String, String> properties) throws IOException {
        var all = new Properties();
        all.putAll(properties);
        var file = Files.createTempFile(folder, "client", ".properties");
        try (var writer = Files.newBufferedWriter(file)) {
            all.store(writer, null);
        }
        return file;
    }

    /** Runs {@code deploy/kafka/acls.sh}; what it asked Kafka's own script for, is done. */
    Set<AclBinding> grant(String prefix) throws Exception {
        var calls = folder.resolve("calls");
        var tool = Files.writeString(folder.resolve("kafka-acls.sh"), "#!/bin/sh\necho \"$@\" >>'" + calls + "'\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        var script = new ProcessBuilder("sh", "../deploy/kafka/acls.sh", "servers", "admin.properties", prefix);
        script.environment().merge("PATH", folder.toString(), (path, first) -> first + ":" + path);
        assertThat(script.inheritIO().start().waitFor()).isZero();
        var bindings = new LinkedHashSet<AclBinding>();
        for (var call : Files.readAllLines(calls)) {
            bindings.addAll(bindings(List.of(call.split(" "))));
        }
        administrator.createAcls(bindings).all().get();
        return bindings;
    }

    private static Collection<AclBinding> bindings(List<String> words) {
        assertThat(words.subList(0, 5))
                .containsExactly("--bootstrap-server", "servers", "--command-config", "admin.properties", "--add");
        var found = new LinkedHashSet<AclBinding>();
        var operations = new LinkedHashSet<AclOperation>();
        var principal = "";
        for (var i = 5; i < words.size(); i += 2) {
            var value = words.get(i + 1);
            switch (words.get(i)) {
                case "--allow-principal" -> principal = value;
                case "--operation" -> operations.add(operation(value));
                case "--topic", "--group" -> {
                    var type = words.get(i).equals("--topic") ? ResourceType.TOPIC : ResourceType.GROUP;
                    for (var operation : operations) {
                        found.add(new AclBinding(
                                new ResourcePattern(type, value, PatternType.LITERAL),
                                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
                    }
                }
                default -> throw new AssertionError("not an option that this test knows: " + words);
            }
        }
        return found;
    }

    private static AclOperation operation(String word) {
        return AclOperation.fromString(word.replaceAll("(?<=[a-z])(?=[A-Z])", "_"));
    }

    Admin administrator() {
        return administrator;
    }

    /** What the authorizer has decided: user, whether it was allowed, operation, and on what. */
    Set<Decision> decisions() throws IOException {
        var found = new LinkedHashSet<Decision>();
        for (var line : Files.readAllLines(broker.logFile())) {
            var matcher = DECISION.matcher(line);
            if (matcher.find() && !matcher.group(1).equals("ANONYMOUS")) {
                found.add(new Decision(
                        matcher.group(1), matcher.group(2).equals("Allowed"), matcher.group(3), matcher.group(4)));
            }
        }
        return found;
    }

    /** A decision of the authorizer. */
    record Decision(String user, boolean allowed, String operation, String resource) {}

    @Override
    public void close() {
        administrator.close();
        broker.close();
    }
}
