package dev.evalfleet.producer.dataset.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalfleet.producer.dataset.DataAccess;
import dev.evalfleet.producer.dataset.DataUnderTest;
import dev.evalfleet.producer.dataset.ScriptedServer;
import dev.evalfleet.runtime.Secret;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two servers: 127.0.0.1 stands for one outside, 127.0.0.2 for one inside the network.
class RedirectTest {
    @TempDir
    Path cache;

    private ScriptedServer outside;
    private ScriptedServer inside;

    @BeforeEach
    void startServers() throws UnknownHostException {
        outside = new ScriptedServer();
        inside = new ScriptedServer(InetAddress.getByName("127.0.0.2"));
        inside.serve("/secrets", new byte[] {1});
    }

    @AfterEach
    void stopServers() {
        outside.close();
        inside.close();
    }

    private Path fetched(AddressRule rule, String path) throws Exception {
        DataAccess access = DataUnderTest.access(null, cache, true, 1000, DataUnderTest.hub(outside.url(""), cache));
        var transfer = new Transfer(new Http(access, Duration.ofMillis(1), rule), 1000, (_, _, _) -> {});
        return transfer.fetch(new Ask(
                URI.create(outside.url(path)),
                new Secret("hf_secret"),
                cache.resolve("file"),
                -1,
                null,
                "t.yaml:3",
                path));
    }

    @Test
    void aRedirectToAnAddressInsideTheNetworkIsRefusedBeforeItIsAsked() {
        outside.redirect("/moved", inside.url("/secrets"));
        var rule = new AddressRule(address -> !address.getHostAddress().equals("127.0.0.2"));

        assertThatThrownBy(() -> fetched(rule, "/moved"))
                .hasMessageContaining(inside.url("/secrets") + " leads to 127.0.0.2, an address inside the network");
        assertThat(inside.asked()).isEmpty();
    }

    @Test
    void theTokenGoesToItsHostOnly() throws Exception {
        outside.redirect("/moved", outside.url("/again"));
        outside.redirect("/again", inside.url("/secrets"));

        assertThat(fetched(new AddressRule(true), "/moved")).hasBinaryContent(new byte[] {1});

        assertThat(outside.asked())
                .extracting(ScriptedServer.Asked::authorization)
                .containsExactly("Bearer hf_secret", "Bearer hf_secret");
        assertThat(inside.asked())
                .extracting(ScriptedServer.Asked::authorization)
                .containsOnlyNulls();
    }
}
