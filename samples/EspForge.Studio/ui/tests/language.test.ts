import { describe, expect, it, vi } from "vitest";
import { RpcError, RpcPeer } from "@/features/projects/language/json-rpc";
import { completion, completionKind, locations, pathOf, severityOf, toContentChanges, toEditorRange, toLspPosition, toLspRange, uriOf } from "@/features/projects/language/protocol";
import { closeMeaning } from "@/features/projects/language/state";

function pair() {
  const sent: Record<string, unknown>[] = [];
  const onNotification = vi.fn();
  const onRequest = vi.fn((method: string) => (method === "known" ? { result: 7 } : undefined));
  const peer = new RpcPeer((frame) => sent.push(JSON.parse(frame) as Record<string, unknown>), { onNotification, onRequest });
  return { peer, sent, onNotification, onRequest };
}

describe("messages with a language server", () => {
  it("go one a frame, and answers find their question in any order", async () => {
    const { peer, sent } = pair();
    const first = peer.request<string>("a", { x: 1 });
    const second = peer.request<string>("b", null);
    expect(sent).toEqual([
      { jsonrpc: "2.0", id: 1, method: "a", params: { x: 1 } },
      { jsonrpc: "2.0", id: 2, method: "b", params: null },
    ]);
    peer.receive('{"jsonrpc":"2.0","id":2,"result":"second"}');
    peer.receive('{"jsonrpc":"2.0","id":1,"result":"first"}');
    expect([await first, await second]).toEqual(["first", "second"]);
  });

  it("carry a refusal as an error", async () => {
    const { peer } = pair();
    const asked = peer.request("a", {});
    peer.receive('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"trying to get AST for non-added document"}}');
    await expect(asked).rejects.toMatchObject({ name: "RpcError", code: -32602 });
  });

  it("from the server are answered, or refused as unknown", () => {
    const { peer, sent, onNotification } = pair();
    peer.receive('{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"u"}}');
    expect(onNotification).toHaveBeenCalledWith("textDocument/publishDiagnostics", { uri: "u" });
    peer.receive('{"jsonrpc":"2.0","id":"s1","method":"known"}');
    peer.receive('{"jsonrpc":"2.0","id":0,"method":"other"}');
    expect(sent[0]).toEqual({ jsonrpc: "2.0", id: "s1", result: 7 });
    expect(sent[1]).toMatchObject({ id: 0, error: { code: -32601 } });
  });

  it("that are none change nothing", () => {
    const { peer, onNotification } = pair();
    for (const frame of ["", "{", "[]", "null", '"x"', "{}", '{"id":99,"result":1}', '{"id":null,"error":{}}']) peer.receive(frame);
    expect(onNotification).not.toHaveBeenCalled();
  });

  it("that nobody waits for any more are taken back", async () => {
    const { peer, sent } = pair();
    const controller = new AbortController();
    const asked = peer.request("slow", {}, controller.signal);
    controller.abort();
    await expect(asked).rejects.toBeInstanceOf(RpcError);
    expect(sent[1]).toEqual({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1 } });
    peer.receive('{"jsonrpc":"2.0","id":1,"result":"late"}');
    await expect(peer.request("x", {}, controller.signal)).rejects.toBeInstanceOf(RpcError);
    expect(sent).toHaveLength(2);
  });

  it("without an answer in time fail, and the server is told", async () => {
    vi.useFakeTimers();
    const { peer, sent } = pair();
    const asked = expect(peer.request("slow", {})).rejects.toThrow(/in time/);
    await vi.advanceTimersByTimeAsync(20_000);
    await asked;
    expect(sent[1]).toMatchObject({ method: "$/cancelRequest" });
  });

  it("end with the connection, those that wait and those that come", async () => {
    const { peer, sent } = pair();
    const asked = peer.request("a", {});
    peer.close("lost");
    await expect(asked).rejects.toThrow("lost");
    await expect(peer.request("b", {})).rejects.toThrow("lost");
    peer.notify("c", {});
    expect(sent).toHaveLength(1);
  });
});

describe("places", () => {
  it("count from 0 there and from 1 here", () => {
    expect(toEditorRange({ start: { line: 0, character: 4 }, end: { line: 2, character: 0 } })).toEqual({ startLineNumber: 1, startColumn: 5, endLineNumber: 3, endColumn: 1 });
    expect(toLspPosition({ lineNumber: 1, column: 1 })).toEqual({ line: 0, character: 0 });
    const range = { startLineNumber: 3, startColumn: 7, endLineNumber: 4, endColumn: 1 };
    expect(toEditorRange(toLspRange(range))).toEqual(range);
  });

  it("of several edits at once keep their order, which is from the end", () => {
    const at = (line: number) => ({ startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 });
    expect(toContentChanges([{ range: at(9), text: "b" }, { range: at(2), text: "a" }]).map((change) => [change.range.start.line, change.text])).toEqual([[8, "b"], [1, "a"]]);
  });

  it("are the project's or nobody's", () => {
    for (const root of ["file:///work/p", "file:///work/p/"]) {
      expect(uriOf(root, "src/a b#1.c")).toBe("file:///work/p/src/a%20b%231.c");
      expect(pathOf(root, "file:///work/p/src/a%20b%231.c")).toBe("src/a b#1.c");
    }
    expect(pathOf("file:///work/p", "file:///usr/include/stdio.h")).toBeNull();
    expect(pathOf("file:///work/p", "file:///work/pq/x.c")).toBeNull();
    expect(pathOf("file:///work/p", "file:///work/p")).toBeNull();
    expect(pathOf("file:///work/p", "file:///work/p/%2e%2e/secret.c")).toBeNull();
    expect(pathOf("file:///work/p", "file:///work/p/%zz.c")).toBe("%zz.c");
  });

  it("of a definition come in three forms", () => {
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } };
    expect(locations(null)).toEqual([]);
    expect(locations({ uri: "u", range })).toEqual([{ uri: "u", range }]);
    expect(locations([{ targetUri: "t", targetRange: range, targetSelectionRange: range }])).toEqual([{ uri: "t", range }]);
  });
});

describe("what a language server offers", () => {
  it("is taken with its edit, its include and its signature", () => {
    const range = { start: { line: 3, character: 4 }, end: { line: 3, character: 6 } };
    expect(
      completion({
        label: "•printf(const char *format, ...)",
        kind: 3,
        detail: "int",
        documentation: { kind: "plaintext", value: "Print." },
        insertTextFormat: 2,
        filterText: "printf",
        sortText: "40a",
        textEdit: { range, newText: "printf(${1:format})" },
        additionalTextEdits: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: "#include <stdio.h>\n" }],
      }),
    ).toMatchObject({ label: "printf(const char *format, ...)", kind: "Function", insertText: "printf(${1:format})", snippet: true, documentation: "Print.", range: { startLineNumber: 4, startColumn: 5 }, additional: [{ text: "#include <stdio.h>\n" }] });
    expect(completion({ label: " word" })).toMatchObject({ label: "word", insertText: "word", range: null, snippet: false, kind: "Text" });
  });

  it("of an unknown kind is a text, of an unknown severity an error", () => {
    expect([completionKind(22), completionKind(99), completionKind(undefined)]).toEqual(["Struct", "Text", "Text"]);
    expect([severityOf(2), severityOf(4), severityOf(undefined), severityOf(9)]).toEqual(["warning", "hint", "error", "error"]);
  });
});

describe("a connection that ended", () => {
  it("comes back by itself unless that would help nobody", () => {
    expect(closeMeaning(1006, "")).toMatchObject({ again: true, state: { kind: "lost" } });
    expect(closeMeaning(4404, "Install clangd.")).toEqual({ again: false, state: { kind: "missing", reason: "Install clangd." } });
    expect(closeMeaning(4429, "")).toMatchObject({ again: false, state: { kind: "busy" } });
    // Two tabs that both came back by themselves would take it from each other for ever.
    expect(closeMeaning(4409, "")).toMatchObject({ again: false, state: { kind: "elsewhere" } });
    expect(closeMeaning(4408, "")).toMatchObject({ again: false, state: { kind: "idle" } });
    for (const code of [4401, 4410, 4412, 4503, 1001, 1011]) expect(closeMeaning(code, "x")).toMatchObject({ again: true });
  });
});
