"""Records what jinja2 makes of the templates of lm-eval's tasks on synthetic documents.

    python make_template_golden.py OUT.json.gz

Every different template of the tasks that need no Python is rendered with lm-eval's own environment. The columns it
reads are found by rendering it; text columns hold quotes, HTML, line breaks and letters beyond ASCII, others lists,
numbers, None and nested values. With each template goes a document that lacks one column, and the name of it.
The templates are part of the file, under lm-eval's MIT licence.
"""

import gzip
import importlib.metadata
import io
import json
import random
import re
import sys
from pathlib import Path

from lm_eval.tasks import _yaml_loader as loader
from lm_eval.utils import apply_template

from make_function_golden import ROOT, SHAPES, Probe, named, plain

KEYS = ["doc_to_text", "doc_to_target", "doc_to_choice", "description", "gen_prefix"]


def templates():
    found = {}
    for file in sorted(ROOT.glob("**/*.yaml")):
        try:
            config = loader.load_yaml(file)
        except Exception:
            continue
        if not isinstance(config.get("task"), str) or "class" in config or "custom_dataset" in config or any(named(config)):
            continue
        for key in KEYS:
            if isinstance(config.get(key), str) and "{" in config[key]:
                found.setdefault(config[key], config["task"])
    return found


# Where trying does not find documents.
GIVEN = {
    "answers|map": [{"answers": [{"aid": 1, "atext": "naïve"}, {"aid": 2, "atext": 'a "b"'}], "qtext": "q", "ra": 1}],
    "sentence1[start1": [
        {"sentence1": "L'être 日本 ici", "sentence2": "two words", "lemma": "x", "start1": 2, "end1": 6, "start2": 0, "end2": 3}
    ],
}


def documents(template, rng):
    for part, made in GIVEN.items():
        if part in template:
            return made
    """Documents the template renders, of two kinds of shapes where there are two; none where none were found."""
    found = []
    words = re.findall(r"'([^'{}]{1,60})'", template)
    for start in range(8):
        shapes = {}
        for attempt in range(300):
            probe = Probe(shapes, (), rng, words)
            known = len(shapes)
            try:
                rendered = apply_template(template, probe_view(probe))
                document = plain(probe)
                if "Undefined" in rendered or json.loads(json.dumps(document)) != document:
                    raise ValueError("not a document of JSON")
                if document not in found:
                    found.append(document)
                break
            except Exception:
                if shapes and (attempt % 2 or len(shapes) == known):
                    place = rng.choice(list(shapes))
                    shapes[place] = rng.choice(SHAPES)
                    for deeper in [p for p in shapes if p[: len(place)] == place and p != place]:
                        del shapes[deeper]
    return found[:5]


def probe_view(probe):
    from jinja2 import meta

    from lm_eval.utils import env

    for name in sorted(meta.find_undeclared_variables(env.parse(probe_view.template)) - {"range", "dict", "namespace"}):
        probe[name]
    return probe


def main():
    cases, left_out = [], []
    for template, task in templates().items():
        rng = random.Random(template)
        probe_view.template = template
        made = documents(template, rng)
        if not made:
            left_out.append((task, template))
            continue
        case = {"task": task, "template": template, "documents": made, "rendered": [apply_template(template, d) for d in made]}
        for name in made[0]:
            rest = {k: v for k, v in made[0].items() if k != name}
            try:
                apply_template(template, rest)
            except Exception as error:
                if type(error).__name__ == "UndefinedError" and repr(name) in str(error):
                    case["missing"] = name
                    break
        cases.append(case)
    for task, template in left_out:
        print("left out:", task, repr(template)[:150], file=sys.stderr)
    print(len(cases), "templates,", len(left_out), "left out", file=sys.stderr)
    golden = {
        "licence": "The templates are part of lm-evaluation-harness, Copyright (c) 2020 EleutherAI, MIT licence.",
        "lm_eval": importlib.metadata.version("lm_eval"),
        "jinja2": importlib.metadata.version("jinja2"),
        "cases": cases,
    }
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as out:
        out.write(json.dumps(golden, ensure_ascii=False).encode())
    Path(sys.argv[1]).write_bytes(raw.getvalue())


if __name__ == "__main__":
    main()
