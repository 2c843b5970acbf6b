package dev.evalfleet.producer.script;

import dev.evalfleet.producer.script.run.Function;
import dev.evalfleet.producer.script.run.Scope;
import dev.evalfleet.producer.script.syntax.Node;
import dev.evalfleet.producer.script.syntax.Statement;
import dev.evalfleet.producer.script.value.Members;
import dev.evalfleet.producer.script.value.Partial;
import dev.evalfleet.producer.script.value.PythonObject;
import dev.evalfleet.producer.script.value.ScriptException;
import dev.evalfleet.producer.script.walk.Children;
import dev.evalfleet.producer.script.walk.Names;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Goes through a function before it is run, and through those it calls: every name must be known, and every method.
final class FunctionCheck {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /// @throws ScriptException naming the first thing that is not understood
    void check(@Nullable Object value) {
        switch (value) {
            case Partial partial -> check(partial.function());
            case Function function when seen.add(function) -> function(function);
            case null, default -> {
                // a plain value, or a function of the library
            }
        }
    }

    private void function(Function function) {
        var known = new HashSet<String>();
        function.parameters().all().forEach(parameter -> known.add(parameter.name()));
        if (function.parameters().rest() != null) {
            known.add(function.parameters().rest());
        }
        if (function.parameters().others() != null) {
            known.add(function.parameters().others());
        }
        known.addAll(Names.assigned(function.body()));
        new Body(function.around(), known, function.name()).statements(function.body());
    }

    /// The code of one function.
    private final class Body {
        private final Scope around;
        private final Set<String> known;
        private final String name;

        Body(Scope around, Set<String> known, String name) {
            this.around = around;
            this.known = known;
            this.name = name;
        }

        void statements(List<Statement> statements) {
            statements.forEach(this::statement);
        }

        private void statement(Statement statement) {
            switch (statement) {
                case Statement.Import imported ->
                    around.module().importAs(imported.module(), imported.module(), around.inner());
                case Statement.ImportFrom(var _, var module, var member, var as) ->
                    around.module().importFrom(module, member, as, around.inner());
                case Statement.Define(var _, var inner, var parameters, var body) -> {
                    var all = new HashSet<>(known);
                    parameters.all().forEach(parameter -> {
                        all.add(parameter.name());
                        optional(parameter.fallback());
                    });
                    Collections.addAll(all, text(parameters.rest()), text(parameters.others()));
                    all.addAll(Names.assigned(body));
                    new Body(around, all, name + "." + inner).statements(body);
                }
                default -> {
                    Children.nodes(statement).forEach(this::node);
                    Children.statements(statement).forEach(this::statement);
                }
            }
        }

        private static String text(@Nullable String name) {
            return name == null ? "" : name;
        }

        private void optional(@Nullable Node node) {
            if (node != null) {
                node(node);
            }
        }

        private void node(Node node) {
            switch (node) {
                case Node.Name(var used) -> name(used);
                case Node.Attribute(Node.Name(var used), var member) when !known.contains(used) -> member(used, member);
                case Node.Attribute(var of, var member) -> {
                    node(of);
                    method(member);
                }
                case Node.Lambda(var parameters, var body) -> {
                    var all = new HashSet<>(known);
                    parameters.all().forEach(parameter -> all.add(parameter.name()));
                    Collections.addAll(all, text(parameters.rest()), text(parameters.others()));
                    new Body(around, all, name).node(body);
                }
                case Node.Comprehension comprehension -> {
                    var all = new HashSet<>(known);
                    comprehension.clauses().forEach(clause -> all.addAll(Names.targets(clause.target())));
                    var inner = new Body(around, all, name);
                    Children.nodes(comprehension).forEach(inner::node);
                }
                case Node.Assigned(var own, var value) -> {
                    known.add(own);
                    node(value);
                }
                default -> Children.nodes(node).forEach(this::node);
            }
        }

        private void name(String used) {
            if (!known.contains(used) && !used.equals("globals")) {
                check(around.get(used));
            }
        }

        private void member(String used, String member) {
            Object value = used.equals("globals") ? null : around.get(used);
            if (value instanceof PythonObject object) {
                Object found = object.member(member);
                if (found == Members.NONE) {
                    throw new ScriptException(name + " uses " + used + "." + member + ", which is not known here");
                }
                check(found);
            } else {
                method(member);
            }
        }

        private void method(String method) {
            if (!KnownMethods.ALL.contains(method)) {
                throw new ScriptException(name + " uses ." + method + ", which is not known here");
            }
        }
    }
}
