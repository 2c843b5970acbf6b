package dev.evalfleet.local.client;

import dev.evalfleet.local.CommandException;
import dev.evalfleet.schemas.BaselineWord;
import dev.evalfleet.schemas.avro.Baseline;
import dev.evalfleet.schemas.avro.BaselineKind;
import dev.evalfleet.schemas.avro.Capture;
import dev.evalfleet.schemas.avro.EvalRequest;
import dev.evalfleet.schemas.avro.Gates;
import dev.evalfleet.schemas.avro.RequestLimits;
import dev.evalfleet.schemas.avro.StopEarly;
import dev.evalfleet.schemas.avro.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/// A request as a YAML or JSON file. Its keys are the fields of [EvalRequest]; every mistake is told with its line.
public final class RequestFile {

    private final EvalRequest.Builder request;
    private final List<String> problems = new ArrayList<>();

    private RequestFile(EvalRequest.Builder request) {
        this.request = request;
    }

    /// Reads the file into `request`: what the file does not say stays as it is.
    public static void readInto(EvalRequest.Builder request, Path file) {
        RequestFile reading = new RequestFile(request);
        YamlFields fields = new YamlFields(file.toString(), "", compose(file), reading.problems);
        reading.read(fields);
        fields.refuseOthers();
        if (!reading.problems.isEmpty()) {
            throw CommandException.usage("The request cannot be used:\n  - " + String.join("\n  - ", reading.problems));
        }
    }

    private static MappingNode compose(Path file) {
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file.toString()).build();
            Node root =
                    new Compose(settings).composeString(Files.readString(file)).orElse(null);
            if (root instanceof MappingNode mapping) {
                return mapping;
            }
            throw CommandException.usage(
                    file + ": must be a mapping with the fields of a request, such as tasks and models");
        } catch (IOException unreadable) {
            throw CommandException.usage(file + ": cannot be read; is the path right? (" + reason(unreadable) + ")");
        } catch (MarkedYamlEngineException broken) {
            String place = broken.getProblemMark()
                    .map(mark -> ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1))
                    .orElse("");
            throw CommandException.usage(file + place + ": is not valid YAML: " + broken.getProblem());
        } catch (YamlEngineException broken) {
            throw CommandException.usage(file + ": is not valid YAML: " + broken.getMessage());
        }
    }

    private static String reason(IOException problem) {
        return problem instanceof java.nio.file.NoSuchFileException
                ? "no such file"
                : String.valueOf(problem.getMessage());
    }

    private void read(YamlFields fields) {
        fields.string("requestId", request::setRequestId);
        fields.strings("tasks", request::setTasks);
        fields.strings("models", request::setModels);
        fields.object("inlineTasks", tasks -> request.setInlineTasks(inlineTasks(tasks)));
        fields.sections(
                "variants",
                variants ->
                        request.setVariants(variants.stream().map(this::variant).toList()));
        readBaseline(fields);
        fields.section("gates", gates -> request.setGates(gates(gates)));
        fields.section("limits", limits -> request.setLimits(limits(limits)));
        fields.number("limit", request::setLimit);
        fields.integer("numFewshot", request::setNumFewshot);
        fields.whole("fewshotSeed", request::setFewshotSeed);
        fields.whole("seed", request::setSeed);
        fields.integer("repeats", request::setRepeats);
        fields.integer("priority", request::setPriority);
        fields.flag("chat", request::setChat);
        fields.flag("fewshotAsMultiturn", request::setFewshotAsMultiturn);
        fields.string("systemInstruction", request::setSystemInstruction);
        fields.json("generation", request::setGeneration);
        fields.choice("capture", Capture.class, request::setCapture);
        fields.labels("labels", request::setLabels);
        fields.string("submittedBy", request::setSubmittedBy);
    }

    private void readBaseline(YamlFields fields) {
        if (!fields.isMapping("baseline")) {
            fields.string(
                    "baseline",
                    word -> request.setBaseline(
                            BaselineWord.of(word, request.hasModels() ? request.getModels() : List.of())));
            return;
        }
        fields.section("baseline", baseline -> {
            Baseline.Builder asInTheRecord = Baseline.newBuilder().setKind(BaselineKind.NAME);
            baseline.choice("kind", BaselineKind.class, asInTheRecord::setKind);
            baseline.string(
                    "value",
                    value -> request.setBaseline(asInTheRecord.setValue(value).build()));
            for (BaselineKind kind : BaselineKind.values()) {
                baseline.string(
                        kind.name().toLowerCase(java.util.Locale.ROOT),
                        value -> request.setBaseline(new Baseline(kind, value)));
            }
            baseline.refuseOthers();
        });
    }

    private Variant variant(YamlFields fields) {
        Variant.Builder variant = Variant.newBuilder().setName("");
        fields.string("name", variant::setName);
        fields.string("systemInstruction", variant::setSystemInstruction);
        fields.string("description", variant::setDescription);
        fields.string("docToText", variant::setDocToText);
        fields.integer("numFewshot", variant::setNumFewshot);
        fields.json("generation", variant::setGeneration);
        fields.refuseOthers();
        if (variant.getName().isEmpty()) {
            fields.problem("name", "is required: the variant's part of the run id");
        }
        return variant.build();
    }

    private Gates gates(YamlFields fields) {
        Gates.Builder gates = Gates.newBuilder();
        fields.numbers("min", gates::setMin);
        fields.numbers("maxRegression", gates::setMaxRegression);
        fields.number("alpha", gates::setAlpha);
        fields.string("primaryMetric", gates::setPrimaryMetric);
        fields.strings("slices", gates::setSlices);
        fields.choice("stopEarly", StopEarly.class, gates::setStopEarly);
        fields.refuseOthers();
        return gates.build();
    }

    private RequestLimits limits(YamlFields fields) {
        RequestLimits.Builder limits = RequestLimits.newBuilder();
        fields.number("maxCost", limits::setMaxCost);
        fields.whole("maxTokens", limits::setMaxTokens);
        fields.whole("maxWallTimeMs", limits::setMaxWallTimeMs);
        fields.refuseOthers();
        return limits.build();
    }

    /// A task in the file itself: YAML text, or the mapping written out.
    private static Map<String, String> inlineTasks(Map<String, Object> tasks) {
        Dump dump = new Dump(DumpSettings.builder().build());
        Map<String, String> texts = new LinkedHashMap<>();
        tasks.forEach((name, task) -> texts.put(name, task instanceof String text ? text : dump.dumpToString(task)));
        return texts;
    }
}
