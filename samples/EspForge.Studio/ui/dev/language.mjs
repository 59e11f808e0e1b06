// Development only: the language server's WebSocket of docs/api.md, in front of this machine's clangd if there is one. LANGUAGE=none: not installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const include = fileURLToPath(new URL("../../../../firmware/agent/include", import.meta.url));

function frame(text, opcode = 1) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x80 | opcode, body.length]) : body.length < 65_536 ? Buffer.from([0x80 | opcode, 126, body.length >> 8, body.length & 255]) : Buffer.alloc(10);
  if (body.length >= 65_536) {
    head[0] = 0x80 | opcode;
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  return Buffer.concat([head, body]);
}
const closeFrame = (code, reason) => frame(Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]), 8);

/** Frames of a browser: masked, in pieces. */
function reader(onText, onClose) {
  let buffer = Buffer.alloc(0);
  let parts = [];
  return (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      if (buffer.length < 2) return;
      let length = buffer[1] & 127;
      let at = 2;
      if (length === 126) {
        if (buffer.length < 4) return;
        length = buffer.readUInt16BE(2);
        at = 4;
      } else if (length === 127) {
        if (buffer.length < 10) return;
        length = Number(buffer.readBigUInt64BE(2));
        at = 10;
      }
      if (buffer.length < at + 4 + length) return;
      const mask = buffer.subarray(at, at + 4);
      const body = Buffer.from(buffer.subarray(at + 4, at + 4 + length).map((byte, i) => byte ^ mask[i & 3]));
      const opcode = buffer[0] & 15;
      const last = (buffer[0] & 0x80) !== 0;
      buffer = buffer.subarray(at + 4 + length);
      if (opcode === 8) return onClose();
      if (opcode > 2) continue;
      parts.push(body);
      if (last) {
        onText(Buffer.concat(parts).toString());
        parts = [];
      }
    }
  };
}

export function upgrade(req, socket, files) {
  const key = createHash("sha1").update(`${req.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\nSec-WebSocket-Protocol: espforge.lsp.v1\r\n\r\n`);
  socket.on("error", () => socket.destroy());
  if (process.env.LANGUAGE === "none") return socket.end(closeFrame(4404, "clangd is not installed on the server."));
  const folder = mkdtempSync(join(tmpdir(), "espforge-mock-"));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, "compile_flags.txt"), `-std=c11\n-Wall\n-Wextra\n-I.\n-I${include}\n`);
  const clangd = spawn("clangd", ["--background-index=false", "--log=error", "-j=1"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  const end = () => {
    clangd.kill();
    rmSync(folder, { recursive: true, force: true });
    socket.destroy();
  };
  clangd.on("error", () => socket.end(closeFrame(4404, "clangd is not installed on the server.")));
  clangd.on("exit", () => socket.writable && socket.end(closeFrame(4410, "The language server has ended.")));
  socket.on("close", end);
  socket.write(frame(JSON.stringify({ espforge: { rootUri: pathToFileURL(folder).href, server: "clangd 14 (mock)" } })));
  let out = Buffer.alloc(0);
  clangd.stdout.on("data", (chunk) => {
    out = Buffer.concat([out, chunk]);
    for (;;) {
      const split = out.indexOf("\r\n\r\n");
      if (split < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(out.subarray(0, split).toString())[1]);
      if (out.length < split + 4 + length) return;
      if (socket.writable) socket.write(frame(out.subarray(split + 4, split + 4 + length)));
      out = out.subarray(split + 4 + length);
    }
  });
  socket.on("data", reader((text) => clangd.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`), end));
}
