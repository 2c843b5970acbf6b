"""Makes the golden files of the conformance suite: what lm-eval logs and reports of the documents below, in one process.

    python conformance.py OUTPUT [TASK...]      (needs lm-eval 0.4.13; with names only these cases are made anew)

The documents are made up; only their columns are those of the real datasets. The model is a function of the prompt: the
same answers and log-likelihoods at every run. The YAML of the tasks is copied beside the results, with lm-eval's licence.
"""

import gzip
import hashlib
import importlib.metadata
import json
import logging
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("HF_HOME", tempfile.mkdtemp())
import datasets

datasets.disable_progress_bars()
import lm_eval.api.task
from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

logging.disable(logging.WARNING)
DOCUMENTS = 8
# of the bootstrap; lm-eval's own 100,000 take sklearn hours
ITERATIONS = 2100

WORDS = """river stone market window garden letter winter copper engine harbour teacher violin planet forest bridge candle
mirror desert island kitchen library mountain painter pepper rocket saddle temple umbrella valley whistle""".split()
FOREIGN = {
    "en": ["It's said that the {0} was \"old\" & grey.", "Why did {0} leave the {1}?", "A <b>{0}</b> costs 5% more than a {1}."],
    "fr": ["L’{0} était fermée; où est le {1} ?", "Pourquoi « {0} » a-t-il cédé ?", "Le {1} coûte 3,50 €."],
    "de": ["Warum fällt der {0} über die Straße?", "Größe: 12 m², {1}.", "Ein {0} heißt „{1}“."],
    "es": ["¿Dónde está el {0}?", "El niño comió {1} mañana.", "¡Qué {0} más grande!"],
    "zh": ["{0}在哪里?", "这是{1},不是{0}。", "水的沸点是多少?"],
    "ru": ["Где находится {0}?", "Это {1}, а не {0}.", "Ёлка и {0}."],
    "ko": ["{0}은 어디에 있습니까?", "이것은 {1}입니다.", "날씨가 좋다."],
    "tr": ["{0} nerede?", "Işık ve {1} İstanbul'da.", "Şu {0} çok ağır."],
    "it": ["Perché il {0} è caduto?", "La città di {1}.", "È un {0}?"],
}


class Made:
    """Values of a document."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def word(self):
        return self.random.choice(WORDS)

    def text(self, language="en"):
        made = self.random.choice(FOREIGN[language]).format(self.word(), self.word())
        return made.replace('\\"', '"')

    def story(self, language="en", sentences=3):
        return " ".join(self.text(language) for _ in range(sentences))

    def words(self, count):
        return self.random.sample(WORDS, count)

    def texts(self, count, language="en"):
        return [f"{self.text(language)} {i}" if i else self.text(language) for i in range(count)]

    def below(self, count):
        return self.random.randrange(count)

    def pick(self, values):
        return self.random.choice(values)

    def number(self):
        return self.random.randrange(2, 2000)


def arc(m):
    labels = m.pick([list("ABCD"), list("1234")])
    return {"id": f"M_{m.number()}", "question": m.text(), "choices": {"text": m.texts(4), "label": labels}, "answerKey": m.pick(labels)}


def solved(m):
    a, b = m.number(), m.number()
    return {"question": f"{m.text()} There are {a} and {b}. How many?", "answer": f"First {a}.\nThen <<{a}+{b}={a + b}>>{a + b}.\n#### {a + b:,}"}


def mmlu(m):
    return {"question": f" {m.text()} ", "subject": "abstract_algebra", "choices": m.texts(4), "answer": m.below(4)}


def nli(language="en"):
    return lambda m: {"premise": m.text(language), "hypothesis": m.text(language), "label": m.below(3)}


def pair(first, second, labels=2):
    return lambda m: {first: m.text(), second: m.text(), "label": m.below(labels), "idx": m.number()}


def lettered(question, language="en"):
    return lambda m: {question: m.text(language), **dict(zip("ABCD", m.texts(4, language))), "Answer": m.pick("ABCD"), "answer": m.pick("ABCD")}


def passage(language="en"):
    def made(m):
        return {
            "link": "https://example.org/a", "question_number": m.below(3) + 1, "flores_passage": m.story(language),
            "question": m.text(language), **{f"mc_answer{i}": m.text(language) for i in range(1, 5)},
            "correct_answer_num": str(m.below(4) + 1), "dialect": "x", "ds": "2023-05-03",
        }
    return made


def exam(m):
    return {
        "question": m.text("ko"), "answer": m.below(4) + 1, **dict(zip("ABCD", m.texts(4, "ko"))), "Category": "Accounting",
    }


def story(language):
    return lambda m: {
        "story_id": str(m.number()), **{f"input_sentence_{i}": m.text(language) for i in range(1, 5)},
        "sentence_quiz1": m.text(language), "sentence_quiz2": m.text(language), "answer_right_ending": m.below(2) + 1,
    }


def school(language):
    def made(m):
        n = m.number()
        return {
            "question": f"{m.text(language)} {n}?", "answer": m.pick([None, f"Schritt-für-Schritt-Antwort: {n} Steine."]), "answer_number": n,
            "equation_solution": None,
        }
    return made


def trivia(m):
    aliases = m.words(3)
    return {
        "question": m.text(), "question_id": f"tc_{m.number()}", "question_source": "http://example.org/",
        "entity_pages": {"doc_source": [], "filename": [], "title": [], "wiki_context": []},
        "answer": {"aliases": aliases, "normalized_aliases": aliases, "value": aliases[0], "type": "WikipediaEntity"},
    }


def mc1(m):
    def targets(right):
        texts = m.texts(4)
        return {"choices": texts, "labels": [1] * right + [0] * (4 - right)}
    return {"question": m.text(), "mc1_targets": targets(1), "mc2_targets": targets(2)}


def belongs(m):
    text = f"{m.text()} So he opened the {m.word()} with his {m.word()}"
    return {"text": text, "domain": None}


def winogrande(m):
    return {"sentence": f"{m.text()} Then the _ fell {m.word()}.", "option1": m.word(), "option2": m.word(), "answer": m.pick("12")}


def goal(m):
    return {"goal": m.text(), "sol1": m.text(), "sol2": m.text(), "label": m.below(2)}


def hellaswag(m):
    return {
        "ind": m.number(), "activity_label": m.pick(["Cooking [title]", "Sailing"]), "ctx_a": m.text(), "ctx_b": m.word(), "ctx": m.text(),
        "endings": [f"[step] {one}  again [substeps] x." for one in m.texts(4)], "source_id": "a", "split": "val", "split_type": "b", "label": m.pick("0123"),
    }


def boxed(m):
    answer = m.pick(["\\frac{1}{2}", "\\frac12", "x = 7", "12\\text{ cm}", "0.5", "3/4", "\\sqrt2", "10\\%"])
    return {"problem": f"{m.text()} $x+{m.number()}$", "level": "Level 2", "type": "Algebra", "solution": f"{m.text('fr')} So $\\boxed{{{answer}}}$."}


def drop(m):
    def answer():
        spans = m.pick([[], [], m.words(1), m.words(2)])
        number = "" if spans else m.pick([str(m.number()), "12.5", ""])
        day = {"day": "", "month": "", "year": ""} if spans or number else {"day": str(m.number()), "month": "May", "year": "1990"}
        return {"number": number, "date": day, "spans": spans}

    more = [answer() for _ in range(2)]
    return {
        "section_id": "s", "query_id": m.word(), "passage": m.story(), "question": m.text(), "answer": {**answer(), "worker_id": "", "hit_id": ""},
        "validated_answers": {key: [one[key] for one in more] for key in ("number", "date", "spans")},
    }


def conversation(m):
    turns = m.below(3) + 1
    answers = lambda: {"input_text": m.words(turns), "answer_start": [0] * turns}
    return {
        "id": m.word(), "source": "wikipedia", "story": m.story(), "questions": {"input_text": m.texts(turns), "turn_id": list(range(turns))},
        "answers": answers(), "additional_answers": {str(i): answers() for i in range(3)},
    }


def extracted(language):
    def made(m):
        found = {"answer_start": [1], "text": [m.text(language)]}
        return {"context": m.story(), "question": m.text(language), "answers": found, "id": m.word()}

    return made


def highlights(m):
    entities = [*m.words(3), "The river's"]
    return {
        "passage": f"{m.story()}\n@highlight\n{m.text()}\n@highlight\n{m.text('fr')}", "query": f"{m.text()} @placeholder {m.word()}",
        "entities": entities, "entity_spans": {"text": entities, "start": [1] * 4, "end": [2] * 4},
        "answers": [m.pick(entities), m.pick(entities)], "idx": {"passage": 1, "query": 2},
    }


def race(m):
    return {
        "article": m.story(), "problems": str([
            {"question": m.pick(["What is _ ?", "Why did it fall?"]), "answer": m.pick("ABCD"), "options": m.words(4)} for _ in range(3)
        ]),
    }


def wiki(m):
    return {"page": f" \n = {m.word().title()} = \n \n {m.text()} It was 1 @,@ 000 m , or so ; \" as {m.word()} \" said . \n N = 3 \n"}


def translated(a, b):
    return lambda m: {"translation": {a: m.text("en"), b: m.text("it")}}


def blimp(m):
    return {"sentence_good": m.text(), "sentence_bad": m.text(), "field": "syntax", "UID": "x", "pairID": str(m.number())}


def asdiv(m):
    n = m.number()
    return {"body": m.text(), "question": f"How many {m.word()}s?", "solution_type": "Addition", "answer": f"{n} ({m.word()}s)", "formula": f"1+{n - 1}={n}"}


def expert(m):
    return {"Question": m.text(), "Correct Answer": m.text() + "\n", **{f"Incorrect Answer {i}": f" {m.text()}  [title] {i}" for i in range(1, 4)}}


def professional(m):
    at, subject = m.below(10), m.pick(["biology", "biology", "law"])
    return {
        "question_id": m.number(), "question": m.text(), "options": m.texts(10), "answer": "ABCDEFGHIJ"[at], "answer_index": at,
        "cot_content": f"A: Let's think step by step. {m.text()} The answer is ({'ABCDEFGHIJ'[at]}).", "category": subject, "src": "x",
    }


def translated_professional(language):
    def made(m):
        options = m.texts(m.pick([4, 7, 10]), language)
        return {
            "question": m.text(language), **{f"option_{i}": options[i] if i < len(options) else None for i in range(10)},
            "answer": m.pick("ABCD"), "cot_content": f"A: {m.text(language)}", "category": m.pick(["biology", "law"]),
        }
    return made


def global_question(m):
    return {
        "question": f" {m.text()} ", **{f"option_{l}": m.text() for l in "abcd"}, "answer": m.pick("ABCD"),
        "subject_category": m.pick(["Business", "Business", "STEM"]),
    }


def arabic_exam(m):
    return {
        "Question": m.text(), "Context": m.pick([None, m.story()]), **{f"Option {i}": m.text() for i in range(1, 5)}, "Option 5": None,
        "Answer Key": m.pick("ABCD"), "Subject": "Biology", "Level": m.pick(["High", "High", "Prof"]), "Country": m.pick([None, "Jordan"]),
    }


def pronoun(m):
    text = f"The {m.word()} hit the {m.word()} because it was {m.word()}. "
    return {
        "text": text + "  He left.", "pronoun": m.pick(["it", "his"]), "pronoun_loc": text.index("it was"), "options": ["The " + m.word(), m.word()],
        "label": m.below(2), "quote": "it was", "quote_loc": 3, "source": "x",
    }


def reading(m):
    return {
        "document_str": f" {m.story()} ", "question_str": m.text(), "answer_options": {"answer_id": list("12345"), "answer_str": m.texts(5)},
        "correct_answer_id": m.pick("12345"),
    }


# task, documents of its dataset, options
CASES = [
    ("gpqa_main_zeroshot", expert, {}), ("leaderboard_gpqa_main", expert, {}),
    ("mmlu_pro_biology", professional, {"num_fewshot": 2}), ("leaderboard_mmlu_pro", professional, {"num_fewshot": 1}),
    ("mmlu_prox_fr_biology", translated_professional("fr"), {"num_fewshot": 2}), ("global_mmlu_en_business", global_question, {"num_fewshot": 1}),
    ("arabicmmlu_biology_high_school", arabic_exam, {"num_fewshot": 1}), ("wsc273", pronoun, {}), ("qa4mre_2011", reading, {}),
    ("openbookqa", lambda m: {"id": "a", "question_stem": m.text(), "choices": {"text": m.texts(4), "label": list("ABCD")}, "answerKey": m.pick("ABCD")}, {"num_fewshot": 2}),
    ("copa", lambda m: {"premise": m.text(), "choice1": m.text(), "choice2": m.text(), "question": m.pick(["cause", "effect"]), "idx": m.number(), "label": m.below(2)}, {"num_fewshot": 1}),
    ("medqa_4options", lambda m: {"id": "t", "sent1": m.story(), "sent2": "", **{f"ending{i}": m.text() for i in range(4)}, "label": m.below(4)}, {}),
    ("medmcqa", lambda m: {"question": m.text(), **{f"op{l}": m.text() for l in "abcd"}, "cop": m.below(4), "exp": m.pick([None, m.text()])}, {}),
    ("logiqa", lambda m: {"label": m.pick("abcd"), "context": m.story(), "question": m.text(), "options": m.texts(4)}, {"num_fewshot": 1}),
    ("mathqa", lambda m: {"Problem": m.text(), "Rationale": "", "options": ", ".join(f"{l} ) {m.number()}.5" for l in "abcde"), "correct": m.pick("abcde")}, {"num_fewshot": 1}),
    ("agieval_aqua_rat", lambda m: {"query": m.text() + "\nA: Among A through E, the answer is", "choices": [f"({l}){t}" for l, t in zip("ABCDE", m.texts(5))], "gold": [m.below(5)]}, {}),
    ("afrimmlu_direct_fra_prompt_1", lambda m: {"subject": "maths", "question": m.text("fr"), "choices": repr(m.texts(4, "fr")), "answer": m.pick("ABCD")}, {"num_fewshot": 1}),
    ("kobest_copa", lambda m: {"premise": m.text("ko"), "question": m.pick(["원인", "결과"]), "alternative_1": m.text("ko"), "alternative_2": m.text("tr"), "label": m.below(2)}, {}),
    ("kobest_hellaswag", lambda m: {"context": m.text("ko"), **{f"ending_{i}": f"{m.text('ko')} {i}" for i in range(1, 5)}, "label": m.below(4)}, {"num_fewshot": 1}),
    ("arc_fr", lambda m: {"id": "x", "instruction": m.text("fr"), **{f"option_{l}": f"{m.text('fr')} [x] {l}" for l in "abcd"}, "option_e": None, "answer": m.pick("ABCD")}, {"num_fewshot": 1}),
    ("webqs", lambda m: {"url": "x", "question": m.text().lower(), "answers": m.words(m.below(3) + 1)}, {}),
    ("arc_easy", arc, {}), ("arc_challenge", arc, {"num_fewshot": 3}), ("arc_challenge_chat", arc, {}),
    ("gsm8k", solved, {}), ("gsm8k_cot", solved, {}), ("gsm8k_cot_llama", solved, {"chat": True, "multiturn": True}),
    ("gsm8k_cot_self_consistency", solved, {"limit": 3}),
    ("mmlu_abstract_algebra", mmlu, {"num_fewshot": 5}), ("mmlu_anatomy_generative", mmlu, {"num_fewshot": 2}),
    ("mmlu_astronomy_continuation", mmlu, {}), ("mmlu_flan_cot_fewshot_abstract_algebra", mmlu, {}),
    ("boolq", lambda m: {"question": m.text().lower(), "passage": m.story(), "idx": m.number(), "label": m.below(2)}, {"num_fewshot": 2}),
    ("piqa", goal, {"num_fewshot": 2}), 
    ("sciq", lambda m: {"question": m.text(), "distractor3": m.word(), "distractor1": m.word(), "distractor2": m.word(), "correct_answer": m.word(), "support": m.pick(["", m.story()])}, {}),
    ("commonsense_qa", lambda m: {"id": str(m.number()), "question": m.text(), "question_concept": m.word(), "choices": {"label": list("ABCDE"), "text": m.words(5)}, "answerKey": m.pick("ABCDE")}, {"num_fewshot": 1}),
    ("social_iqa", lambda m: {"context": m.text(), "question": m.text(), "answerA": m.text(), "answerB": m.text(), "answerC": m.text(), "label": m.pick("123")}, {}),
    ("swag", lambda m: {"startphrase": m.text(), **{f"ending{i}": m.text() for i in range(4)}, "label": m.below(4)}, {"num_fewshot": 1}),
    ("anli_r1", lambda m: {"uid": str(m.number()), **nli()(m), "reason": ""}, {"num_fewshot": 2}),
    ("headqa_en", lambda m: {"qtext": m.text(), "answers": [{"aid": i + 1, "atext": t} for i, t in enumerate(m.texts(4))], "ra": m.below(4) + 1}, {}),
    ("xnli_fr", nli("fr"), {"num_fewshot": 1}), ("xnli_zh", nli("zh"), {}), ("xnli_tr", nli("tr"), {}),
    ("cola", lambda m: {"sentence": m.text(), "label": m.below(2), "idx": m.number()}, {"num_fewshot": 2}),
    ("mrpc", pair("sentence1", "sentence2"), {}), ("qqp", pair("question1", "question2"), {}), ("sst2", lambda m: {"sentence": m.text() + " ", "label": m.below(2), "idx": m.number()}, {"num_fewshot": 3}),
    ("rte", pair("sentence1", "sentence2"), {"num_fewshot": 2}), ("qnli", pair("question", "sentence"), {}), ("mnli", lambda m: {**nli()(m), "idx": 1}, {}),
    ("wnli", pair("sentence1", "sentence2"), {}),
    ("multirc", lambda m: {"paragraph": m.story(), "question": m.text(), "answer": m.text(), "idx": {"paragraph": 1, "question": 2, "answer": 3}, "label": m.below(2)}, {}),
    ("wic", lambda m: {"word": "bank", "sentence1": m.text(), "sentence2": m.text(), "start1": 2, "start2": 3, "end1": 6, "end2": 9, "idx": 1, "label": m.below(2)}, {}),
    ("lambada_openai", belongs, {}), ("lambada_standard", belongs, {}), ("lambada_openai_mt_fr", belongs, {}), ("lambada_openai_cloze_yaml", belongs, {}),
    ("pile_10k", lambda m: {"text": m.story("de"), "meta": {"pile_set_name": "Wiki"}}, {}), ("paloma_c4_en", lambda m: {"text": m.story() + "\n" + m.text("zh"), "source": "c4"}, {}),
    ("wikitext", wiki, {}),
    ("triviaqa", trivia, {"num_fewshot": 2}), ("nq_open", lambda m: {"question": m.text().lower().rstrip("?."), "answer": m.words(2)}, {"num_fewshot": 3}),
    ("bbh_cot_fewshot_boolean_expressions", lambda m: {"input": "not ( True ) and ( True ) is", "target": m.pick(["True", "False"]), "n": m.number()}, {}),
    ("bbh_fewshot_navigate", lambda m: {"input": m.story(), "target": m.pick(["Yes", "No"])}, {}),
    ("bbh_cot_fewshot_date_understanding", lambda m: {"input": f"{m.text()}\nOptions:\n(A) 01/02/1990\n(B) 03/04/1991", "target": m.pick(["(A)", "(B)"])}, {}),
    ("leaderboard_bbh_sports_understanding", lambda m: {"input": m.text(), "target": m.pick(["yes", "no"])}, {}),
    ("truthfulqa_mc1", mc1, {}), ("truthfulqa_mc2", mc1, {}),
    ("mgsm_direct_fr", school("fr"), {}), ("mgsm_native_cot_de", school("de"), {"num_fewshot": 2}), ("mgsm_en_cot_ru", school("ru"), {"num_fewshot": 1}),
    ("belebele_fra_Latn", passage("fr"), {"num_fewshot": 2}), ("belebele_zho_Hans", passage("zh"), {}),
    ("cmmlu_agronomy", lettered("Question", "zh"), {"num_fewshot": 2}), ("ceval-valid_law", lettered("question", "zh"), {"num_fewshot": 1}),
    ("kmmlu_accounting", exam, {"num_fewshot": 2}), ("blimp_adjunct_island", blimp, {}),
    ("wmt16-en-ro", translated("en", "ro"), {"num_fewshot": 1}), ("wmt16-de-en", translated("en", "de"), {}),
    ("xstorycloze_es", story("es"), {"num_fewshot": 1}), ("xstorycloze_ru", story("ru"), {}),
    ("asdiv", asdiv, {}), ("arithmetic_2da", lambda m: {"context": f"Question: What is {m.number()} plus 3?\nAnswer:", "completion": f" {m.number()}"}, {}),
    ("babi", lambda m: {"passage": m.story(), "question": m.text(), "answer": m.word(), "task": 1}, {"num_fewshot": 2}),
    ("prost", lambda m: {"name": "x", "question": "What falls?", "context": m.text(), "ex_question": m.text(), **dict(zip("ABCD", m.words(4))), "label": m.below(4), "group": "g"}, {}),
    ("paws_fr", pair("sentence1", "sentence2"), {}), ("mela_it", lambda m: {"sentence": m.text("it"), "label": m.below(2)}, {"num_fewshot": 2}),
    ("turkishmmlu_biology", lambda m: {"question": m.text("tr"), "choices": [f"{l}) {t}" for l, t in zip("ABCDE", m.texts(5, "tr"))], "answer": m.pick("ABCDE"), "subject": "Biology"}, {"num_fewshot": 1}),
    ("xwinograd_pt", lambda m: {"sentence": m.text("es").replace("?", "_") + " _ fim.", "option1": m.word(), "option2": m.word(), "answer": m.pick("12")}, {}),
    ("winogrande", winogrande, {"num_fewshot": 2}), ("hellaswag", hellaswag, {"num_fewshot": 1}), ("race", race, {}),
    ("mc_taco", lambda m: {"sentence": m.text(), "question": m.text(), "answer": m.text(), "label": m.below(2) == 1, "category": 0}, {"num_fewshot": 1}),
    ("ethics_utilitarianism", lambda m: {"baseline": m.text(), "activity": m.story("de")}, {"num_fewshot": 2}),
    ("hendrycks_math_algebra", boxed, {"num_fewshot": 2}), ("aime24", lambda m: {"ID": "x", "Problem": m.text(), "Solution": m.story(), "Answer": m.number()}, {}),
    ("drop", drop, {"num_fewshot": 1}), ("coqa", conversation, {}), ("mlqa_de_en", extracted("de"), {"num_fewshot": 1}),
    ("mlqa_zh_zh", extracted("zh"), {}), ("xquad_es", extracted("es"), {"num_fewshot": 1}),
    ("truthfulqa_gen", lambda m: {"type": "x", "category": "y", "question": m.text(), "best_answer": m.text(), "correct_answers": m.texts(2), "incorrect_answers": m.texts(3), "source": "z"}, {}),
    ("record", highlights, {"num_fewshot": 1}), ("crows_pairs_french", lambda m: {"id": m.number(), "sent_more": m.text("fr"), "sent_less": m.text("fr"), "stereo_antistereo": 0, "bias_type": "age"}, {}),
    ("wmdp", mmlu, {}), ("ethics_cm", lambda m: {"label": m.below(2), "input": m.text(), "is_short": True, "edited": False}, {}),
]


def number(*texts):
    return int.from_bytes(hashlib.sha256("\0".join(texts).encode()).digest()[:6], "big") / 2**48


class Fixed(LM):
    """Answers as a function of what is asked; generated text is often a form of the target."""

    def __init__(self, target):
        super().__init__()
        self.target = target

    def loglikelihood(self, requests, **_):
        return [(-round(number("l", *r.args) * 30, 6) - 0.01, number("g", *r.args) < 0.3) for r in requests]

    def loglikelihood_rolling(self, requests, **_):
        return [-round(number("r", *r.args) * 300, 6) - 1 for r in requests]

    def generate_until(self, requests, **_):
        asked = {}
        return [self.answer(r, asked) for r in requests]

    def answer(self, request, asked):
        asked[id(request)] = asked.get(id(request), 0) + 1
        drawn = number("t", str(request.args[0]), str(asked[id(request)]))
        target = self.target(request.doc)
        target = str(target[int(drawn * 97) % len(target)] if isinstance(target, list) and target else target)
        number_in = (re.findall(r"-?[\d.,]*\d", target) or [target])[-1]
        forms = [
            target, f" {target}", f"{target}.", f"The answer is {number_in}.", f"So the answer is ({target.strip('()')}).", f"#### {number_in}",
            "I do not know", target.upper(), target[: len(target) // 2], f"{target} or so. The best answer is {target}.", "", f"A: {number_in}",
        ]
        return forms[int(drawn * 1000) % len(forms)]

    def apply_chat_template(self, history, add_generation_prompt=True):
        from lm_eval.models.api_models import JsonChatStr

        return JsonChatStr(json.dumps(history, ensure_ascii=False))

    def chat_template(self, _=False):
        return ""

    @property
    def tokenizer_name(self):
        return "fixed"


def rows(made, name):
    m = Made(name)
    return [made(m) for _ in range(DOCUMENTS)]


def target_of(tasks):
    def target(document):
        for task in tasks:
            try:
                value = task.doc_to_target(document)
                if task.config.doc_to_choice is not None and isinstance(value, int):
                    value = task.doc_to_choice(document)[value]
                return value
            except Exception:
                continue
        return ""

    return target


load = datasets.load_dataset


def evaluated(manager, task, options, file, folder):
    class AnySplit(dict):
        def __missing__(self, split):
            self[split] = load("json", data_files=str(file), split="train", cache_dir=str(folder / "cache"))
            return self[split]

    lm_eval.api.task.datasets.load_dataset = lambda *_, **__: AnySplit()
    random.seed(0)  # as lm-eval does before it loads tasks
    loaded = manager.load([task])

    class Loaded:
        def load(self, _):
            return loaded

        def __getattr__(self, name):
            return getattr(manager, name)

    tracker = EvaluationTracker(output_path=str(folder))
    results = simple_evaluate(
        Fixed(target_of(loaded["tasks"].values())), tasks=[task], task_manager=Loaded(), num_fewshot=options.get("num_fewshot"),
        limit=options.get("limit"), apply_chat_template=options.get("chat", False), fewshot_as_multiturn=options.get("multiturn", False),
        evaluation_tracker=tracker, bootstrap_iters=ITERATIONS,
    )
    samples = results.pop("samples")
    tracker.general_config_tracker.model_name_sanitized = "fixed"
    tracker.save_results_aggregated(results=results, samples=samples)
    for name, logged in samples.items():
        tracker.save_results_samples(task_name=name, samples=logged)
    written = folder / "fixed"
    report = json.loads(next(written.glob("results_*.json")).read_text())
    kept = ("results", "groups", "group_subtasks", "versions", "n-shot", "higher_is_better", "n-samples", "task_hashes")
    lines = {}
    for file in sorted(written.glob("samples_*.jsonl")):
        name = re.fullmatch(r"samples_(.*)_[^_]*\.jsonl", file.name).group(1)
        lines[name] = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
    return {"results": {key: report[key] for key in kept if key in report}, "samples": lines}, loaded


def copy_yaml(path, root, into):
    """The file, and those it includes."""
    path = pathlib.Path(path).resolve()
    target = into / path.relative_to(root)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
    text = path.read_text(encoding="utf-8")
    listed = re.findall(r"^\"?include\"?:\s*\n((?:\s*-\s*\S+\n)+)", text, re.M)
    names = re.findall(r"^\"?include\"?:[ \t]*(\S+)", text, re.M) + [n for block in listed for n in re.findall(r"-\s*(\S+)", block)]
    for name in names:
        copy_yaml(path.parent / name.strip("\"'"), root, into)
    for name in re.findall(r"!function\s+([\w.]+)\.\w+", text):
        copy_module(path.parent / (name.replace(".", "/") + ".py"), root, into)


def copy_module(module, root, into):
    """The file, and what it imports of lm-eval's task folder."""
    if module.exists():
        shutil.copyfile(module, into / module.resolve().relative_to(root))
        for name in re.findall(r"^from lm_eval\.tasks\.([\w.]+) import", module.read_text(encoding="utf-8"), re.M):
            copy_module(root / (name.replace(".", "/") + ".py"), root, into)


def main():
    out = pathlib.Path(sys.argv[1])
    manager = TaskManager()
    root = pathlib.Path(lm_eval.__file__).resolve().parent / "tasks"
    cases, only = [], sys.argv[2:]
    if only:
        cases = [case for case in json.loads((out / "cases.json").read_text()) if case["task"] not in only]
    else:
        for name in ("data", "tasks", "golden"):
            shutil.rmtree(out / name, ignore_errors=True)
            (out / name).mkdir(parents=True)
    for task, made, options in CASES:
        if only and task not in only:
            continue
        if task not in manager.task_index:
            print("not a case:", task)
            continue
        file = out / "data" / f"{task}.jsonl"
        file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(made, task)), encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            try:
                golden, loaded = evaluated(manager, task, options, file, pathlib.Path(folder))
            except Exception as problem:
                print("lm-eval cannot:", task, type(problem).__name__, str(problem)[:150])
                file.unlink()
                continue
        packed = json.dumps(golden, ensure_ascii=False, sort_keys=False).encode()
        (out / "golden" / f"{task}.json.gz").write_bytes(gzip.compress(packed, 9, mtime=0))
        for one in [task, *loaded["tasks"], *loaded["groups"]]:
            copy_yaml(manager.task_index[one].yaml_path, root, out / "tasks")
        cases.append({"task": task, **options})
    license_file = [f for f in importlib.metadata.files("lm_eval") if "LICENSE" in f.name]
    if license_file:
        shutil.copyfile(license_file[0].locate(), out / "tasks" / "LICENSE.md")
    (out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
