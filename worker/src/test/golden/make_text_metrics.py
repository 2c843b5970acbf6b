"""Writes ../resources/golden/text_metrics.json: what the reference packages make of pairs of texts.

    pip install lm-eval==0.4.13 sacrebleu==2.6.0 rouge-score==0.1.2 nltk==3.10.4     (CPython 3.11)
    python make_text_metrics.py [SEED SIZE]     another seed, or SIZE times as many cases, for a search beyond what is committed
"""

import collections
import json
import pathlib
import random
import re
import string
import sys

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER

SEED, SIZE = map(int, sys.argv[1:]) if len(sys.argv) > 1 else (20261122, 1)
RANDOM = random.Random(SEED)

WORDS = """the a an of to and in is was for on that with as by at from it he she they committee meetings argued relational
conditional happily running stopped controlled electricity Paris London 2024 3.14 1,000 $5.99 50% U.S. e.g. it's don't
rock-n-roll state-of-the-art 10-20 -5 (hi) [sic] "quoted" 'single' ... !? ; : a/b a_b x=y foo@bar.com http://x.org/?q=1
&quot;hey&quot; &amp; &lt;b&gt; <skipped> naïve café Straße Übergröße ﬁne İstanbul ΣΊΣΥΦΟΣ ΛΟΓΟΣ привет МОСКВА мир
日本語 中文 漢字かな交じり文 。 、 ！ 한국어 พูดไทย हिन्दी العربية עברית 😀 👍🏽 e\u0301 \u00a0 \u2009 \u3000 \u200b ½ ² Ⅷ ٣ ४ – — “curly” ‘s’ … °C € £ ¥
© x² H₂O""".replace("\u00a0", "\u00a0").split(" ")
WORDS = [w for word in WORDS for w in word.split("\n") if w]
FIXED = [
    ("", [""]), ("", ["a b c"]), ("a b c", [""]), (" ", ["\n\t "]), ("a", ["a"]), ("a b", ["a b"]), ("A", ["a"]),
    ("a b c d", ["a b c d"]), ("a b c d e", ["d e a b c"]), ("the the the the the the", ["the cat"]),
    ("Hello, world!", ["Hello , world !"]), ("line one-\nline two\nthree", ["line oneline two three"]),
    ("1,000.50 is 1,000.5.", ["1,000.50 is 1000.5 ."]), ("x\u00a0y\u3000z\u2028w\x1cv\x85u", ["x y z w v u"]),
    ("x\u200by", ["x y"]), ("日本語のテキスト", ["日本語のテスト"]), ("我 喜欢 苹果。", ["我 喜欢 香蕉。"]),
    ("ab", ["abcdefg"]), ("abcdefg", ["ab"]), ("(hi) there.", ["(hi there)."]), (". , ;", [", . ;"]),
    ("tie", ["tie", "a tie", "a b c d e f"]), ("a b c d", ["a b", "a b c d e f", "x y z"]),
    ("b a", ["a b", "c d"]), ("the cat sat", ["cat", "the cat sat on the mat", "a cat sat"]),
    ("An apple, the pear", ["apple pear"]), ("a", ["the"]), ("&quot;a&quot; &amp;lt;", ['"a" <']),
    ("tab\tand\rcr\x0bvt\x0cff", ["tab and cr vt ff"]), ("𝒜𝒷𝒸 😀😀", ["𝒜𝒷 😀"]), ("ΟΔΟΣ. ΟΔΟΣ", ["οδος. οδος"]),
    ("word " * 40, ["word " * 37]), (" ".join("abcdefghij" * 6), [" ".join("jihgfedcba" * 6)]),
    (" ".join(str(i) for i in range(90)), [" ".join(str(i) for i in range(60, 150))]),
    (" ".join(str(i % 7) for i in range(120)), ["0 1 2"]), ("x", [" ".join(str(i) for i in range(130))]),
    ("p q", [" ".join(str(i) for i in range(110)) + " q p"]),
    (" ".join(str(i) for i in range(100, 0, -1)), [" ".join(str(i) for i in range(1, 101))]),
]


def text(length):
    return "".join(w + RANDOM.choice([" "] * 12 + ["  ", "\n", "\t", "", ", ", ". ", "\u00a0"]) for w in RANDOM.choices(WORDS, k=length))


def changed(original):
    words = original.split(" ")
    for _ in range(RANDOM.randrange(1, 6)):
        at, other = RANDOM.randrange(len(words) + 1), RANDOM.randrange(len(words) + 1)
        kind = RANDOM.randrange(5)
        if kind == 0:
            words.insert(at, RANDOM.choice(WORDS))
        elif kind == 1 and words:
            del words[at % len(words)]
        elif kind == 2 and words:
            words[at % len(words)] = RANDOM.choice(WORDS)
        elif kind == 3:  # moves some words
            low, high = min(at, other), min(max(at, other), min(at, other) + 12)
            block = words[low:high]
            del words[low:high]
            to = RANDOM.randrange(len(words) + 1)
            words[to:to] = block
        elif words:
            words[at % len(words)] = words[at % len(words)].swapcase()
    return " ".join(words)


def pairs():
    yield from FIXED
    for i in range(330 * SIZE):
        reference = text(RANDOM.choice([1, 2, 3, 5, 8, 8, 13, 20]))
        references = [reference] + ([changed(reference) for _ in range(RANDOM.randrange(1, 3))] if i % 6 == 0 else [])
        yield (changed(reference) if i % 5 else text(RANDOM.choice([1, 4, 9]))), references
    few = ["a", "b", "c", "d", "e", "f"]  # many ways to shift the same words
    for i in range(60 * SIZE):
        reference = " ".join(RANDOM.choices(few, k=RANDOM.randrange(2, 40)))
        yield (changed(changed(reference)) if i % 3 else " ".join(RANDOM.choices(few, k=RANDOM.randrange(1, 60)))), [reference]


def squad_words(answer):
    """Normalisation of the SQuAD evaluation script."""
    answer = "".join(c for c in answer.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", answer).split()


def squad_f1(prediction, target):
    p, t = squad_words(prediction), squad_words(target)
    if not p or not t:
        return int(p == t)
    same = sum((collections.Counter(p) & collections.Counter(t)).values())
    return 2 * (same / len(p)) * (same / len(t)) / (same / len(p) + same / len(t)) if same else 0


def statistics(metric, hypothesis, references):
    return [int(x) if x == int(x) else x for x in metric._extract_corpus_statistics([hypothesis], [[r] for r in references])[0]]


METRICS = {
    "bleu": BLEU(), "intl": BLEU(tokenize="intl"), "none": BLEU(tokenize="none"),
    "chrf": CHRF(), "chrf++": CHRF(word_order=2), "ter": TER(),
}
ROUGE = {s: rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=s == "stemmed") for s in ("plain", "stemmed")}


def case(hypothesis, references):
    result = {"hypothesis": hypothesis, "references": references}
    for name, metric in METRICS.items():
        result[name] = statistics(metric, hypothesis, references)
    result["sentence"] = [
        BLEU(effective_order=True).sentence_score(hypothesis, references).score,
        *(METRICS[name].sentence_score(hypothesis, references).score for name in ("chrf", "chrf++", "ter")),
    ]
    for name, scorer in ROUGE.items():
        scores = scorer.score(references[0], hypothesis).values()
        result[name] = [x for s in scores for x in (s.precision, s.recall, s.fmeasure)]
        result[name] = result[name][:3] + result[name][5::3]  # of ROUGE-2 and ROUGE-L the F-measure only
    result["f1"] = squad_f1(hypothesis, references[0])
    if result["chrf"] == result["chrf++"][:18]:
        del result["chrf"]
    for same in ("intl", "none"):
        if result[same] == result["bleu"]:
            del result[same]
    if result["stemmed"] == result["plain"]:
        del result["stemmed"]
    return result


def rounded(value):
    if isinstance(value, float):
        if value == int(value):
            return int(value)
        return float(f"{value:.12g}")
    if isinstance(value, list):
        return [rounded(v) for v in value]
    return value


def stems():
    roots = """relat condit valu hesit digit conform radic differ vile analog vietnam predic oper feudal decis hope callous formal
        sensit triplic form electr good reviv allow infer airlin gyroscop adjust defens irrit replac depend adopt homolog commun
        activ angular effect bowdler probat rat ceas controll roll happ enjo sk fl tr hopp tann fall hiss fizz fil fail agre plaster
        bl mot s yy ysyz toy geo theo archaeo hyphen 4x""".split()
    endings = """ ational tional enci anci izer bli abli alli entli eli ousli ization ation ator alism iveness fulness ousness aliti
        iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic able ible ant ement ment ent ion sion tion
        ou ism ate iti ous ive ize ed ing eed ied ies sses ss s y e ll ying""".split(" ")
    words = sorted({r + e.strip() for r in roots for e in endings if RANDOM.random() < 0.2})
    words += """sky skies dying lying tying news innings inning outings cannings howe proceed exceed succeed dies died flies spied
        caresses ponies ties feed agreed bled motoring sing yyyyy ayy sayyed ioning aaaa 2024 x2ing generically skiing""".split()
    stemmer = PorterStemmer()
    return {word: stemmer.stem(word) for word in words if len(word) > 3}


golden = pathlib.Path(__file__).parent.parent / "resources" / "golden"
cases = [{k: rounded(v) for k, v in case(h, r).items()} for h, r in pairs()]
lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
(golden / "text_metrics.json").write_text("[\n" + lines + "\n]\n", encoding="utf-8")
(golden / "porter_stems.json").write_text(json.dumps(stems(), separators=(",", ":")).replace('","', '",\n"') + "\n")
print(len(cases), "pairs", len(stems()), "stems")
