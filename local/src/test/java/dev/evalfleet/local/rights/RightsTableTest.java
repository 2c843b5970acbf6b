package dev.evalfleet.local.rights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evalfleet.local.CommandRun;
import dev.evalfleet.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RightsTableTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "security.md");
    private static final String BEGIN = "<!-- rights: written by RightsTableTest -->\n";
    private static final String END = "<!-- /rights -->";

    /// `-Devalfleet.rewrite=true` writes it anew.
    @Test
    void theTableInTheDocumentationIsTheCodes() throws IOException {
        String table = RightsTable.of(Topics.standard(), List.of("POOL")).markdown();
        String text = Files.readString(DOCUMENT);
        int begin = text.indexOf(BEGIN) + BEGIN.length();
        int end = text.indexOf(END);
        if (Boolean.getBoolean("evalfleet.rewrite")) {
            Files.writeString(DOCUMENT, text.substring(0, begin) + table + text.substring(end));
            return;
        }

        assertThat(text.substring(begin, end))
                .as(
                        "the table of docs/security.md; write it anew with"
                                + " mvn test -pl local -am -Dtest=RightsTableTest -Dsurefire.failIfNoSpecifiedTests=false -Devalfleet.rewrite=true")
                .isEqualTo(table);
    }

    @Test
    void theCommandPrintsWhatGrantsThem() {
        CommandRun run = CommandRun.of("rights", "--pool", "small", "--prefix", "x.", "--commands", "b:1");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "kafka-acls.sh --bootstrap-server b:1 --add --allow-principal User:worker --operation Read --topic x.samples.small\n",
                        "--operation Write --transactional-id x.planner. --resource-pattern-type prefixed\n",
                        "--operation DescribeConfigs --topic x.results\n");
    }
}
