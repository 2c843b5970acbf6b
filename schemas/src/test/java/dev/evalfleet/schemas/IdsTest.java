package dev.evalfleet.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IdsTest {

    @Test
    void aRunIdNamesRequestTaskModelAndVariant() {
        assertThat(Ids.runId("nightly-7", "gsm8k", "tinygpt-v2", null)).isEqualTo("nightly-7/gsm8k/tinygpt-v2");
        assertThat(Ids.runId("nightly-7", "gsm8k", "tinygpt-v2", "short"))
                .isEqualTo("nightly-7/gsm8k/tinygpt-v2/short");
    }

    @Test
    void separatorsInsideAPartAreEncoded() {
        String runId = Ids.runId("r", "mmlu/algebra", "meta-llama/Llama 3.1|8B#é,%", null);

        assertThat(runId).isEqualTo("r/mmlu%2Falgebra/meta-llama%2FLlama%203.1%7C8B%23%C3%A9%2C%25");
    }

    @Test
    void thePartsOfARunIdAreWhatWentIn() {
        String runId = Ids.runId("r+1", "mmlu/algebra", "meta-llama/Llama 3.1|8B#é,%", "a b");

        assertThat(Ids.parts(runId)).containsExactly("r+1", "mmlu/algebra", "meta-llama/Llama 3.1|8B#é,%", "a b");
    }

    @Test
    void runsOfOneRequestAndTaskSharePairGroupsAcrossModelsAndVariants() {
        assertThat(Ids.pairGroup("r", "mmlu/algebra")).isEqualTo("r/mmlu%2Falgebra");
    }

    @Test
    void everyModelsAnswerToADocumentHasOneKey() {
        assertThat(Ids.resultKey("ab12", "doc:7")).isEqualTo("ab12:doc:7");
        assertThat(Ids.sampleKey("r/t/m", "doc#7")).isEqualTo("r/t/m#doc#7");
        assertThat(Ids.metricKey("r/t/m", "exact_match", "strict-match", "skill=add"))
                .isEqualTo("r/t/m|exact_match,strict-match|skill=add");
    }

    @Test
    void anEmptyPartIsRefused() {
        assertThatThrownBy(() -> Ids.runId("", "t", "m", null)).isInstanceOf(IllegalArgumentException.class);
    }
}
