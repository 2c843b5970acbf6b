"""Makes ../resources/datasets and golden.jsonl in it: what Hugging Face's `datasets` reads from each of them.

Run with datasets 5 and pyarrow: python make_datasets.py. Rows are written as JSON; what JSON does not know (dates, decimals) as
str() gives it, as lm-eval's own sample files do.
"""

import datetime
import decimal
import gzip
import json
import os
import pathlib
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp()

import datasets  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

HERE = pathlib.Path(__file__).parent.parent / "resources" / "datasets"
HERE.mkdir(exist_ok=True)
GOLDEN = []


def text(name, content):
    data = content.encode()
    if name.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    elif name.endswith(".zst"):
        with pa.CompressedOutputStream(str(HERE / name), "zstd") as out:
            out.write(data)
        return
    (HERE / name).write_bytes(data)


def case(loader, name, kwargs=None, same_as=None):
    """same_as: a file of the same content that datasets can read without further packages."""
    rows = list(datasets.load_dataset(loader, data_files=str(HERE / (same_as or name)), split="train", **(kwargs or {})))
    GOLDEN.append({"loader": loader, "file": name, "kwargs": kwargs or {}, "rows": rows})


def parquet():
    choices = pa.struct([("text", pa.list_(pa.string())), ("label", pa.list_(pa.string()))])
    arc = pa.table({
        "id": ["Mercury_1", "Mercury_2", "Mercury_3"],
        "question": ["Why does \"ice\" float?", "Où est-ce ?\nLà.", ""],
        "choices": pa.array([
            {"text": ["a", "b", "c"], "label": ["A", "B", "C"]},
            {"text": [], "label": []},
            {"text": ["x", None], "label": ["1", "2"]},
        ], type=choices),
        "answerKey": ["A", None, "1"],
    })
    for codec in ["none", "snappy", "gzip", "zstd"]:
        pq.write_table(arc, HERE / f"arc-{codec}.parquet", compression=codec)
        case("parquet", f"arc-{codec}.parquet")
    pq.write_table(arc, HERE / "arc-v2.parquet", data_page_version="2.0", use_dictionary=False)
    case("parquet", "arc-v2.parquet")

    types = pa.table({
        "i8": pa.array([-3, None], type=pa.int8()),
        "u8": pa.array([255, 0], type=pa.uint8()),
        "u16": pa.array([65535, 1], type=pa.uint16()),
        "i32": pa.array([-(2**31), 7], type=pa.int32()),
        "u32": pa.array([2**32 - 1, 1], type=pa.uint32()),
        "i64": pa.array([-(2**63), 2**63 - 1], type=pa.int64()),
        "u64": pa.array([2**64 - 1, 1], type=pa.uint64()),
        "f16": pa.array([0.5, None], type=pa.float16()),
        "f32": pa.array([0.1, 2.0], type=pa.float32()),
        "f64": pa.array([0.1, 1e300], type=pa.float64()),
        "flag": [True, None],
        "none": pa.array([None, None], type=pa.null()),
        "date": pa.array([datetime.date(2020, 1, 31), None]),
        "time": pa.array([datetime.time(10, 0, 0, 123456), datetime.time(1, 2, 3)], type=pa.time64("us")),
        "us": pa.array([datetime.datetime(2020, 1, 31, 10, 0, 0, 120000), datetime.datetime(1969, 1, 1)], type=pa.timestamp("us")),
        "ms": pa.array([datetime.datetime(2020, 1, 31, 10, 0, 5), None], type=pa.timestamp("ms")),
        "utc": pa.array([datetime.datetime(2020, 1, 31, 10, 0, 5), None], type=pa.timestamp("us", tz="UTC")),
        "dec": pa.array([decimal.Decimal("1.50"), decimal.Decimal("-0.01")], type=pa.decimal128(20, 2)),
        "category": pa.array(["a", "b"]).dictionary_encode(),
        "large": pa.array(["x", "y"], type=pa.large_string()),
        "fixed": pa.array([[1, 2], [3, 4]], type=pa.list_(pa.int64(), 2)),
        "structs": [[{"a": 1, "b": "x"}, {"a": None, "b": None}], []],
        "deep": [[[1, 2], [], None], None],
        "nested": [{"a": {"b": [{"c": 1.5}]}}, None],
    })
    pq.write_table(types, HERE / "types.parquet")
    case("parquet", "types.parquet")

    groups = pa.table({"n": list(range(1000)), "word": [f"word {i % 7}" for i in range(1000)]})
    pq.write_table(groups, HERE / "groups.parquet", row_group_size=64, data_page_size=128)
    case("parquet", "groups.parquet")
    case("parquet", "groups.parquet", {"columns": ["word"]})

    images = pa.table({"question": ["what?"], "image": [{"bytes": b"\x89PNG", "path": "a.png"}], "raw": [b"\x00\x01"]})
    pq.write_table(images, HERE / "images.parquet")

    mixed = datasets.load_dataset("json", data_files=str(HERE / "mixed.jsonl"), split="train")
    mixed.to_parquet(str(HERE / "mixed.parquet"))
    case("parquet", "mixed.parquet")


def large():
    """One row group of 256 MB in a small file: what is read must not be held."""
    schema = pa.schema([("id", pa.int64()), ("text", pa.string())])
    words = "the quick brown fox jumps over the lazy dog " * 372
    table = pa.table({"id": list(range(16384)), "text": [f"{i} {words}" for i in range(16384)]}, schema=schema)
    pq.write_table(table, HERE / "large.parquet", row_group_size=16384, use_dictionary=False, write_batch_size=64, compression="zstd", compression_level=19)


def lines():
    text("plain.jsonl", '{"q": "a \\u00e9 \\n", "n": 1, "l": [1, 2]}\n\n{"q": null, "l": []}\n{"n": 3, "q": "x", "extra": {"k": true}}\n')
    case("json", "plain.jsonl")
    text("packed.jsonl.gz", '{"x": 1}\n{"x": 2}\n')
    case("json", "packed.jsonl.gz")
    text("packed.jsonl.zst", '{"x": 1}\n{"x": 2}\n')
    case("json", "packed.jsonl.zst", same_as="packed.jsonl.gz")
    text("array.json", '[{"a": 1, "s": "2020-01-01"}, {"a": null, "b": [1, 2]}]')
    case("json", "array.json")
    text("field.json", '{"version": 1, "data": [{"a": 1}, {"a": 2}]}')
    case("json", "field.json", {"field": "data"})
    text("mixed.jsonl", '{"b": {"x": 1}, "a": [{"p": 1}, {"q": "z"}], "m": 1}\n{"a": [], "b": {"y": 2.5}, "m": "s"}\n')
    case("json", "mixed.jsonl")
    text("numbers.jsonl", '{"a": [1, 2.5], "b": {"x": 1}, "c": [[1], [2.0]], "d": [{"x": 1}], "f": 12345678901234567890, "g": 1e3}\n'
         '{"a": [1], "b": {"x": 2.5}, "c": [], "d": [{"x": 0.5}], "f": 1, "g": 2}\n')
    case("json", "numbers.jsonl")
    text("times.jsonl", '{"day": "2020-01-01", "t": "2020-01-01T10:00:00", "z": "2020-01-01T10:00:00+02:00", "no": "2020-13-01", "f": "2020-01-01 10:00:00.5"}\n'
         '{"day": null, "t": "2020-01-01 10:00", "z": "2020-01-01T10:00:00Z", "no": "2020-12-01", "f": "2020-01-01 10:00:00"}\n')
    case("json", "times.jsonl")
    text("lines.txt", "one\n\ntwo words\r\nlast")
    case("text", "lines.txt")


def tables():
    text("types.csv", 'n,f,b,t,gap,date,,n\n1,0.5,True,"a, ""b""\nc",1,2020-01-01,1,5\n\n 2,2,False,07x,,2020-01-02,2,6\n3,1e3,,x,NA,,,\n')
    case("csv", "types.csv")
    text("numbers.csv", "a,b,c,d,e,f\nTrue,1,12345678901234567890,inf,007,None\nfalse,x,1,-inf,008,\n")
    case("csv", "numbers.csv")
    text("bare.csv", "q1,x,y,1\nq2,z,,2\n")
    case("csv", "bare.csv", {"column_names": ["q", "a", "b", "c"], "header": None})
    case("csv", "bare.csv", {"column_names": ["q", "a", "b", "c"]})
    text("semicolon.csv.gz", 'a;b\n"x";1,5\n')
    case("csv", "semicolon.csv.gz", {"sep": ";"})
    text("short.csv", "a,b\n1\n2,3\n")
    case("csv", "short.csv")
    text("words.csv", "a,b\nNA,null\nx,y\n")
    case("csv", "words.csv", {"keep_default_na": False})
    text("tabs.tsv", "q\ta\nx, y\t1.5\n")
    case("csv", "tabs.tsv", {"sep": "\t"})


datasets.disable_progress_bars()
lines()
tables()
parquet()
large()
with open(HERE / "golden.jsonl", "w") as out:
    for entry in GOLDEN:
        out.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
print(len(GOLDEN), "cases")
