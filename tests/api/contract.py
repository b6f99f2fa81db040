"""contract: public/openapi.json, and whether a request and its answer are as it says."""

import copy
import json
import os
import re
import urllib.parse

import jsonschema

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
PATH = os.path.join(TOP, "public", "openapi.json")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
FORMATS = jsonschema.FormatChecker()


@FORMATS.checks("date-time")
def is_date_time(text):
    return not isinstance(text, str) or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text) is not None


class Broken(AssertionError):
    """An answer that the document does not know, in words."""


class Contract:
    def __init__(self, path=PATH):
        with open(path) as f:
            self.document = json.load(f)
        self.paths = [(self.pattern(p), p, item) for p, item in self.document["paths"].items()]
        # The more literal pattern first: /scans/compare before /scans/{id}.
        self.paths.sort(key=lambda row: row[1].count("{"))
        self.validators = {}

    def follow(self, node):
        """What a $ref stands for."""
        while isinstance(node, dict) and "$ref" in node:
            at = self.document
            for name in node["$ref"].removeprefix("#/").split("/"):
                at = at[name.replace("~1", "/").replace("~0", "~")]
            node = at
        return node

    def pattern(self, template):
        """As the route table matches: a number without leading zero, or a key."""
        item = self.document["paths"][template]
        known = {p["name"]: p["schema"] for p in map(self.follow, item.get("parameters", []))}
        parts = re.split(r"\{(\w+)\}", template)
        number = {0: "(0|[1-9][0-9]*)", 1: "([1-9][0-9]*)"}
        forms = [number[known[name]["minimum"]] if known[name].get("type") == "integer" else "([A-Za-z0-9_-]{8,64})" for name in parts[1::2]]
        return re.compile("".join(a + b for a, b in zip(map(re.escape, parts[::2]), forms + [""])))

    def operation(self, method, path):
        """(template, path item, operation), or None where the document has no such address or method."""
        method = "get" if method == "HEAD" else method.lower()
        for pattern, template, item in self.paths:
            if pattern.fullmatch(path) and method in item:
                return template, item, item[method]
        return None

    def knows(self, path):
        return any(pattern.fullmatch(path) for pattern, _, _ in self.paths)

    def errors(self, schema, value):
        """Words for what of value is not as the schema says."""
        key = json.dumps(schema)
        if key not in self.validators:
            whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": self.document["components"], **copy.deepcopy(schema)}
            self.validators[key] = jsonschema.Draft202012Validator(whole, format_checker=FORMATS)
        return ["%s: %s" % ("/".join(map(str, e.absolute_path)) or "(all)", e.message[:400])
                for e in best(self.validators[key].iter_errors(value))]

    def check(self, method, target, status, content_type, body, headers=None):
        """Raise Broken where an answer (body: bytes) to a request is not as the document says."""
        where = "%s %s -> %s" % (method, target, status)
        path, _, query = target.partition("?")
        path = urllib.parse.unquote(path, errors="replace")
        kind = content_type.split(";")[0].strip()
        found = self.operation(method, path)
        if found is None:
            return self.check_unknown(where, path, status, kind, body)
        template, item, operation = found
        answers = operation["responses"]
        if str(status) not in answers:
            raise Broken("%s: %s %s documents no %s, only %s: %s" % (where, method, template, status, ", ".join(answers), body[:400]))
        answer = self.follow(answers[str(status)])
        if method != "HEAD":
            self.check_body(where, answer, kind, body)
        for name, header in answer.get("headers", {}).items():
            if self.follow(header).get("required") and headers is not None and headers.get(name) is None:
                raise Broken("%s: the header %s is missing" % (where, name))
        if status < 400:
            self.check_query(where, item, operation, query)

    def check_unknown(self, where, path, status, kind, body):
        """No route of ours: 404; 405 where another method has one; or refused before anybody looked."""
        if path.startswith("/static/"):
            return
        right = (400, 403, 405, 413, 414, 421, 431, 502, 503, 504) if self.knows(path) else (400, 403, 404, 405, 413, 414, 421, 431, 502, 503, 504)
        if status not in right:
            raise Broken("%s: the document knows no such address or method" % where)
        if kind == "application/json" and body:
            self.check_schema(where, {"$ref": "#/components/schemas/Error"}, json.loads(body))

    def check_body(self, where, answer, kind, body):
        content = answer.get("content", {})
        if not content:
            if body:
                raise Broken("%s: a body, where none is documented" % where)
            return
        if kind not in content:
            raise Broken("%s: it is %s; documented are %s" % (where, kind or "of no type", ", ".join(content)))
        if kind == "application/json":
            self.check_schema(where, content[kind]["schema"], json.loads(body))

    def check_schema(self, where, schema, value):
        wrong = self.errors(schema, value)
        if wrong:
            raise Broken("%s: the answer is not as documented:\n  %s" % (where, "\n  ".join(wrong[:10])))

    def check_query(self, where, item, operation, query):
        """A parameter that was accepted is documented, and so is its value."""
        known = {p["name"]: p for p in map(self.follow, item.get("parameters", []) + operation.get("parameters", [])) if p["in"] == "query"}
        for name, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
            if name not in known:
                raise Broken("%s: the parameter %s is not documented" % (where, name))
            schema = self.follow(known[name]["schema"])
            wrong = self.errors(schema, typed(schema, value))
            if wrong:
                raise Broken("%s: %s=%s was accepted, but is not as documented: %s" % (where, name, value, wrong[0]))


def typed(schema, text):
    """A value of a query as its schema means it."""
    types = schema.get("type", "string")
    for name, make in (("integer", int), ("number", float), ("boolean", {"true": True, "false": False}.__getitem__)):
        if name in ([types] if isinstance(types, str) else types):
            try:
                return make(text)
            except (ValueError, KeyError):
                return text
    return text


def best(errors):
    """Of oneOf and anyOf the errors of the branch that comes nearest."""
    for e in errors:
        if e.context:
            branches = {}
            for c in e.context:
                branches.setdefault(c.schema_path[0], []).append(c)
            yield from best(min(branches.values(), key=lambda b: (min(len(c.schema_path) == 2 for c in b), len(b))))
        else:
            yield e
