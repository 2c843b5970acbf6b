package dev.evalfleet.loadtest.model;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tasks whose documents the model server knows the answers to.
public final class TaskFolder {
    private TaskFolder() {}

    /// Writes a task with that many documents.
    public static void write(Path folder, String task, int documents) {
        write(folder, task, 0, documents);
    }

    /// @param first number of the first document: different numbers are different prompts
    public static void write(Path folder, String task, int first, int documents) {
        try {
            Files.createDirectories(folder);
            Files.writeString(
                    folder.resolve(task + ".yaml"),
                    """
                    task: %s
                    dataset_path: json
                    dataset_kwargs:
                      data_files:
                        test: %s.jsonl
                    test_split: test
                    num_fewshot: 0
                    output_type: generate_until
                    doc_to_text: "{{prompt}}"
                    doc_to_target: "{{answer}}"
                    target_delimiter: ""
                    generation_kwargs:
                      until: ["\\n"]
                      do_sample: false
                      max_gen_toks: 16
                    metric_list:
                      - metric: exact_match
                        aggregation: mean
                        higher_is_better: true
                      - metric: token_f1
                        aggregation: mean
                        higher_is_better: true
                    metadata:
                      version: 1.0
                      slices: [kind]
                    """
                            .formatted(task, task));
            try (BufferedWriter lines = Files.newBufferedWriter(folder.resolve(task + ".jsonl"))) {
                for (int document = first; document < first + documents; document++) {
                    String prompt = Answers.prompt(document);
                    lines.write("{\"prompt\": \"%s\", \"answer\": \"%s\", \"kind\": \"%s\"}%n"
                            .formatted(prompt, Answers.right(prompt), document % 3 == 0 ? "third" : "other"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
