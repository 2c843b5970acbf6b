package dev.evalfleet.producer.plan;

import dev.evalfleet.producer.task.TaskDefinition;
import dev.evalfleet.schemas.avro.Problem;
import java.util.List;
import java.util.Map;

/// A task (in one variant) that is ready to run: its data were read and checked.
///
/// @param configJson the effective keys as the plan carries them, data files by absolute path
/// @param hash SHA-256 over the effective keys as they were written
/// @param promptCharacters estimated over some of the documents
record PlannedTask(
        TaskDefinition task,
        String configJson,
        String hash,
        String source,
        int samples,
        String fingerprint,
        int shots,
        Map<String, Long> sliceSizes,
        Map<String, Long> clusterSizes,
        List<Problem> warnings,
        long promptCharacters) {}
