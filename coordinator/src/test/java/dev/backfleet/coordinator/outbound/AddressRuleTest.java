package dev.backfleet.coordinator.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the coordinator sends requests. */
class AddressRuleTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "http://169.254.0.1:8080/",
                "http://2852039166/",
                "http://0xa9.0xfe.0xa9.0xfe/",
                "http://0251.0376.0251.0376/",
                "http://[fe80::1]/",
                "http://[febf::1]/",
                "http://[fe80::1%25lo]/",
                "http://[::ffff:169.254.169.254]/",
                "http://[::ffff:a9fe:a9fe]/",
                "http://[::169.254.169.254]/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://[2002:a9fe:a9fe::1]/",
                "http://[fd00:ec2::254]/",
                "http://[fd00:0ec2:0:0::0254]/",
                "http://[fd20:ce::254]/",
                "http://100.100.100.200/",
                "http://[64:ff9b::6464:64c8]/",
                "http://168.63.129.16/",
                "http://0.0.0.0/",
                "http://[::]/",
                "file:///etc/passwd",
                "ftp://127.0.0.1/",
                "http:///no-host",
                "mailto:ann@example.com",
                "http://no-such-host.invalid/"
            })
    void no_request_is_sent_to_a_metadata_service_or_an_invalid_address(String address) {
        assertThat(AddressRule.ALL_BUT_LINK_LOCAL.refusal(URI.create(address))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/healthy",
                "https://[::1]/",
                "http://10.0.0.7/",
                "http://[2001:db8::1]/",
                "http://[64:ff9b::a00:7]/",
                "http://[2002:a00:7::1]/"
            })
    void others_are_permitted(String address) {
        assertThat(AddressRule.ALL_BUT_LINK_LOCAL.refusal(URI.create(address))).isEmpty();
    }

    @Test
    void a_list_permits_no_other_host_and_no_metadata_service() {
        var rule = new AddressRule(Set.of("127.0.0.1", "169.254.169.254"), "BACKFLEET_HOSTS");
        assertThat(rule.refusal(URI.create("http://127.0.0.1/"))).isEmpty();
        assertThat(rule.refusal(URI.create("http://127.0.0.2/")))
                .contains("its host is not among BACKFLEET_HOSTS of the coordinator");
        assertThat(rule.refusal(URI.create("http://169.254.169.254/"))).isPresent();
        assertThat(rule.refusal(URI.create("file://127.0.0.1/"))).isPresent();
    }
}
