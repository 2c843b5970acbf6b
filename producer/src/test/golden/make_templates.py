#!/usr/bin/env python3
"""Writes ../resources/golden/templates.jsonl: templates, documents, and what jinja2 makes of them.

The environment is lm-evaluation-harness's: StrictUndefined, trailing newline kept, no autoescape. Each line has
`template`, `doc`, and either `text` or `error` (the type of Python's exception).
Needs jinja2 (made with 3.1.6). Deterministic: run it again and compare.
"""

import json
import pathlib
import re

import jinja2

DOCS = {
    "plain": {
        "question": "What is 2 + 2?",
        "answer": "Four.",
        "choices": ["one", "two", "four"],
        "label": 2,
        "flag": True,
        "score": 0.5,
        "none": None,
        "nested": {"text": ["a", "b"], "label": ["A", "B"], "items": "an item"},
        "rows": [{"name": "x", "n": 3}, {"name": "y", "n": 1}],
        "empty": "",
        "number": "12",
    },
    "odd": {
        "question": "  He said \"don't\" & left <b>early</b>\n\tnow\u00a0\u3000",
        "answer": "naïve café — 東京 😀 it's",
        "choices": ["a'b", 'c"d', "both ' and \"", "line\nbreak", "tab\t", "\u00e9\u200b", "back\\slash"],
        "label": 0,
        "flag": False,
        "score": 1e22,
        "none": None,
        "nested": {"text": ["x (y) z", "p (q)"], "label": [1, 2.0, None, True], "items": 1e-7},
        "rows": [{"name": "ß", "n": -0.0}, {"name": "Ä", "n": 123456789012345680.0}],
        "empty": "   ",
        "number": "007",
    },
}

TEMPLATES = r'''
{{question}}
{{ question.strip() }}
{{question.lstrip()}}|{{question.rstrip()}}|{{question.strip("  \t")}}
{{question|trim}}|{{question|upper}}|{{question|lower}}|{{question|capitalize}}|{{question|title}}
{{question.capitalize()}}|{{question.title()}}|{{question.upper()}}|{{question.lower()}}|{{question.swapcase()}}
{{choices}}
{{choices[label]}}
{{choices[-1]}}{{choices[-2]}}
{{choices[:2]}}{{choices[1:]}}{{choices[::-1]}}{{choices[-2:]}}
{{question[:5]}}|{{question[-5:]}}|{{question[::2]}}|{{answer[::-1]}}|{{answer[3]}}
{{[choices[0], choices[1]]}}
{{(question, answer)}}{{(1,)}}{{()}}{{[]}}{{{}}}
{{ {"a": 1, "b": [none, true, false]} }}
{{nested}}
{{nested.text}} {{nested["text"]}} {{nested["items"]}}
{{nested.label.index("B")}}
{{nested.label.index(2)}}
{{choices.index("two")}}
{{choices.index("nowhere")}}
{{["A","B","C"].index("B")}}
{{question.split(" ")}}
{{question.split()}}
{{nested.text[0].split(" (")[0]}}
{{answer.split(" ")[:-1]|join(" ")}}
{{answer.split("é")}}{{answer.rsplit(" ", 1)}}{{answer.split(None, 1)}}
{{question.splitlines()}}{{choices[3].splitlines()}}
{{question.replace("e", "E")}}{{question.replace("a", "", 1)}}{{question|replace("is", "was")}}
{{flag}} {{none}} {{score}} {{label}}
{{label + 1}} {{label - 1}} {{label * 3}} {{label / 2}} {{label // 2}} {{label % 2}} {{label ** 3}} {{-label}} {{+label}}
{{7 // 2}} {{-7 // 2}} {{7 % -3}} {{-7 % 3}} {{7.5 // 2}} {{-7.5 % 2}} {{2 ** 0.5}} {{2 ** -1}} {{10 / 5}} {{1 / 3}}
{{1e3}} {{1.0}} {{100000000000000000.0}} {{1e16}} {{123456789.123}} {{0.1 + 0.2}} {{1e-5}} {{0.0001}} {{1.5e300 * 1e10}}
{{99999999999 * 99999999999}}
{{question ~ " " ~ label ~ none}}
{{"a" + "b"}}{{[1] + [2]}}{{"ab" * 3}}{{[0] * 3}}
{{question + label}}
{{label == 2}}{{label == "2"}}{{label != 0}}{{label > 1}}{{label >= 2 and flag}}{{1 < label < 5}}
{{none == none}}{{none == 0}}{{"" == none}}{{true == 1}}{{1 == 1.0}}{{[1] == [1.0]}}{{"a" < "b"}}
{{"a" < 1}}
{{"two" in choices}}{{"wo" in "two"}}{{"x" not in choices}}{{1 in [1, 2]}}{{"text" in nested}}
{{1 in "abc"}}
{{"yes" if flag else "no"}}
{{"yes" if flag}}
{% if flag %}yes{% else %}no{% endif %}
{% if label == 0 %}zero{% elif label == 2 %}two{% else %}many{% endif %}
{% if none %}some{% endif %}{% if not none %}none{% endif %}{% if empty %}e{% endif %}{% if choices %}c{% endif %}
{% for c in choices %}{{loop.index}}. {{c}}{% if not loop.last %}, {% endif %}{% endfor %}
{% for c in choices %}{{loop.index0}}{{loop.first}}{{loop.length}}{{loop.revindex}}{{loop.revindex0}};{% endfor %}
{% for c in [] %}x{% else %}nothing{% endfor %}
{% for k, v in nested.items() %}{{k}}={{v}};{% endfor %}
{% for k, v in rows[0].items() %}{{k}}={{v}};{% endfor %}
{% for k in rows[0] %}{{k}}{% endfor %}{% for l in "abc" %}{{l}}-{% endfor %}
{% for r in rows if r.n > 1 %}{{r.name}}{% endfor %}
{% for r in rows %}{{ "ABCD"[loop.index0] }}. {{ r.name }}{{ "\n" if not loop.last else "" }}{% endfor %}
{% for i in range(3) %}{{i}}{% endfor %}{% for i in range(5, 0, -2) %}{{i}}{% endfor %}{% for i in range(choices|length) %}{{choices[i]}}{% endfor %}
{% set letters = ["A", "B", "C"] %}{{letters[label]}}
{% set a, b = 1, 2 %}{{a}}{{b}}
{% set ns = namespace(n=0) %}{% for c in choices %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ns.n}}
{% set x = 1 %}{% for c in choices %}{% set x = 2 %}{% endfor %}{{x}}
{% set block %}hello {{label}}{% endset %}{{block|upper}}
{% for c in choices %}{% if loop.first %}{% set seen = c %}{% endif %}{{seen}}{% endfor %}
{% with a = label, b = 2 %}{{a + b}}{% endwith %}
{% filter upper %}text {{answer}}{% endfilter %}
{{choices|join(", ")}}{{choices|join}}{{rows|join(", ", attribute="name")}}
{{choices|length}}{{question|length}}{{nested|length}}{{choices|count}}
{{choices|first}}{{choices|last}}{{choices|list}}{{"abc"|list}}{{choices|reverse|list}}{{"abc"|reverse}}
{{label|string}}{{score|string + "x"}}{{none|string}}
{{number|int}}{{"x"|int}}{{"x"|int(7)}}{{score|int}}{{number|float}}{{"1.5"|float}}{{" 3 "|int}}
{{rows|map(attribute="name")|list}}{{choices|map("upper")|join(" ")}}{{choices|map("length")|list}}{{rows|map(attribute="n")|sum}}
{{rows|selectattr("n", "gt", 1)|map(attribute="name")|list}}{{rows|rejectattr("n", "gt", 1)|list}}{{[1,2,3,4]|select("even")|list}}{{[1, none, 0]|select|list}}
{{[3,1,2]|sort}}{{["b","A","c"]|sort}}{{rows|sort(attribute="n")|map(attribute="name")|list}}{{[3,1,2]|sort(reverse=true)}}
{{[3,1,2]|max}}{{[3,1,2]|min}}{{[1,2,2,1]|unique|list}}{{[1,2]|sum}}{{nested|dictsort}}
{{score|round}}{{2.5|round}}{{3.14159|round(2)}}{{2.675|round(2)}}{{1.1|round(0, "ceil")}}
{{missing|default("fallback")}}{{none|default("x")}}{{none|default("x", true)}}{{empty|d("y", true)}}
{{missing is defined}}{{question is defined}}{{missing is undefined}}
{{missing}}
{{nested.missing}}
{{nested.missing|default("z")}}{{nested.missing is defined}}
{{missing.field}}
{{none.field}}
{{choices[99]}}
{{question|nosuchfilter}}
{{none is none}}{{label is none}}{{label is number}}{{question is string}}{{nested is mapping}}{{choices is sequence}}{{label is odd}}{{label is even}}{{label is divisibleby 2}}{{flag is boolean}}{{flag is true}}{{score is float}}{{label is integer}}{{choices is iterable}}
{{label is eq 2}}{{label is not eq 2}}{{label is in [1,2]}}{{"a" is lower}}{{"A" is upper}}
{{ not flag }}{{not none and label}}{{none or "x"}}{{label or "y"}}{{0 or none}}
  {%- if flag -%}  a  {%- endif -%}  b
a  {{- label -}}  b
line one
{# a comment #}two{#- trimmed -#}  three
{% raw %}{{ not rendered }}{% endraw %}
{{ "{{" }}{{ '}}' }}
{{ "a\nb\t\"c\" \\ \u00e9 \x41" }}
{{ 'single \'quoted\'' }}{{ "one" "two" }}
{{question.startswith("What")}}{{question.endswith("?")}}{{question.startswith(("A", "W"))}}{{question.find("is")}}{{question.count("2")}}{{question.index("is")}}
{{question.index("nothing here")}}
{{"1,2".partition(",")}}{{"abc".isdigit()}}{{number.isdigit()}}{{"ab".isalpha()}}{{number.zfill(5)}}{{"ab".center(7, "*")}}{{"ab".ljust(4)}}|{{"ab".rjust(4)}}
{{"{} and {}".format(label, answer)}}{{"{0}{1}{0}".format("a", "b")}}{{"{x:>5}|{y:.2f}".format(x="r", y=score)}}{{"{:,}".format(1234567)}}{{"{:05d}".format(label)}}
{{"%s is %d"|format("x", 3)}}{{"%.2f" % score}}{{"%s-%s" % (label, flag)}}
{{", ".join(choices)}}{{" ".join(["a", "b"])}}
{{", ".join([1, 2])}}
{{dict(a=1)}}{{dict(a=1).a}}{{rows[0].get("name")}}{{rows[0].get("zz", "dflt")}}{{rows[0].keys()|list}}{{rows[0].values()|list}}
{{question|wordcount}}{{question|replace(" ", "_")|length}}{{"a b"|title}}
{{question|e}}{{"<a href='x'>&\"</a>"|escape}}{{question|safe}}
{{nested|tojson}}{{"a'b<c>"|tojson}}{{[1, 2.5, none, true]|tojson}}{{answer|tojson}}
{{question|truncate(8)}}{{question|truncate(9, true, "…")}}{{"a\nb"|indent}}{{"a\nb"|indent(2, true)}}
{{[1,2,3,4,5]|batch(2)|list}}{{[1,2,3]|batch(2, "x")|list}}
{{choices|length > 2}}{{choices|length + 1}}{{-1|abs}}{{label|abs}}{{(1, 2)|length}}
{{choices.0}}{{rows.0.name}}{{rows[0]["name"]}}{{rows[0]['n']}}
{{nested.text[label // 5]}}{{nested["la" ~ "bel"]}}
{{[["a", 1], ["b", 2]]}}{{[(1, 2)]}}{{ {"k": (1,)} }}
{{"é"|upper}}{{"ß"|upper}}{{"ǆ"|capitalize}}{{"İ"|lower}}
{{question.strip().split(" ")[0].lower() ~ "!"}}
{{"x" if label is defined and label else "y"}}{{"A" if label == 0 else "B" if label == 1 else "C"}}
{{(label + 1) * 2 ~ ""}}{{1 + 2 ~ 3 + 4}}
{{none|length}}
{{label|length}}
{{label()}}
{{question.nomethod()}}
{{range(3)|list}}{{range(3)[1]}}
{% set items = choices %}{{items|length}}{{items[0]}}
{{score * 100}}%
Question: {{question}}\nAnswer:
{{ choices[0] if choices else "" }}{{ choices | first if none else "no" }}
{% for c in choices[:2] %}{{ loop.cycle("odd", "even") }}{{ loop.previtem if not loop.first else "-" }}{{ loop.nextitem if not loop.last else "-" }}{% endfor %}
'''


def environment():
    def regex_replace(string, pattern, repl, count=0):
        return re.sub(pattern, repl, string, count=count)

    env = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    env.filters["regex_replace"] = regex_replace
    return env


def main():
    env = environment()
    extra = [
        "ends in a newline\n",
        "{{question}}\n\n",
        "\n{% if flag %}\n  {{question}}\n{% endif %}\n",
        "a\r\nb\rc",
        "{%- for c in choices %}\n{{ c }}\n{%- endfor %}\n",
        "{{question|regex_replace('[aeiou]', '_')}}",
        "{{answer|regex_replace('(\\\\w)\\\\1', '<\\\\1>')}}",
        "{% if 'x' is defined %}{% endif %}{{ '%%' }}",
        "{{",
        "{{ question",
        "{% if flag %}no end",
        "{% endif %}",
        "{{ (1 }}",
        "{{ 'open }}",
        "{% nosuchblock %}",
        "{% for x in rows recursive %}{{ x.n }}{% endfor %}",
    ]
    path = pathlib.Path(__file__).parent.parent / "resources" / "golden" / "templates.jsonl"
    lines = []
    for template in [t for t in TEMPLATES.split("\n") if t] + extra:
        for doc in DOCS.values():
            line = {"template": template, "doc": doc}
            try:
                line["text"] = env.from_string(template).render(**doc)
            except Exception as e:
                line["error"] = type(e).__name__
            lines.append(json.dumps(line))
    path.write_text("\n".join(lines) + "\n")
    print(len(lines), "renderings,", sum('"error":' in line for line in lines), "errors")


if __name__ == "__main__":
    main()
