package dev.evalfleet.producer.dataset.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dataset.DatasetException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressRuleTest {
    @Test
    void everyKindOfInsideAddressIsKnown() throws UnknownHostException {
        for (String address : List.of(
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "0.0.0.0",
                "0.1.2.3",
                "100.64.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fd00::1",
                "64:ff9b::7f00:1",
                "::ffff:10.0.0.1")) {
            assertThat(AddressRule.isPrivate(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
        for (String address : List.of("8.8.8.8", "172.32.0.1", "2001:4860:4860::8888")) {
            assertThat(AddressRule.isPrivate(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
        }
    }

    @Test
    void aNameThatLeadsInsideIsRefusedAsTheAddressIs() {
        for (String url : List.of("http://localhost/x", "http://127.1/x", "http://[::1]/x", "http://2130706433/x")) {
            assertThatThrownBy(() -> new AddressRule(false).check(URI.create(url), "t.yaml:3"))
                    .as(url)
                    .isInstanceOf(Exception.class);
        }
        assertThatThrownBy(() -> new AddressRule(true).check(URI.create("ftp://example.org/x"), "t.yaml:3"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("is not an http or https URL");
    }
}
