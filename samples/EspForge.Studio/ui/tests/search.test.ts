import { describe, expect, it } from "vitest";
import type { Match } from "@/api/types";
import { findIn, mergeMatches, patternOf } from "@/features/projects/search-text";

const OFF = { case: false, word: false, regex: false };

describe("unsaved text", () => {
  // The same texts, questions and places as the server's own test (A_text_or_an_expression_is_found_at_its_place).
  const files: [string, string][] = [
    ["a.c", "xx\r\n    LED()\r\rled\n"],
    ["b/c.h", "_LED_1"],
  ];
  it.each([
    [{ q: "LED" }, "a.c:2:5:3 a.c:4:1:3 b/c.h:1:2:3"],
    [{ q: "LED", case: true }, "a.c:2:5:3 b/c.h:1:2:3"],
    [{ q: "led", case: true }, "a.c:4:1:3"],
    [{ q: "LED", word: true }, "a.c:2:5:3 a.c:4:1:3"],
    [{ q: "l.d" }, ""],
    [{ q: "l.d", regex: true }, "a.c:2:5:3 a.c:4:1:3 b/c.h:1:2:3"],
    [{ q: "^led$", regex: true }, "a.c:4:1:3"],
    [{ q: "x*", regex: true }, "a.c:1:1:2"],
    [{ q: "(" }, "a.c:2:8:1"],
    [{ q: "l.d", regex: true, word: true }, "a.c:2:5:3 a.c:4:1:3"],
  ])("is searched as saved text is: %o", (query, expected) => {
    const pattern = patternOf({ ...OFF, ...query });
    expect(pattern).not.toBeNull();
    const found = files.flatMap(([path, text]) => findIn(path, text, pattern!, 100));
    expect(found.map((one) => `${one.path}:${one.line}:${one.column}:${one.length}`).join(" ")).toBe(expected);
  });

  it("knows words of every script, and takes signs as they are", () => {
    const count = (q: string, text: string, word = true) => findIn("a", text, patternOf({ ...OFF, q, word })!, 10).length;
    expect(count("led", "éled ledé led-led")).toBe(2);
    expect(count("größe", "größe, größen")).toBe(1);
    expect(count("$", "a$b", false)).toBe(1);
    for (const sign of ".*+?^${}()|[]\\/-#&~") expect(findIn("a", `x${sign}y`, patternOf({ ...OFF, q: sign })!, 10)).toMatchObject([{ column: 2, length: 1 }]);
  });

  it("is not searched for an expression of another dialect", () => {
    expect(patternOf({ ...OFF, q: "(?>a)", regex: true })).toBeNull();
    expect(patternOf({ ...OFF, q: "(", regex: true })).toBeNull();
  });

  it("is shown in part where a line is long, and only so often", () => {
    const [match] = findIn("a", `${"a".repeat(100_000)}b${"a".repeat(100_000)}`, patternOf({ ...OFF, q: "b" })!, 10);
    expect([match?.column, match?.text.length, match?.text.indexOf("b")]).toEqual([100_001, 400, 100]);
    expect(findIn("a", "a".repeat(50), patternOf({ ...OFF, q: "a" })!, 7)).toHaveLength(7);
  });
});

describe("what is found in saved and in unsaved texts", () => {
  const match = (path: string, line: number): Match => ({ path, line, column: 1, length: 1, text: "x" });

  it("is one list: of an unsaved file what is on the screen counts", () => {
    const saved = { matches: [match("a.c", 1), match("b.c", 1), match("b.c", 2), match("d.c", 1)], truncated: false };
    const unsaved = new Map([["b.c", [match("b.c", 9)]], ["c.c", [match("c.c", 4), match("c.c", 5)]], ["d.c", []]]);
    expect(mergeMatches(saved, unsaved, 100).matches.map((one) => `${one.path}:${one.line}`)).toEqual(["a.c:1", "b.c:9", "c.c:4", "c.c:5"]);
    expect(mergeMatches(saved, new Map(), 100)).toBe(saved);
  });

  it("says when there is more", () => {
    const saved = { matches: [match("a.c", 1)], truncated: false };
    expect(mergeMatches(saved, new Map([["b.c", [match("b.c", 1), match("b.c", 2)]]]), 2)).toEqual({ matches: [match("a.c", 1), match("b.c", 1)], truncated: true });
    expect(mergeMatches({ ...saved, truncated: true }, new Map([["b.c", []]]), 2).truncated).toBe(true);
  });
});
