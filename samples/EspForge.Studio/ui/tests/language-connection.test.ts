import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { session } from "@/api/session";
import { LanguageConnection } from "@/features/projects/language/connection";
import { isDeclaration, likelySources } from "@/features/projects/language/protocol";
import { grant, host, ok } from "./host";

class FakeSocket {
  static made: FakeSocket[] = [];
  static readonly OPEN = 1;
  readyState = 0;
  sent: { id?: number; method: string }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  constructor(
    readonly url: URL,
    readonly protocols: string[],
  ) {
    FakeSocket.made.push(this);
  }
  send(frame: string) {
    this.sent.push(JSON.parse(frame) as { id?: number; method: string });
  }
  close() {
    this.readyState = 3;
  }
  /** As the host does: its greeting, then the language server's answer to `initialize`. */
  async greet() {
    this.readyState = 1;
    this.onopen?.();
    this.onmessage?.({ data: JSON.stringify({ espforge: { rootUri: "file:///p", server: "clangd 14" } }) });
    await vi.advanceTimersByTimeAsync(0);
    this.onmessage?.({ data: JSON.stringify({ jsonrpc: "2.0", id: this.sent[0]?.id, result: { capabilities: {} } }) });
    await vi.advanceTimersByTimeAsync(0);
  }
  end(code: number, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
  get token() {
    return this.protocols[1]?.replace("bearer.", "");
  }
}

const handlers = { onReady: vi.fn(), onGone: vi.fn(), onDiagnostics: vi.fn() };
let renewals: string[];
let connection: LanguageConnection;
const made = (i: number) => FakeSocket.made[i]!;
const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.made = [];
  for (const one of Object.values(handlers)) one.mockClear();
  renewals = [];
  host((call) => {
    renewals.push(call.path);
    return ok(grant(`renewed-${renewals.length}`));
  });
  session.begin({ ...grant("first"), expiresInSeconds: 900 });
  connection = new LanguageConnection("p", handlers);
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  session.end();
});

describe("the way to a language server", () => {
  it("is taken again when the server ends, with the token that is still good", async () => {
    connection.open();
    await settle();
    await made(0).greet();
    expect(handlers.onReady).toHaveBeenCalledTimes(1);
    made(0).end(4410, "The language server has ended.");
    expect(handlers.onGone).toHaveBeenCalledTimes(1);
    await settle(60_000);
    expect(FakeSocket.made).toHaveLength(2);
    expect(made(1).token).toBe("first");
    await made(1).greet();
    expect(handlers.onReady).toHaveBeenCalledTimes(2);
    expect(renewals).toEqual([]);
  });

  it("is not tried with a token that has ended: that is renewed first", async () => {
    connection.open();
    await settle();
    await made(0).greet();
    vi.setSystemTime(Date.now() + 900_000);
    made(0).end(1006);
    await settle(60_000);
    expect(renewals).toEqual(["auth/refresh"]);
    expect(FakeSocket.made.map((one) => one.token)).toEqual(["first", "renewed-1"]);
  });

  it("asks for a new token where the handshake was refused, or the sign-in no longer holds", async () => {
    connection.open();
    await settle();
    made(0).end(1006);
    await settle(60_000);
    expect(made(1).token).toBe("renewed-1");
    await made(1).greet();
    made(1).end(4401, "Sign in again.");
    await settle(60_000);
    expect(made(2).token).toBe("renewed-2");
  });

  it("waits longer each time nobody answers, and not at all once somebody did", async () => {
    connection.open();
    await settle();
    const gaps: number[] = [];
    for (let i = 0; i < 4; i++) {
      made(i).end(1006);
      const from = Date.now();
      while (FakeSocket.made.length === i + 1) await settle(50);
      gaps.push(Date.now() - from);
    }
    expect(gaps[3]).toBeGreaterThan(gaps[0]!);
    await made(4).greet();
    made(4).end(4410);
    const from = Date.now();
    while (FakeSocket.made.length === 5) await settle(50);
    expect(Date.now() - from).toBeLessThan(gaps[3]!);
  });

  it("is given up where there is no server, until a person asks", async () => {
    connection.open();
    await settle();
    made(0).end(4404, "clangd is not installed.");
    await settle(600_000);
    expect(FakeSocket.made).toHaveLength(1);
    connection.retry();
    await settle();
    expect(FakeSocket.made).toHaveLength(2);
  });

  it("ends with the project", async () => {
    connection.open();
    await settle();
    await made(0).greet();
    connection.close();
    made(0).end(1000);
    await settle(600_000);
    expect(FakeSocket.made).toHaveLength(1);
  });
});

describe("a definition", () => {
  it("is told from a declaration", () => {
    const at = (text: string, name: string) => {
      const before = text.slice(0, text.indexOf(name));
      return isDeclaration(text, { line: before.split("\n").length - 1, character: before.length - (before.lastIndexOf("\n") + 1) });
    };
    expect(at("#pragma once\n\nint led(int percent);\n", "led")).toBe(true);
    expect(at("int led(\n    int percent,\n    int of);\n", "led")).toBe(true);
    expect(at("static inline int led(int p) { return p; }\n", "led")).toBe(false);
    expect(at("int led(int p)\n{\n}\nint x;\n", "led")).toBe(false);
    expect(at("extern int led;\n", "led")).toBe(false);
    expect(at("#define led(x) (x)\n", "led")).toBe(false);
  });

  it("is looked for where it is likely: the namesake first, so many and no more", () => {
    expect(likelySources(["main.c", "src/a.c", "led.h", "src/led.c", "main.c", "notes.md", "b.cpp"], "led.h", 3)).toEqual(["src/led.c", "main.c", "src/a.c"]);
  });
});
