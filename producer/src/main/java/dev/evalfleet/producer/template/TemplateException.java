package dev.evalfleet.producer.template;

/// A template that cannot be read or rendered; the message says where in the template and why.
public final class TemplateException extends RuntimeException {
    public TemplateException(String message) {
        super(message);
    }

    public static TemplateException at(int line, String message) {
        return new TemplateException("template line " + line + ": " + message);
    }
}
