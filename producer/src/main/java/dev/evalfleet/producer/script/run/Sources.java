package dev.evalfleet.producer.script.run;

import dev.evalfleet.producer.script.syntax.Statement;
import dev.evalfleet.producer.script.syntax.StatementParser;
import dev.evalfleet.producer.script.syntax.SyntaxException;
import dev.evalfleet.producer.script.value.ScriptException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Python files, split into statements; kept, since hundreds of tasks can share one.
final class Sources {
    private static final long LARGEST = 4L << 20;
    private static final int MOST_KEPT = 1_000;
    private static final Map<Path, Parsed> KEPT = new ConcurrentHashMap<>();

    private record Parsed(String stamp, List<Statement> statements) {}

    private Sources() {}

    /// @throws ScriptException where the file is not there, or is no Python
    static List<Statement> of(Path file) {
        try {
            BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
            String stamp = facts.size() + "@" + facts.lastModifiedTime();
            Parsed known = KEPT.get(file);
            if (known != null && known.stamp().equals(stamp)) {
                return known.statements();
            }
            if (facts.size() > LARGEST) {
                throw new ScriptException(file + " is larger than " + LARGEST + " bytes");
            }
            if (KEPT.size() >= MOST_KEPT) {
                KEPT.clear();
            }
            List<Statement> statements = List.copyOf(StatementParser.parse(Files.readString(file)));
            KEPT.put(file, new Parsed(stamp, statements));
            return statements;
        } catch (IOException e) {
            throw new ScriptException("there is no readable file " + file);
        } catch (SyntaxException e) {
            throw new ScriptException(file + ":" + e.line() + ": " + e.getMessage());
        }
    }
}
