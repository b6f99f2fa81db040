#!/usr/bin/python3
"""public/openapi.json: sound in itself, and about exactly the routes that there are."""
import copy
import json
import os
import re
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import contract

import jsonschema

SERVED_BY_NGINX = {("get", "/api/v1/openapi.json")}
# What any address may answer: the check of the request, and the web server in front.
ANYWHERE = {"400", "405", "413", "414", "421", "431", "500", "502", "503", "504"}


GUARDIAND = os.path.join(contract.TOP, os.environ.get("GUARDIAN_BUILD", "build"), "guardiand")


class Document(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contract = contract.Contract()
        cls.document = cls.contract.document
        holes = {"<id>": "{id}", "<n>": "{n}", "<key>": "{key}"}
        cls.routes = {}
        for r in json.loads(subprocess.check_output([GUARDIAND, "routes"])):
            path = re.sub("<[a-z]+>", lambda m: holes[m.group()], r["path"])
            cls.routes[r["method"].lower(), path] = {p["name"]: p for p in r["params"]}

    def operations(self):
        for path, item in self.document["paths"].items():
            for method in contract.METHODS:
                if method in item:
                    yield method, path, item, item[method]

    def nodes(self, node, at=""):
        yield at, node
        for name, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
            yield from self.nodes(value, "%s/%s" % (at, name))

    def schemas(self):
        """(where, schema) of all that are not inside of another one."""
        for name, schema in self.document["components"]["schemas"].items():
            yield name, schema
        for at, node in self.nodes(self.document["paths"], "paths"):
            if isinstance(node, dict) and isinstance(node.get("schema"), dict):
                yield at, node["schema"]

    def parameters(self, item, operation):
        return [self.contract.follow(p) for p in item.get("parameters", []) + operation.get("parameters", [])]

    def test_every_reference_leads_somewhere_and_every_component_is_used(self):
        used = set()
        for at, node in self.nodes(self.document):
            if isinstance(node, dict) and "$ref" in node:
                self.assertIsNotNone(self.contract.follow(node), at)
                used.add(node["$ref"])
        for kind, things in self.document["components"].items():
            for name in things:
                self.assertIn("#/components/%s/%s" % (kind, name), used)

    def test_it_is_openapi_3_1_with_sound_schemas(self):
        self.assertRegex(self.document["openapi"], r"^3\.1\.\d+$")
        for key in ("title", "version", "description"):
            self.assertTrue(self.document["info"][key])
        for at, schema in self.schemas():
            with self.subTest(at):
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_operation_is_named_described_and_tagged_once(self):
        tags, names = {t["name"] for t in self.document["tags"]}, set()
        for method, path, item, o in self.operations():
            with self.subTest(method + " " + path):
                self.assertRegex(o["operationId"], "^[a-z][A-Za-z]+$")
                self.assertNotIn(o["operationId"], names)
                names.add(o["operationId"])
                self.assertTrue(o["summary"] and not o["summary"].endswith("."))
                self.assertEqual(len(o["tags"]), 1)
                self.assertIn(o["tags"][0], tags)
                for p in self.parameters(item, o):
                    self.assertTrue(p["description"], p)
                    self.assertIn("schema", p)
                self.assertEqual(set(re.findall(r"\{(\w+)\}", path)), {p["name"] for p in self.parameters(item, o) if p["in"] == "path"})

    def test_every_operation_says_what_it_answers(self):
        for method, path, _, o in self.operations():
            with self.subTest(method + " " + path):
                answers = o["responses"]
                self.assertTrue([s for s in answers if s[0] in "23"])
                self.assertNotIn("default", answers)
                if (method, path) not in SERVED_BY_NGINX:
                    self.assertLessEqual(ANYWHERE, set(answers))
                    if method != "get":
                        self.assertIn("403", answers)
                    if "{" in path:
                        self.assertIn("404", answers)
                for status, answer in answers.items():
                    answer = self.contract.follow(answer)
                    self.assertTrue(answer["description"])
                    if status not in ("204", "304"):
                        self.assertTrue(answer["content"])

    def test_what_is_ours_has_no_members_that_are_not_documented(self):
        for at, node in self.nodes(self.document["components"]["schemas"], "schemas"):
            if isinstance(node, dict) and node.get("type") == "object" and "properties" in node:
                self.assertTrue("additionalProperties" in node or "unevaluatedProperties" in node, at)
                self.assertLessEqual(set(node.get("required", [])), set(node["properties"]), at)

    def test_examples_are_what_they_are_examples_of(self):
        n = 0
        for at, node in self.nodes(self.document):
            if not isinstance(node, dict) or at.endswith("/properties"):
                continue
            schema = node.get("schema", node if "examples" in node else None)
            for value in ([node["example"]] if "example" in node else []) + (node["examples"] if isinstance(node.get("examples"), list) else []):
                n += 1
                self.assertEqual(self.contract.errors({k: v for k, v in schema.items() if k != "examples"}, value), [], at)
        self.assertGreater(n, 3)

    def test_it_has_every_route_and_no_other(self):
        routes, documented = set(self.routes) | SERVED_BY_NGINX, {(m, p) for m, p, _, _ in self.operations()}
        self.assertEqual(documented - routes, set(), "documented, but no route")
        self.assertEqual(routes - documented, set(), "a route that is not documented")

    def test_every_parameter_of_a_route_is_documented_with_its_limits_and_no_other(self):
        for method, path, item, o in self.operations():
            known = self.routes.get((method, path), {})
            said = {p["name"]: self.contract.follow(p["schema"]) for p in self.parameters(item, o) if p["in"] == "query"}
            with self.subTest(method + " " + path):
                self.assertEqual(set(said), set(known))
            for name in set(said) & set(known):
                with self.subTest("%s %s %s" % (method, path, name)):
                    self.limits(said[name], known[name])

    def limits(self, schema, param):
        """That the schema takes what the parameter takes."""
        if param["type"] == "choice":
            self.assertEqual(schema["enum"], param["choices"])
        elif param["type"] == "integer":
            self.assertEqual(schema["type"], "integer")
            self.assertEqual(schema["minimum"], param["min"])
            self.assertEqual(schema.get("maximum", 2**63 - 1), param["max"])
            if "default" in schema:
                self.assertEqual(schema["default"], param["fallback"])
        else:
            self.assertEqual(schema["type"], "string")
            self.assertTrue("pattern" in schema, "what it must not have")
            if param["type"] == "text" and "maxLength" in schema:
                self.assertLessEqual(schema["maxLength"], 255)


class Check(unittest.TestCase):
    """That the check of answers finds what is wrong, or it would be worth nothing."""

    @classmethod
    def setUpClass(cls):
        cls.contract = contract.Contract()

    def broken(self, words, method, target, status, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        with self.assertRaises(contract.Broken) as caught:
            self.contract.check(method, target, status, kind, data)
        self.assertIn(words, str(caught.exception))

    def test_right_answers_pass(self):
        for method, target, status, body in (("GET", "/healthz", 200, {"status": "ok"}), ("GET", "/history?limit=2&before=9", 200, []),
                                             ("GET", "/scan/4", 404, {"error": "none", "code": "not_found"}), ("HEAD", "/healthz", 200, None),
                                             ("GET", "/nothing", 404, {"error": "none", "code": "not_found"}),
                                             ("PUT", "/history", 405, {"error": "no", "code": "method_not_allowed"})):
            self.contract.check(method, target, status, "application/json", b"" if body is None else json.dumps(body).encode())

    def test_what_is_not_documented_is_told(self):
        alive = {"status": "ok"}
        self.broken("knows no such address", "GET", "/nothing", 200, alive)
        self.broken("knows no such address", "DELETE", "/healthz", 200, alive)
        self.broken("knows no such address", "GET", "/scan/07", 200, alive)
        self.broken("documents no 201", "GET", "/healthz", 201, alive)
        self.broken("it is text/html", "GET", "/healthz", 200, b"<p>", "text/html; charset=utf-8")
        self.broken("parameter other", "GET", "/healthz?other=1", 200, alive)
        self.broken("limit=0", "GET", "/history?limit=0", 200, [])

    def test_wrong_bodies_are_told(self):
        self.broken("status", "GET", "/healthz", 200, {"status": "bad"})
        self.broken("'more' was unexpected", "GET", "/healthz", 200, {"status": "ok", "more": 1})
        self.broken("'status' is a required", "GET", "/healthz", 200, {})
        self.broken("'code' is a required", "GET", "/scan/4", 404, {"error": "none"})
        self.broken("odd", "GET", "/scan/4", 404, {"error": "none", "code": "odd"})

    def test_a_change_of_the_document_is_noticed(self):
        other = contract.Contract()
        other.document = copy.deepcopy(other.document)
        other.document["components"]["schemas"]["Alive"]["properties"]["status"] = {"const": "fine"}
        with self.assertRaises(contract.Broken):
            other.check("GET", "/healthz", 200, "application/json", b'{"status":"ok"}')


if __name__ == "__main__":
    unittest.main(verbosity=2)
