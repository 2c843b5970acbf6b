"""Makes answers.jsonl.gz: scores of made-up answers by the process_results of lm-eval's tasks.

    python make_answers.py ../resources/golden/answers.jsonl.gz    (needs lm-eval 0.4.13, transformers 4, scipy)
"""

import gzip
import importlib
import json
import random
import sys

EXAMPLES = 120
R = random.Random(7)

ATOMS = ["1", "2", "12", "-3", "0.5", ".5", "x", "n", "\\pi", "72", "100", "1,000", "10\\%", "5^\\circ", "30^{\\circ}", "\\text{ cm}", "4 \\text{ units}",
         "\\$5", "k = 7", "x=2", "ab=3", "a=b=c", "3/4", "1/2", "x/2", " 3 / 4", "１/2", "7/ 8", "+1/2", "1_0/3", "", " ", "\\infty", "𝑥", "(1,2)", "[0, 1)"]


def latex(depth=0):
    x = R.random()
    if depth > 2 or x < .35:
        return R.choice(ATOMS)
    inner = lambda: latex(depth + 1)
    return R.choice([
        lambda: f"\\frac{{{inner()}}}{{{inner()}}}", lambda: f"\\dfrac{{{inner()}}}{{{inner()}}}", lambda: f"\\tfrac{R.choice('12ab')}{R.choice('345c')}",
        lambda: f"\\frac{R.choice('12')}{{{inner()}}}", lambda: f"\\frac{R.choice('12')}", lambda: "\\frac", lambda: f"\\frac𝑥{R.choice('2𝑦')}z",
        lambda: f"\\sqrt{R.choice('23x')}{inner()}", lambda: f"\\sqrt{{{inner()}}}", lambda: "2\\sqrt", lambda: f"\\left({inner()},\\!{inner()}\\right)",
        lambda: f"{inner()} + {inner()}", lambda: f"{inner()}\n{inner()}", lambda: f"\\\\{inner()}", lambda: f"{{{inner()}}}", lambda: f"\\text{{ {inner()} }}",
    ])()


def altered(text):
    return R.choice([
        lambda: text, lambda: text, lambda: text.replace("\\frac", "\\dfrac"), lambda: text.replace(" ", ""), lambda: f"\\left{text}\\right", lambda: f"{text}\\%",
        lambda: f"x={text}", lambda: text + " \\text{ miles}", lambda: text.replace("{", "").replace("}", ""), lambda: "0" + text, lambda: text + "\n", latex,
    ])()


def boxed(text):
    return R.choice([f"\\boxed{{{text}}}", f"\\boxed{{{text}}}", f"\\boxed{{1}} no: \\boxed{{{text}}}", f"\\boxed {text}$ and", f"\\fbox{{{text}}}", f"\\boxed{{{text}", f"So $\\boxed{{{text}}}$."])


def said(text):
    return R.choice([text, f"${text}$", f"It is ${text}$ or $5$.", f"$${text}$$", f"The answer is ${text}", boxed(text), f"$3$ so {boxed(text)}"])


WORDS = "the a an cat Cat's dog, river-bank 12 12.0 3,000 3000 1e3 $5 5% -7 inf nan half touchdown The. AN, yard — „x“ ½ １２ naïve a\u00a0b".split(" ")
LOCAL = {
    "en": WORDS, "es": "el la unos gato los, río 3 ¿qué? un".split(), "hi": "यह एक बिल्ली है। 3 नदी".split(), "vi": "của là con mèo cái sông những, 3".split(),
    "de": "der die das einen Katze, Fluß „am“ 3 dem".split(), "ar": "القط الكبير في البيت، قط 3 ال و".split(), "zh": "这 是 猫, 河流。 the 3 《书》 不是".split(),
}


def words(pool, most=4, joint=" "):
    return joint.join(R.choice(pool) for _ in range(R.randint(0, most)))


def near(text, pool):
    return R.choice([lambda: text, lambda: text.upper(), lambda: f" {text}.\n", lambda: f"{text} {words(pool)}", lambda: words(pool), lambda: text[: len(text) // 2], lambda: f"{words(pool)}\n{text}"])()


def module(name):
    return importlib.import_module(f"lm_eval.tasks.{name}")


def math():
    answer = latex()
    doc = {"solution": f"We get {R.choice([f'$x$ so {chr(92)}boxed{{{answer}}}.', f'{chr(92)}boxed{{2}} hence {chr(92)}boxed{{{answer}}}', f'{chr(92)}boxed {answer}$.'])}"}
    text = said(altered(answer))
    try:
        return doc, [], text, module("hendrycks_math.utils").process_results(doc, [text])
    except (AssertionError, TypeError):
        return None


def aime():
    doc = {R.choice(["answer", "Answer"]): R.choice([7, 42, 100, "073", "12", latex()])}
    text = said(altered(str(list(doc.values())[0])))
    return doc, [], text, module("aime.utils").process_results(doc, [text])


def drop():
    spans = lambda: [words(WORDS, 3) or " " for _ in range(R.choice([1, 1, 1, 2, 3]))]
    doc = {"answers": [spans() for _ in range(R.randint(1, 3))]}
    text = near(R.choice(R.choice(doc["answers"])), WORDS)
    return doc, [], text, module("drop.utils").process_results(doc, [text])


def coqa():
    golds = [words(WORDS, 3) for _ in range(R.randint(1, 4))]
    text = near(R.choice(golds), WORDS)
    line = text.strip().split("\n")[0]
    return {}, golds, text, module("coqa.utils").compute_scores(golds, line)


def xquad():
    doc = {"answers": {"text": [words(WORDS, 3), "other"], "answer_start": [1, 2]}}
    text = near(doc["answers"]["text"][0], WORDS)
    return doc, [], text, module("xquad.utils").process_results_qa(doc, [text])


def truthful(name, function):
    def made():
        sentences = lambda: f"{words(WORDS, 6)}{R.choice(['', ' . ', '. '])}{words(WORDS, 6)}."
        doc = {"correct_answers": [sentences() for _ in range(R.randint(1, 3))], "incorrect_answers": [sentences() for _ in range(R.randint(1, 3))]}
        text = near(R.choice(doc["correct_answers"] + doc["incorrect_answers"]), WORDS)
        return doc, [], text, getattr(module(name), function)(doc, [text])
    return made


def mlqa(language):
    def made():
        doc = {"answers": [words(LOCAL[language], 4, R.choice([" ", " ", "", ","])) for _ in range(R.randint(1, 3))]}
        text = near(R.choice(doc["answers"]), LOCAL[language])
        return doc, [], text, getattr(module("mlqa.utils"), f"process_results_{language}")(doc, [text])
    return made


KINDS = [("math", math), ("aime", aime), ("drop", drop), ("coqa", coqa), ("xquad", xquad)]
KINDS += [("truthful", truthful("truthfulqa.utils", "process_results_gen")), ("truthful bleu", truthful("truthfulqa-multi.utils", "process_results_gen"))]
KINDS += [(f"mlqa {language}", mlqa(language)) for language in LOCAL]
with gzip.GzipFile(sys.argv[1], "wb", 9, mtime=0) as out:
    for kind, make in KINDS:
        made = 0
        while made < EXAMPLES:
            example = make()
            if example is None:
                continue
            doc, targets, answer, scores = example
            made += 1
            scores = {metric: float(value) for metric, value in scores.items()}
            out.write((json.dumps({"known": kind, "doc": doc, "targets": targets, "answer": answer, "scores": scores}, ensure_ascii=False) + "\n").encode())
