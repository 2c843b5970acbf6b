package dev.evalfleet.local.fleet;

import dev.evalfleet.local.CommandException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model given on the command line: `NAME=djl:FOLDER`, `NAME=openai:URL[,key=value...]` or `NAME=scripted`.
///
/// @param settings the model's entry of `worker.models`
public record ModelSpec(String name, Map<String, Object> settings) {

    private static final String FORM = "NAME=djl:FOLDER, NAME=openai:URL[,served=NAME] or NAME=scripted";

    public static ModelSpec parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw CommandException.usage("--model must be " + FORM + ", but is \"" + text + "\"");
        }
        String name = text.substring(0, equals);
        String[] parts = text.substring(equals + 1).split(",", -1);
        int colon = parts[0].indexOf(':');
        String backend = colon < 0 ? parts[0] : parts[0].substring(0, colon);
        String address = colon < 0 ? "" : parts[0].substring(colon + 1);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("name", name);
        settings.put("backend", backend);
        switch (backend) {
            case "djl" -> settings.put("path", folder(text, address));
            case "openai" -> settings.put("base-url", url(text, address));
            case "scripted" -> {}
            default -> throw CommandException.usage("--model must be " + FORM + ", but is \"" + text + "\"");
        }
        for (int part = 1; part < parts.length; part++) {
            putOption(text, parts[part], settings);
        }
        return new ModelSpec(name, settings);
    }

    /// A model of an OpenAI-compatible server.
    public static ModelSpec openAi(String name, String url) {
        return parse(name + "=openai:" + url);
    }

    public ModelSpec with(String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(settings);
        more.put(key, value);
        return new ModelSpec(name, more);
    }

    /// The pool that serves this model alone; its name is part of a topic's name.
    String pool() {
        String pool = name.replaceAll("[^a-zA-Z0-9._-]", "-");
        return pool.length() > 80 ? pool.substring(0, 80) : pool;
    }

    private static void putOption(String text, String option, Map<String, Object> settings) {
        int equals = option.indexOf('=');
        if (equals < 1) {
            throw CommandException.usage("--model " + text + ": \"" + option + "\" must be key=value");
        }
        String key = option.substring(0, equals);
        settings.put(key.equals("served") ? "served-name" : key, option.substring(equals + 1));
    }

    private static String folder(String text, String address) {
        Path folder = Path.of(address);
        if (address.isEmpty() || !Files.isDirectory(folder)) {
            throw CommandException.usage("--model " + text + ": there is no folder \"" + address
                    + "\"; it must hold model.onnx, tokenizer.json and config.json");
        }
        return folder.toAbsolutePath().toString();
    }

    private static String url(String text, String address) {
        if (!address.startsWith("http://") && !address.startsWith("https://")) {
            throw CommandException.usage("--model " + text
                    + ": the address must be a URL such as http://127.0.0.1:8000/v1, but is \"" + address + "\"");
        }
        return address;
    }
}
