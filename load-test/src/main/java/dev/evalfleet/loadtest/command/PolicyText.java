package dev.evalfleet.loadtest.command;

import dev.evalfleet.loadtest.scaling.ScalingPolicy;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A scaling policy: `100%/15s` or `4pods/15s`.
public final class PolicyText implements ITypeConverter<ScalingPolicy> {
    private static final Pattern SHAPE = Pattern.compile("([1-9]\\d*)(%|pods?)/(\\d+(?:ms|s|m|h))");

    @Override
    public ScalingPolicy convert(String text) {
        Matcher matcher = SHAPE.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException("\"" + text + "\" is no scaling policy; write 100%/15s or 4pods/60s");
        }
        ScalingPolicy.Kind kind = matcher.group(2).equals("%") ? ScalingPolicy.Kind.PERCENT : ScalingPolicy.Kind.PODS;
        return new ScalingPolicy(kind, Integer.parseInt(matcher.group(1)), DurationText.parse(matcher.group(3)));
    }
}
