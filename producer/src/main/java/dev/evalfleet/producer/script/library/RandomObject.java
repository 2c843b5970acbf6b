package dev.evalfleet.producer.script.library;

import dev.evalfleet.producer.python.Indexing;
import dev.evalfleet.producer.python.PythonException;
import dev.evalfleet.producer.python.method.Arguments;
import dev.evalfleet.producer.python.method.Callable;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.PythonObject;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.script.value.Values;
import dev.evalfleet.runtime.python.PythonRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// `random.Random`, and the one behind the functions of the module `random`.
///
/// lm-eval seeds that one with 0 and lets all tasks of a run draw from it one after the other, so what a task draws
/// there depends on the others. Here every task starts with it freshly seeded.
final class RandomObject implements PythonObject {
    private PythonRandom random;

    RandomObject(@Nullable Object seed) {
        this.random = seeded(seed);
    }

    private static PythonRandom seeded(@Nullable Object seed) {
        return seed instanceof String text ? new PythonRandom(text) : new PythonRandom(Indexing.whole(seed));
    }

    Map<String, Object> members() {
        var members = new java.util.HashMap<String, Object>();
        for (String name : List.of("seed", "random", "randint", "choice", "choices", "sample", "shuffle")) {
            members.put(name, Objects.requireNonNull(member(name)));
        }
        members.put("Random", (Callable) (positional, named) -> {
            if (positional.isEmpty()) {
                throw new ScriptException("random.Random() without a seed differs from run to run");
            }
            return new RandomObject(positional.getFirst());
        });
        return members;
    }

    @Override
    public @Nullable Object member(String name) {
        return switch (name) {
            case "seed", "random", "randint", "choice", "choices", "sample", "shuffle" ->
                (Callable) (positional, named) -> call(new Arguments(name, positional, named));
            default -> Members.NONE;
        };
    }

    private @Nullable Object call(Arguments arguments) {
        return switch (arguments.function()) {
            case "seed" -> {
                random = seeded(arguments.at(0, "a"));
                yield null;
            }
            case "random" -> random.random();
            case "randint" -> {
                long from = Indexing.whole(arguments.at(0, "a"));
                yield from + random.below(Indexing.whole(arguments.at(1, "b")) - from + 1);
            }
            case "choice" -> {
                List<@Nullable Object> items = Values.items(arguments.at(0, "seq"));
                if (items.isEmpty()) {
                    throw new PythonException("IndexError", "Cannot choose from an empty sequence");
                }
                yield items.get((int) random.below(items.size()));
            }
            case "choices" -> {
                if (arguments.has(1, "weights") || arguments.named().containsKey("cum_weights")) {
                    throw new ScriptException("random.choices with weights is not understood");
                }
                yield random.choices(Values.items(arguments.at(0, "population")), (int) arguments.whole(2, "k", 1));
            }
            case "sample" ->
                random.sample(Values.items(arguments.at(0, "population")), (int) Indexing.whole(arguments.at(1, "k")));
            default -> {
                random.shuffle((List<?>) Objects.requireNonNull(arguments.at(0, "x")));
                yield null;
            }
        };
    }
}
