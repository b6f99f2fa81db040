#!/usr/bin/python3
"""A real SMTP server on loopback for tests (Debian: python3-aiosmtpd).

    smtp_server.py --folder DIR [--mode ok|refuse|later|hang] [--tls] [--smtps] [--user NAME --password WORD]
                   [--clear] [--host ADDRESS] [--port N] [--while-stdin]

Listens on a free port, or on --port, of 127.0.0.1, or of --host, and writes it to DIR/port when it is ready. Every mail that
it accepted is in DIR as 1.eml, 2.eml, ... (as it came) and 1.json, ...: from, to, user, tls, subject, body (both decoded),
headers. DIR/mode, when it exists, wins over --mode and is read anew for every command, so that a test can change its mind:

    ok       takes mails
    refuse   550 to every recipient
    later    451 to every mail
    hang     answers nothing after the greeting

--tls offers STARTTLS, --smtps speaks TLS from the start, both with a self-signed certificate for the host in DIR/cert.pem.
--user wants an account, and takes it over TLS only unless --clear. --while-stdin: ends when its standard input does, so that no
test leaves it behind.
"""
import argparse
import asyncio
import email
import email.policy
import json
import logging
import os
import ssl
import subprocess
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, options):
        self.options = options
        self.count = 0

    def mode(self):
        try:
            with open(os.path.join(self.options.folder, "mode")) as f:
                return f.read().strip()
        except FileNotFoundError:
            return self.options.mode

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        if self.mode() == "hang":
            await asyncio.sleep(3600)
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.mode() == "refuse":
            return "550 5.1.1 <%s>: no such mailbox" % address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.mode() == "later":
            return "451 4.3.0 come back later"
        self.count += 1
        content = envelope.original_content
        self.write("%d.eml" % self.count, content)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        login = session.auth_data
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "user": login.login.decode() if login else None,
            "tls": session.ssl is not None or self.options.smtps,
            "subject": str(mail["Subject"]),
            "body": mail.get_content().replace("\r\n", "\n"),
            "headers": {name: str(value) for name, value in mail.items()},
        }
        self.write("%d.json" % self.count, json.dumps(facts).encode())
        return "250 OK"

    def write(self, name, data):
        path = os.path.join(self.options.folder, name)
        with open(path + "~", "wb") as f:
            f.write(data)
        os.rename(path + "~", path)


def make_certificate(folder, host):
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=" + host, "-addext", "subjectAltName=IP:" + host, "-keyout", key, "-out", cert],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def authenticator(options):
    def check(server, session, envelope, mechanism, data):
        if data.login.decode() != options.user or data.password.decode() != options.password:
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=data)
    return check


async def main(options):
    handler = Handler(options)
    context = make_certificate(options.folder, options.host) if options.tls or options.smtps else None
    account = {}
    if options.user:
        account = {"authenticator": authenticator(options), "auth_required": True,
                   "auth_require_tls": not (options.clear or options.smtps)}

    def protocol():
        return SMTP(handler, hostname="test.invalid", enable_SMTPUTF8=False, tls_context=context if options.tls else None, **account)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, options.host, options.port, ssl=context if options.smtps else None)
    handler.write("port", b"%d\n" % server.sockets[0].getsockname()[1])
    if options.while_stdin:
        await loop.run_in_executor(None, sys.stdin.buffer.read)
        os._exit(0)  # not waiting for clients that hang
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", default="ok", choices=["ok", "refuse", "later", "hang"])
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--smtps", action="store_true")
    parser.add_argument("--clear", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--while-stdin", action="store_true")
    # Clients that break off are what many tests are about.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    asyncio.run(main(parser.parse_args()))
