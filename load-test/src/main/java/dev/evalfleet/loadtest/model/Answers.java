package dev.evalfleet.loadtest.model;

import java.util.Map;

/// What the models of the test know: a pure function of model and prompt, so that every attempt gives the same answer.
public final class Answers {
    private static final String[] WORDS = {"red", "green", "blue", "white", "black", "brown", "grey", "pink"};
    private static final Map<String, Integer> RIGHT_OF_HUNDRED = Map.of("alpha", 80, "beta", 65);

    private Answers() {}

    /// The prompt of a document.
    public static String prompt(int document) {
        return "Colours of item " + document + ":";
    }

    /// The right answer to a prompt: four words.
    public static String right(String prompt) {
        long hash = mix(prompt.hashCode());
        StringBuilder answer = new StringBuilder();
        for (int word = 0; word < 4; word++) {
            answer.append(word == 0 ? "" : " ").append(WORDS[(int) (hash >>> (3 * word)) & 7]);
        }
        return answer.toString();
    }

    /// What the model answers: right, or half right.
    static String of(String model, String prompt) {
        String right = right(prompt);
        long hash = mix(prompt.hashCode() * 31L + model.hashCode());
        boolean knows = Math.floorMod(hash, 100) < RIGHT_OF_HUNDRED.getOrDefault(model, 50);
        return knows ? right : right.substring(0, right.lastIndexOf(' ')) + " something else";
    }

    // SplitMix64's finaliser (Steele, Lea and Flood 2014).
    static long mix(long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
