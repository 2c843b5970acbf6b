package dev.evalfleet.worker.inference.djl.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.evalfleet.worker.inference.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The folder of an exported model as Hugging Face Optimum writes it, all needed files there.
///
/// `model.onnx` may also be in the subfolder `onnx`, as in many repositories of the hub.
public record ModelFolder(Path path, Path onnx) {

    private static final String HOW =
            "; export one with `optimum-cli export onnx --model NAME --task text-generation-with-past FOLDER`";
    private static final JsonMapper JSON = new JsonMapper();

    /// @throws BackendException naming everything that is missing
    public static ModelFolder at(Path path) throws BackendException {
        if (!Files.isDirectory(path)) {
            String what = Files.exists(path) ? "is not a folder" : "does not exist";
            throw new BackendException(
                    "model folder " + path + " " + what + ": path must name the folder of an ONNX export" + HOW);
        }
        Path nested = path.resolve("onnx").resolve("model.onnx");
        Path onnx = Files.isRegularFile(nested) && !Files.exists(path.resolve("model.onnx"))
                ? nested
                : path.resolve("model.onnx");
        List<String> missing = new ArrayList<>();
        for (Path file : List.of(onnx, path.resolve("tokenizer.json"), path.resolve("config.json"))) {
            if (!Files.isRegularFile(file)) {
                missing.add(file.getFileName().toString());
            }
        }
        if (!missing.isEmpty()) {
            throw new BackendException("model folder " + path + " has no " + String.join(", no ", missing) + HOW);
        }
        return new ModelFolder(path, onnx);
    }

    public Path tokenizer() {
        return path.resolve("tokenizer.json");
    }

    public String name() {
        return path.getFileName() == null ? path.toString() : path.getFileName().toString();
    }

    /// The content of a JSON file of the folder; a missing node where there is no such file.
    JsonNode json(String name) throws BackendException {
        Path file = path.resolve(name);
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new BackendException(file + ":" + line + ": not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new BackendException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
