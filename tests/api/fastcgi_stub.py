"""fastcgi_stub: a FastCGI responder in the place of the workers. A handler gets (parameters, body) and returns the bytes of the
answer, or None to drop the connection as a worker that dies."""
import socket
import struct
import threading

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def pairs(data):
    found, at = {}, 0

    def length():
        nonlocal at
        n = data[at]
        if n < 128:
            at += 1
            return n
        n = struct.unpack(">I", data[at:at + 4])[0] & 0x7FFFFFFF
        at += 4
        return n

    while at < len(data):
        name_n, value_n = length(), length()
        found[data[at:at + name_n].decode()] = data[at + name_n:at + name_n + value_n].decode("latin-1")
        at += name_n + value_n
    return found


def answer(status, body, content_type="application/json", head=""):
    body = body.encode()
    return f"Status: {status}\r\nContent-Type: {content_type}\r\n{head}\r\n".encode() + body


class Stub:
    def __init__(self, path, handler):
        self.handler, self.requests = handler, []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            params, body = b"", b""
            while True:
                head = stream.read(8)
                if len(head) < 8:
                    return
                _, kind, _, size, padding = struct.unpack(">BBHHBx", head)
                content = stream.read(size)
                stream.read(padding)
                if kind == PARAMS:
                    params += content
                elif kind == STDIN and size:
                    body += content
                elif kind == STDIN:
                    break
            request = pairs(params)
            self.requests.append((request, body))
            out = self.handler(request, body)
            if out is None:
                return
            for i in range(0, len(out), 65535):
                piece = out[i:i + 65535]
                connection.sendall(struct.pack(">BBHHBx", 1, STDOUT, 1, len(piece), 0) + piece)
            connection.sendall(struct.pack(">BBHHBx", 1, STDOUT, 1, 0, 0) + struct.pack(">BBHHBx", 1, END, 1, 8, 0) + bytes(8))
