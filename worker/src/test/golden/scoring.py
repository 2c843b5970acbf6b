"""Writes the golden cases of ScoringGoldenTest: what Python's re and lm-evaluation-harness make of texts.

Development aid. Needs lm-eval 0.4.13 and numpy (the harness's own dependencies may be missing: its registry is
imported lazily). Run: python scoring.py > ../resources/golden/scoring.jsonl
"""
import importlib.util
import itertools
import json
import re
import sys
import types


def load(name, path):
    """A module of lm-eval without the package's own imports."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def harness():
    where = importlib.util.find_spec("lm_eval").submodule_search_locations[0]
    registry = types.ModuleType("lm_eval.api.registry")
    passing = lambda *a, **k: (lambda f: f)
    for name in ("register_filter", "register_metric", "register_aggregation"):
        setattr(registry, name, passing)
    registry.get_metric = registry.metric_agg_registry = registry.get_metric_aggregation = None
    sys.modules["lm_eval.api"] = types.ModuleType("lm_eval.api")
    sys.modules["lm_eval.filters"] = types.ModuleType("lm_eval.filters")
    sys.modules["lm_eval.api.registry"] = registry
    api_filter = types.ModuleType("lm_eval.api.filter")
    api_filter.Filter = object
    sys.modules["lm_eval.api.filter"] = api_filter
    extraction = load("lm_eval.filters.extraction", where + "/filters/extraction.py")
    selection = load("lm_eval.filters.selection", where + "/filters/selection.py")
    transformation = load("lm_eval.filters.transformation", where + "/filters/transformation.py")
    with open(where + "/api/metrics.py") as source:
        text = source.read()
    start = text.index("def exact_match_hf_evaluate")
    end = text.index("\n###", start)
    scope = {}
    exec("import re, string\nimport numpy as np\n" + text[start:end], scope)
    return extraction, selection, transformation, scope["exact_match_hf_evaluate"]


TEXTS = [
    "", "#### 42", "so 6*7 = 42.\n#### 1,042", "The answer is (B).", "answer: b", "(A) or (C)? (C)", " \tspaced\u00a0out \u2003\n",
    "É́tude n°2², \u0663 apples", "x = 5² and y_1=\u0967", "\\boxed{3\\frac{1}{2}}", "a&b&&c[d]^e-f", "line one\nline two\r\nline\u2028three\n",
    "Yes. No! yes", "-3.5, -4 and 7.", "$18", "it costs $1,200.50.", "naïve Straße İstanbul ΣΑΣ", "The best answer is: Paris (France)",
    "Q: what?\nA: 12\n\nQ: next", "हिन्दी शब्द 123", "\x1ca\x85b", "foo.bar(baz)", "A) alpha B) beta", "None of these",
]
PATTERNS = [
    r"#### (\-?[0-9\.\,]+)", r"(-?[$0-9.,]{2,})|(-?[0-9]+)", r"(\-?[0-9\.\,]*[0-9]+)", r"\((A|B|C|D|E)\)", r"(?i)answer:?\s*\(?([a-d])",
    r"\b(\d+)\b", r"\w+", r"\W+", r"[^\W\d_]+", r"[\w\s]+", r"[^\s]+", r"\s+", r"\S+", r"^.*$", r"(?m)^(.*)$", r"(?s)line.*three", r".+",
    r"\\boxed{(.*)}", r"{", r"a{,2}b|o{2}", r"(?P<first>\w)(?P=first)", r"(?P<n>\d)(?:\.|,)?(?P=n)?", r"[]a]+", r"[^]a]+", r"[[a]", r"[a&&b]+", r"[a-]+",
    r"\Aline|\Z", r"(yes|no)[.!]?", r"(?i:YES)", r"(?<=\$)[\d,.]+", r"answer is (.*?)[.]", r"(.*?)(?=\.)", r"\bQ\b", r"\B", r"x*", r"[\d]+[²]?", r"\u00e9|\xc9",
    r"(?#comment)foo\.bar", r"((.))", r"(A)?(B)?", r"[\-\.\,]", r"(?x) b a z", r"\$", r"\d+$", r"[\s\S]*", r"[\D]+", r"(a|b)*c", r"[\x1c-\x20]", r"\x41|\101|\0",
]
CHAINS = [
    [["regex", {}], ["take_first", {}]],
    [["regex", {"regex_pattern": r"(-?[$0-9.,]{2,})|(-?[0-9]+)", "group_select": -1}], ["take_first", {}]],
    [["regex", {"regex_pattern": r"\((A|B|C|D|E)\)", "group_select": 1, "fallback": " none "}]] ,
    [["regex", {"regex_pattern": r"(x)?(y)?", "fallback": " f "}]],
    [["remove_whitespace", {}], ["take_first", {}]],
    [["lowercase", {}], ["uppercase", {}]],
    [["lowercase", {}], ["majority_vote", {}], ["take_first", {}]],
    [["take_first_k", {"k": 2}], ["majority_vote", {}]],
    [["regex", {"regex_pattern": r"\b([a-dA-D])\b"}], ["map", {"mapping_dict": {"A": "1", "b": "2"}, "default_value": "0"}]],
    [["multi_choice_regex", {"group_select": 0, "ignore_case": True, "ignore_punctuation": True, "regex_pattern": r"(\([A-Z]\))"}], ["take_first", {}]],
    [["multi_choice_regex", {"group_select": -1, "regexes_to_ignore": [r"\.", ","], "regex_pattern": r"answer is (\([A-Z]\))"}]],
]
SPAN_CHAINS = [[["format_span", {}], ["take_first", {}]], [["regex_pos", {}], ["take_first", {}]]]
SPANS = [
    "", "Person: John Doe, Mary $$ Location : Kenya\nDate: none", "per: a, , b$ORG:x$$", "organization: UN$$ TIME: 3pm, NONE $$$", "no label here",
    "counties: Kiambu\n\nplaces:\u00a0Nairobi , Thika", "superperson: x persons: y", "LOC: Ünïted, ΑΣ\nLOCATION:", "[('Mo', 'NOUN'), ('ran', 'VERB')]", "('a', 'A\\\\B')('b', '')", "('it's', 'X')",
]
DOCUMENTS = [["Paris (France)", "Paris", "yes"], ["alpha", "No!", "42."], ["?!", "a.b", "a.b c (x)", "…", "B"]]
OPTIONS = [
    {}, {"ignore_case": True}, {"ignore_punctuation": True}, {"ignore_numbers": True},
    {"ignore_case": True, "ignore_punctuation": True, "regexes_to_ignore": [",", r"\$", r"(?s).*#### ", r"\.$"]},
    {"regexes_to_ignore": [r"\b(a|the)\b"], "ignore_case": True},
]
PAIRS = [
    ("42", ["42"]), ("42", ["43"]), ("$1,042.", ["1042"]), ("so\n#### 42", ["42"]), ("The Cat!", ["cat"]), ("the cat", ["cat"]), ("abc123", ["abc"]), ("ΣΑΣ", ["σας"]),
    ("b", ["a", "b"]), ("c", ["a", "b"]), ("", [""]), ("a\u00a0b", ["a b"]), ("[\\]^_`{|}~", [""]), ("“x”", ["x"]), ("", ["x", ""]),
]


def main():
    extraction, selection, transformation, exact_match = harness()
    filters = {
        "regex": extraction.RegexFilter, "remove_whitespace": extraction.WhitespaceFilter, "multi_choice_regex": extraction.MultiChoiceRegexFilter,
        "take_first": selection.TakeFirstFilter, "take_first_k": selection.TakeKFilter, "majority_vote": selection.MajorityVoteFilter,
        "format_span": transformation.SPANFilter, "regex_pos": extraction.POSFilter,
        "lowercase": transformation.LowercaseFilter, "uppercase": transformation.UppercaseFilter, "map": transformation.MapFilter,
    }
    out = lambda **case: print(json.dumps(case, ensure_ascii=True))
    for pattern, text in itertools.product(PATTERNS, TEXTS):
        found = re.findall(pattern, text)
        out(kind="findall", pattern=pattern, text=text, found=[list(m) if isinstance(m, tuple) else [m] for m in found])
        out(kind="remove", pattern=pattern, text=text, left=re.sub(pattern, "", text))
    answers = [TEXTS[i : i + 3] for i in range(1, len(TEXTS) - 3)] + [["b", "B", "a", "A", "A"], ["#### 1", "#### 2", "#### 2"], ["(A) (B)", "x", "B"]]
    for chain, texts, choices in itertools.product(CHAINS, answers, DOCUMENTS):
        if choices is not DOCUMENTS[0] and chain[0][0] != "multi_choice_regex":
            continue
        responses = [texts]
        try:
            for name, arguments in chain:
                responses = list(filters[name](**arguments).apply(responses, [{"choices": choices}]))
        except IndexError:
            continue  # the harness stops here; we use the fallback
        value = responses[0]
        out(kind="filter", chain=chain, choices=choices, texts=texts, values=value if isinstance(value, list) else [value])
    for chain, text in itertools.product(SPAN_CHAINS, SPANS):
        responses = [[text]]
        for name, arguments in chain:
            responses = list(filters[name](**arguments).apply(responses, [{}]))
        out(kind="filter", chain=chain, choices=[], texts=[text], values=[str(responses[0])])
    for options, (answer, targets) in itertools.product(OPTIONS, PAIRS):
        score = exact_match(predictions=[answer] * len(targets), references=targets, **options)["exact_match"]
        score = float(score) if len(targets) == 1 else (1.0 if score > 0 else 0.0)
        out(kind="exact_match", options=options, answer=answer, targets=targets, score=score)


main()
