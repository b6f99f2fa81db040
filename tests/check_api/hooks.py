"""hooks: files that the server can read, where schemathesis would send noise only; and numbers of scans that there are."""

import gzip
import re

import schemathesis
from hypothesis import strategies as st

# Bodies of application/json are what other addresses take too.
FILE_TYPES = ("text/csv", "text/plain", "text/tab-separated-values", "application/x-ndjson", "application/octet-stream", "application/vnd.tcpdump.pcap",
              "application/gzip", "application/x-gzip", "application/zstd")
COUNT = st.integers(0, 2**40) | st.integers(0, 300)
CURSOR = re.compile("[0-9]+-([0-9a-f]{2})*")
# Numbers of things in the server under test: few enough to be met, some too many.
FEW = 12


@st.composite
def captures(draw):
    """CSV of enough flows for a window; here and there a field that is none."""
    lines = ["ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,id.orig_h,id.resp_h"]
    start, step = draw(st.integers(0, 2**31)), draw(st.integers(0, 3600))
    for i in range(draw(st.integers(10, 60))):
        counts = [draw(COUNT) for _ in range(4)]
        lines.append("%d,%d,%d,%d,%d,192.168.1.%d,203.0.113.7" % (start + i * step, *counts, draw(st.integers(1, 9))))
    if draw(st.booleans()):
        lines[draw(st.integers(1, len(lines) - 1))] = draw(st.text(max_size=40).filter(lambda s: "\0" not in s))
    return ("\n".join(lines) + "\n").encode()


schemathesis.openapi.format("binary", captures())
for kind in FILE_TYPES:
    schemathesis.openapi.media_type(kind, captures().map(gzip.compress) if "gzip" in kind else captures())


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """An example of a file is text, which schemathesis does not take where bytes are made."""
    for item in raw_schema["paths"].values():
        for kind, content in item.get("post", {}).get("requestBody", {}).get("content", {}).items():
            if kind in FILE_TYPES:
                content.pop("example", None)


@schemathesis.hook
def map_query(context, query):
    """What only the server knows: a cursor is a word that it gave. And a range that ends before it begins is worth no more than one try."""
    query = dict(query or {})
    if isinstance(query.get("cursor"), str) and CURSOR.fullmatch(query["cursor"]):
        query["cursor"] = ""
    ends = [query.get(name) for name in ("from", "to")]
    if all(isinstance(v, int) and not isinstance(v, bool) and v >= 0 for v in ends):
        query["from"], query["to"] = sorted(ends)
    return query


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return {name: value % FEW + 1 if isinstance(value, int) and not isinstance(value, bool) and value >= 1 else value
            for name, value in (path_parameters or {}).items()}
