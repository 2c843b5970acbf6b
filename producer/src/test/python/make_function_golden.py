"""Records what Python functions of lm-eval's tasks make of synthetic documents.

    python make_function_golden.py OUT.json.gz [--all]

Every function that a task names for its documents (process_docs, doc_to_text, doc_to_target, doc_to_choice, few-shot
ones) is imported from the installed lm_eval and called. The columns a function reads are found by calling it: a missing
one is added, and other types are tried until it does not fail. Text columns get text with quotes, HTML, line breaks and
letters beyond ASCII, and the constants the function compares with. Functions of the same source are recorded once; with
--all every one is, for a run that is not kept. The sources are part of the file, under lm-eval's MIT licence.
"""

import ast
import copy
import gzip
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import random
import signal
import sys
from pathlib import Path

import datasets
import lm_eval
from lm_eval.tasks import _yaml_loader as loader

datasets.disable_caching()
datasets.disable_progress_bars()
ROOT = Path(lm_eval.__file__).parent / "tasks"
TEXTS = ['He said "it\'s <b>5 &lt; 6</b>"\nand left.', "naïve [title] 日本語  two", " A. first (B) second: 12.5%", "x"]
SHAPES = ["text", "texts", "number", "index", "dict", "dicts", "none", "literal", "flag"]


PROBLEM = {"question": "It's about  _  .", "options": ["a \"b\"", "c", "d", "e"], "answer": "B"}
# Documents of the real shape where it cannot be found by trying.
GIVEN = {
    "hellaswag/": {"ctx_a": TEXTS[0], "ctx_b": "then [header] he", "activity_label": "Cooking", "label": "2",
                   "ctx": TEXTS[1], "endings": [TEXTS[1], " [title] x", "y [substeps] z", "w"], "ind": 3},
    "winogrande/": {"sentence": TEXTS[0].replace("\n", " _ "), "option1": "Ann", "option2": "Zoë", "answer": "2"},
    "race/": {"article": TEXTS[0], "problems": repr([PROBLEM, {**PROBLEM, "question": "Why?"}, PROBLEM])},
    "copa/": {"premise": "The man left.", "question": "cause", "choice1": "He was ill.", "choice2": "It rained.", "label": 1},
    "xcopa/": {"premise": "The man left.", "question": "effect", "choice1": "He was ill.", "choice2": "It rained.", "label": 0},
    "xwinograd/": {"sentence": "The _ won.", "option1": "cat", "option2": "dog", "answer": "1"},
    "utils_hellaswag": {"ctx_a": TEXTS[0], "ctx_b": "then", "activity_label": "Food", "label": "0", "endings": TEXTS, "ctx": "c"},
    "utils_winogrande": {"sentence": "A _ b.", "option1": "Ann", "option2": "Zoë", "answer": "1"},
}


def given(file):
    return next((document for part, document in GIVEN.items() if part in file), None)


class Reference:
    def __init__(self, spec, folder):
        self.spec, self.folder = spec, folder


loader._mk_function_ctor = lambda folder, resolve: lambda _, node: Reference(node.value, folder)


def named(config, path=""):
    if isinstance(config, Reference):
        yield path, config
    elif isinstance(config, dict):
        for key, value in config.items():
            yield from named(value, path + "." + str(key))


def functions():
    """(key, yaml folder, spec, file) of every function tasks name for their documents, each once."""
    seen = {}
    for file in sorted(ROOT.glob("**/*.yaml")):
        try:
            config = loader.load_yaml(file)
        except Exception:
            continue
        for path, reference in named(config):
            key = path.rsplit(".", 1)[-1]
            if key not in ("process_docs", "doc_to_text", "doc_to_target", "doc_to_choice"):
                continue
            module, name = reference.spec.rsplit(".", 1)
            source = (reference.folder / (module.replace(".", "/") + ".py")).resolve()
            if module.startswith("lm_eval.tasks."):
                source = ROOT / (module[len("lm_eval.tasks."):].replace(".", "/") + ".py")
            if source.exists():
                seen.setdefault((str(source.relative_to(ROOT)), name), key)
    return [(key, file, name) for (file, name), key in seen.items()]


def constants(tree, function):
    """Texts and numbers that stand in the file and in what is bound to the function."""
    found = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and 0 < len(n.value) < 40]
    while hasattr(function, "func"):
        found = [v for v in function.keywords.values() if isinstance(v, str)] * 50 + found
        function = function.func
    return found


def value(shape, rng, words):
    text = rng.choice(TEXTS + rng.sample(words, min(3, len(words)))) if rng.random() < 0.7 else rng.choice(words or TEXTS)
    return {
        "text": lambda: text,
        "texts": lambda: [rng.choice(TEXTS) + str(i) for i in range(10)],
        "number": lambda: rng.randrange(0, 4),
        "index": lambda: rng.choice("ABCD"),
        "dict": lambda: {},
        "dicts": lambda: [{}, {}],
        "none": lambda: None,
        "literal": lambda: repr([t + str(i) for i, t in enumerate(TEXTS)]),
        "flag": lambda: rng.random() < 0.5,
    }[shape]()


class Probe(dict):
    """A document that makes up what is missing, with the shape it was told for that place."""

    def __init__(self, shapes, path, rng, words):
        super().__init__()
        self.shapes, self.path, self.rng, self.words = shapes, path, rng, words

    def __missing__(self, key):
        place = self.path + (key,)
        shape = self.shapes.setdefault(place, "text")
        made = value(shape, self.rng, self.words)
        if shape == "dict":
            made = Probe(self.shapes, place, self.rng, self.words)
        if shape == "dicts":
            made = [Probe(self.shapes, place + (0,), self.rng, self.words) for _ in range(2)]
        self[key] = made
        return made

    def get(self, key, default=None):
        return self[key]

    def __contains__(self, key):
        return dict.__contains__(self, key) or isinstance(self[key], object)


def plain(item):
    if isinstance(item, dict):
        return {k: plain(v) for k, v in item.items()}
    if isinstance(item, (list, tuple)):
        return [plain(v) for v in item]
    return item


def columns_first(key, function, rng, words):
    """Shapes with which the function does not fail, and documents made of them; None where none were found."""
    shapes = {}
    for attempt in range(60):
        probes = [Probe(shapes, (), rng, words) for _ in range(6)]
        before = len(shapes)
        try:
            for probe in probes:
                fake(key, function)(probe)
            documents = [plain(probe) for probe in probes]
            for document in documents:
                for other in documents:
                    for column, item in other.items():
                        document.setdefault(column, item)
            json.dumps(documents)
            return documents
        except (RecursionError, TimeoutError):
            return None
        except Exception:
            if shapes and (attempt % 3 or len(shapes) == before):
                place = rng.choice(list(shapes)[-3:] if rng.random() < 0.6 else list(shapes))
                shapes[place] = rng.choice(SHAPES)
                for deeper in [p for p in shapes if p[: len(place)] == place and p != place]:
                    del shapes[deeper]
    return None


class Fake:
    """A dataset that hands its one document to whatever is mapped or filtered."""

    def __init__(self, row):
        self.row = row
        self.column_names, self.features = list(row), {}

    def map(self, function, with_indices=False, **_):
        made = function(self.row, 0) if with_indices else function(self.row)
        self.row = self.row if made is None else made
        return self

    def filter(self, function, **_):
        function(self.row)
        return self

    def __iter__(self):
        return iter([self.row])

    def __len__(self):
        return 1

    def __getitem__(self, key):
        return [self.row[key]] if isinstance(key, str) else self.row

    def __getattr__(self, name):
        return lambda *a, **k: self


def fake(key, function):
    return (lambda row: list(function(Fake(row)))) if key == "process_docs" else function


def load(file, name):
    # anew each time: a generator at the top of a file starts from its seed
    spec = importlib.util.spec_from_file_location("lm_eval.tasks." + file[:-3].replace("/", "."), ROOT / file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


def call(key, file, name, documents):
    random.seed(0)
    function = load(file, name)
    try:
        if key == "process_docs":
            rows = function(datasets.Dataset.from_list(copy.deepcopy(documents)))
            return {"output": [plain(dict(row)) for row in rows]}
        return {"output": [plain(function(copy.deepcopy(document))) for document in documents]}
    except Exception as error:
        return {"error": type(error).__name__}


def imported(file, sources):
    """The file and those of the task folder it imports."""
    text = (ROOT / file).read_text()
    sources[file] = text
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lm_eval.tasks."):
            base = node.module[len("lm_eval.tasks."):].replace(".", "/")
            for candidate in [base + ".py"] + [base + "/" + a.name + ".py" for a in node.names]:
                if (ROOT / candidate).exists() and candidate not in sources:
                    imported(candidate, sources)


def give_up(*_):
    raise TimeoutError


def main():
    signal.signal(signal.SIGALRM, give_up)
    everything = "--all" in sys.argv
    sources, cases, bodies, failed = {}, [], set(), []
    for key, file, name in functions():
        text = (ROOT / file).read_text()
        body = hashlib.sha256((name + text).encode()).hexdigest()
        try:
            function = load(file, name)
        except Exception as error:
            failed.append((file, name, "import: " + repr(error)[:80]))
            continue
        tree = ast.parse(text)
        if not everything:
            family = file.split("/")[0]
            if body in bodies or sum(1 for c in cases if c["file"].split("/")[0] == family and c["key"] == key) >= 3:
                continue
        bodies.add(body)
        rng = random.Random(hashlib.sha256((file + name).encode()).digest())
        signal.alarm(4)
        try:
            made = given(file)
            documents = [made, made] if made else columns_first(key, function, rng, constants(tree, function))
        except TimeoutError:
            documents = None
        signal.alarm(0)
        if documents is None:
            failed.append((file, name, "no documents found"))
            continue
        if file.startswith(("groundcocoa/", "score/", "hendrycks_ethics/")):
            continue  # pandas, sys; a generator seeded with text
        imported(file, sources)
        if file.startswith("openai-mmmlu/"):
            sources["openai-mmmlu/subjects.json"] = (ROOT / "openai-mmmlu/subjects.json").read_text()
        if not all(documents) or any(not isinstance(k, str) for d in documents for v in d.values() if isinstance(v, dict) for k in v):
            continue
        cases.append({"key": key, "file": file, "name": name, "input": documents, **call(key, file, name, documents)})
    for failure in failed:
        print("left out:", *failure, file=sys.stderr)
    print(len(cases), "functions of", len(sources), "files;", len(failed), "left out", file=sys.stderr)
    golden = {
        "licence": "The sources are part of lm-evaluation-harness, Copyright (c) 2020 EleutherAI, MIT licence.",
        "lm_eval": importlib.metadata.version("lm_eval"),
        "sources": sources,
        "cases": cases,
    }
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as out:
        out.write(json.dumps(golden, ensure_ascii=False).encode())
    Path(sys.argv[1]).write_bytes(raw.getvalue())


if __name__ == "__main__":
    main()
