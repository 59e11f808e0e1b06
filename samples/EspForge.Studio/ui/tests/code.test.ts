import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "@/api/error";
import type { FileContent, Match } from "@/api/types";
import { conflictOf, decide, isBehind, isConflict, precondition } from "@/features/projects/conflicts";
import { drafts } from "@/features/projects/drafts";
import { openFiles } from "@/features/projects/open-files";
import { checkFolder, checkPath, checkRename, fileNamed, fits, generatedPath, languageOf, mainFile, renamed } from "@/features/projects/paths";
import { groupMatches, pieces } from "@/features/projects/search";
import { buildTree, treeKey, visibleRows, type TreeNode } from "@/features/projects/tree";
import { revisionWords } from "@/features/projects/history-panel";
import { keysOf, sameKeys } from "@/lib/commands";

const shape = (nodes: TreeNode[]): unknown[] => nodes.map((node) => (node.kind === "folder" ? { [node.name]: shape(node.children) } : node.name));

describe("the tree of files", () => {
  const paths = ["src/main.cpp", "README.md", "src/drivers/led.c", "platformio.ini", "src/a10.c", "src/a9.c"];

  it("puts folders before files and counts as people do", () => {
    expect(shape(buildTree(paths))).toEqual([{ src: [{ drivers: ["led.c"] }, "a9.c", "a10.c", "main.cpp"] }, "platformio.ini", "README.md"]);
  });

  it("shows a folder that holds nothing yet, once", () => {
    expect(shape(buildTree(["src/a.c"], ["src", "src/new/deep"]))).toEqual([{ src: [{ new: [{ deep: [] }] }, "a.c"] }]);
  });

  it("leaves out what is inside a closed folder, and numbers the rest for a screen reader", () => {
    const rows = visibleRows(buildTree(paths), new Set(["src/drivers"]));
    expect(rows.map((row) => row.node.path)).toEqual(["src", "src/drivers", "src/a9.c", "src/a10.c", "src/main.cpp", "platformio.ini", "README.md"]);
    expect(rows[3]).toMatchObject({ level: 2, position: 3, size: 4, parent: "src" });
  });

  it("moves with the keys of a tree", () => {
    const rows = visibleRows(buildTree(paths), new Set(["src/drivers"]));
    const closed = new Set(["src/drivers"]);
    expect(treeKey("ArrowDown", rows, "src", closed)).toEqual({ focus: "src/drivers" });
    expect(treeKey("ArrowUp", rows, "src", closed)).toBeNull();
    expect(treeKey("ArrowRight", rows, "src/drivers", closed)).toEqual({ open: "src/drivers" });
    expect(treeKey("ArrowRight", rows, "src", closed)).toEqual({ focus: "src/drivers" });
    expect(treeKey("ArrowLeft", rows, "src/a9.c", closed)).toEqual({ focus: "src" });
    expect(treeKey("ArrowLeft", rows, "src", closed)).toEqual({ close: "src" });
    expect(treeKey("ArrowLeft", rows, "README.md", closed)).toBeNull();
    expect(treeKey("End", rows, "src", closed)).toEqual({ focus: "README.md" });
    expect(treeKey("Home", rows, "README.md", closed)).toEqual({ focus: "src" });
    expect(treeKey("a", rows, "src/a9.c", closed)).toEqual({ focus: "src/a10.c" });
    expect(treeKey("r", rows, "README.md", closed)).toEqual({ focus: "README.md" });
    expect(treeKey("z", rows, "src", closed)).toBeNull();
  });
});

describe("paths", () => {
  it("are refused with a sentence", () => {
    const existing = ["main.c", "src/led.c"];
    expect(checkPath("src/sensor.cpp", existing)).toBeUndefined();
    expect(checkPath("CMakeLists.txt", existing)).toBeUndefined();
    expect(checkPath("main/Kconfig.projbuild", existing)).toBeUndefined();
    expect(checkPath("sdkconfig.defaults.esp32s3", existing)).toBeUndefined();
    expect(checkPath(".clang-format", existing)).toBeUndefined();
    expect(checkPath("../up.c", existing)).toMatch(/Letters/);
    expect(checkPath(".hidden.c", existing)).toMatch(/Letters/);
    expect(checkPath("tool.exe", existing)).toMatch(/ends in/);
    expect(checkPath("src/", existing)).toMatch(/name after the folder/);
    expect(checkPath("a/b/c/d/e/f/g.c", existing)).toMatch(/6 parts/);
    expect(checkPath("MAIN.c", existing)).toMatch(/of this name/);
    expect(checkPath("src.c/x.c", ["src.c"])).toMatch(/file and a folder/);
    expect(checkPath("include/pins.h", existing)).toMatch(/pin plan/);
    expect(checkPath("espforge.json", existing)).toMatch(/exported/);
    expect(checkPath(`${"x".repeat(119)}.c`, existing)).toMatch(/120/);
    expect(checkFolder("src/drivers")).toBeUndefined();
    expect(checkFolder("src//drivers")).toMatch(/Letters/);
    expect(checkFolder("a/b/c/d/e/f")).toMatch(/deep/);
  });

  it("of a folder move with it, and not into itself", () => {
    const paths = ["src/a.c", "src/in/b.c", "srcs.c"];
    expect(renamed(paths, "src", "lib/core")).toEqual([["src/a.c", "lib/core/a.c"], ["src/in/b.c", "lib/core/in/b.c"]]);
    expect(renamed(paths, "srcs.c", "x.c")).toEqual([["srcs.c", "x.c"]]);
    expect(checkRename(paths, "src", "src/in")).toMatch(/itself/);
    expect(checkRename(paths, "src/a.c", "src/in/b.c")).toMatch(/of this name/);
    expect(checkRename(paths, "src/a.c", "src/A.c")).toBeUndefined();
    expect(checkRename(paths, "src", "lib")).toBeUndefined();
    expect(checkRename(paths, "src", "a/b/c/d/e")).toMatch(/6 parts/);
  });

  it("are found by what a tool calls them, the longest end first", () => {
    const paths = ["main.c", "src/main.c", "pins.h"];
    expect(fileNamed("./main.c", paths)).toBe("main.c");
    expect(fileNamed("/work/job/src/main.c", paths)).toBe("src/main.c");
    expect(fileNamed("/usr/include/stdio.h", paths)).toBeNull();
    expect(fileNamed("domain.c", paths)).toBeNull();
  });

  it("say the language, the first file, and where pins.h is", () => {
    expect(["a.c", "a.h", "a.ino", "main/CMakeLists.txt", "x.cmake", "platformio.ini", "sdkconfig", "b.yml", "r.md", "t.json", "n.txt", "s.S"].map(languageOf)).toEqual(["c", "c", "cpp", "cmake", "cmake", "ini", "ini", "yaml", "markdown", "json", "plaintext", "plaintext"]);
    expect(mainFile(["platformio.ini", "src/main.cpp"])).toBe("src/main.cpp");
    expect(mainFile(["z.c", "b.c"])).toBe("b.c");
    expect(mainFile([])).toBeUndefined();
    expect([generatedPath("host"), generatedPath("platformio"), generatedPath("esp-idf")]).toEqual(["pins.h", "include/pins.h", "main/pins.h"]);
  });

  it("are opened by a part of their name: the name counts more than the folder", () => {
    const rank = (typed: string) => ["src/led.c", "led/readme.md", "src/main.c", "lib/blue.c"].filter((path) => fits(path, typed) !== null).sort((a, b) => (fits(a, typed) ?? 0) - (fits(b, typed) ?? 0));
    expect(rank("led")).toEqual(["src/led.c", "led/readme.md"]);
    expect(rank("smc")).toEqual(["src/main.c"]);
    expect(rank("MAIN")).toEqual(["src/main.c"]);
    expect(rank("nothing")).toEqual([]);
  });
});

describe("unsaved text", () => {
  const id = "p-drafts";
  beforeEach(() => {
    for (const path of Object.keys(drafts.of(id))) drafts.drop(id, path);
  });

  it("remembers which saved text it began from", () => {
    drafts.write(id, "a.c", "mine", { content: "old", etag: '"1"' });
    drafts.write(id, "a.c", "mine more", { content: "theirs", etag: '"2"' });
    expect(drafts.of(id)["a.c"]).toEqual({ text: "mine more", etag: '"1"' });
    expect(isBehind(drafts.of(id)["a.c"], { content: "theirs", etag: '"2"' })).toBe(true);
    drafts.rebase(id, "a.c", '"2"');
    expect(isBehind(drafts.of(id)["a.c"], { content: "theirs", etag: '"2"' })).toBe(false);
  });

  it("goes along when the file is renamed, and away when it is as saved", () => {
    drafts.write(id, "a.c", "x", { content: "y", etag: '"1"' });
    drafts.move(id, "a.c", "b.c");
    expect(drafts.of(id)).toEqual({ "b.c": { text: "x", etag: '"1"' } });
    drafts.write(id, "b.c", "y", { content: "y", etag: '"1"' });
    expect(drafts.of(id)).toEqual({});
  });
});

describe("two people and one file", () => {
  const theirs: FileContent = { path: "a.c", content: "theirs", sizeBytes: 6, updatedAt: "2026-01-02T00:00:00Z", etag: '"2"' };
  const changed = new ApiError("FILE_CHANGED", "It was changed.", 412, [
    { field: "etag", message: '"2"' },
    { field: "changedBy", message: "Ada" },
    { field: "changedAt", message: "2026-01-02T03:04:05Z" },
  ]);

  it("a save names the text it began from; a new file must be new", () => {
    expect(precondition({ etag: '"1"' })).toEqual({ "If-Match": '"1"' });
    expect(precondition({ etag: null })).toEqual({ "If-None-Match": "*" });
    expect(isConflict(changed)).toBe(true);
    expect(isConflict(new ApiError("VALIDATION_ERROR", "", 400))).toBe(false);
    expect(isConflict(new Error("other"))).toBe(false);
  });

  it("who and when are said", () => {
    expect(conflictOf("a.c", "mine", changed, theirs)).toEqual({ path: "a.c", mine: "mine", theirs: { content: "theirs", etag: '"2"' }, by: "Ada", at: "2026-01-02T03:04:05Z" });
    expect(conflictOf("a.c", "mine", null, theirs)).toMatchObject({ by: null, at: "2026-01-02T00:00:00Z" });
  });

  it("keeping mine writes over exactly what was compared", () => {
    expect(decide(conflictOf("a.c", "mine", changed, theirs), "mine")).toEqual({ kind: "write", headers: { "If-Match": '"2"' } });
  });

  it("taking theirs drops mine", () => {
    expect(decide(conflictOf("a.c", "mine", changed, theirs), "theirs")).toMatchObject({ kind: "take" });
  });

  it("the same text on both sides is no question", () => {
    expect(decide(conflictOf("a.c", "theirs", changed, theirs), "mine")).toMatchObject({ kind: "take" });
    expect(isBehind({ text: "theirs", etag: '"1"' }, theirs)).toBe(false);
  });

  it("a deleted file is made anew or closed", () => {
    expect(decide(conflictOf("a.c", "mine", changed, null), "mine")).toEqual({ kind: "write", headers: { "If-None-Match": "*" } });
    expect(decide(conflictOf("a.c", "mine", changed, null), "theirs")).toEqual({ kind: "close" });
  });
});

describe("open files", () => {
  it("open once, close to their neighbour, and follow a rename", () => {
    const id = "p-open";
    for (const path of ["a.c", "b.c", "a.c", "c.c"]) openFiles.open(id, path);
    expect(openFiles.of(id)).toEqual(["a.c", "b.c", "c.c"]);
    expect(openFiles.close(id, "b.c")).toBe("c.c");
    expect(openFiles.close(id, "c.c")).toBe("a.c");
    openFiles.rename(id, [["a.c", "src/a.c"]]);
    expect(openFiles.of(id)).toEqual(["src/a.c"]);
    openFiles.keep(id, ["other.c"]);
    expect(openFiles.of(id)).toEqual([]);
  });
});

describe("what a search found", () => {
  const match = (path: string, line: number, column: number, text: string, length = 3): Match => ({ path, line, column, length, text });

  it("is grouped by file and line", () => {
    const files = groupMatches([match("a.c", 1, 1, "led led"), match("a.c", 1, 5, "led led"), match("a.c", 9, 5, "int led;"), match("b.c", 2, 1, "led")]);
    expect(files.map((file) => [file.path, file.count, file.lines.length])).toEqual([["a.c", 3, 2], ["b.c", 1, 1]]);
    expect(files[0]?.lines[0]?.matches).toHaveLength(2);
  });

  it("is marked in its line, which begins without the indent", () => {
    const line = groupMatches([match("a.c", 1, 5, "    led = led;"), match("a.c", 1, 11, "    led = led;")])[0]?.lines[0];
    expect(line && pieces(line)).toEqual([
      { text: "led", hit: true },
      { text: " = ", hit: false },
      { text: "led", hit: true },
      { text: ";", hit: false },
    ]);
  });

  it("far to the right is brought into view", () => {
    const text = `${"x".repeat(100)}led`;
    expect(pieces({ line: 1, text, matches: [match("a.c", 1, 101, text)] })).toEqual([{ text: "…", hit: false }, { text: "x".repeat(24), hit: false }, { text: "led", hit: true }]);
  });

  it("in the indent itself, across the line's end or in a part of a very long line is not marked wrongly", () => {
    expect(pieces({ line: 1, text: "  a", matches: [match("a.c", 1, 1, "  a", 2)] })).toEqual([{ text: "  ", hit: true }, { text: "a", hit: false }]);
    expect(pieces({ line: 1, text: "ab", matches: [match("a.c", 1, 2, "ab", 9)] })).toEqual([{ text: "a", hit: false }, { text: "b", hit: true }]);
    expect(pieces({ line: 1, text: "y".repeat(400), matches: [match("a.c", 1, 900, "y".repeat(400))] })).toEqual([{ text: "y".repeat(400), hit: false }]);
  });
});

describe("the history", () => {
  it("speaks in words", () => {
    expect(revisionWords({ kind: "saved", path: "a.c", fromPath: null })).toBe("saved a.c");
    expect(revisionWords({ kind: "renamed", path: "b.c", fromPath: "a.c" })).toBe("renamed a.c to b.c");
    expect(revisionWords({ kind: "restored", path: null, fromPath: null })).toBe("restored the project");
    expect(revisionWords({ kind: "plan", path: null, fromPath: null })).toBe("changed board, toolchain or pins");
  });
});

describe("shortcuts", () => {
  const press = (key: string, more: Partial<KeyboardEvent> = {}) => keysOf({ key, code: `Key${key.toUpperCase()}`, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

  it("are read from a key event as they are written", () => {
    expect(sameKeys(press("s", { ctrlKey: true }), "Ctrl S")).toBe(true);
    expect(sameKeys(press("s", { metaKey: true }), "Ctrl S")).toBe(true);
    expect(sameKeys(press("F", { ctrlKey: true, shiftKey: true }), "Ctrl Shift F")).toBe(true);
    expect(sameKeys(press("f", { ctrlKey: true }), "Ctrl Shift F")).toBe(false);
    expect(sameKeys(press("s"), "Ctrl S")).toBe(false);
  });

  it("know the key of a letter that Alt changes", () => {
    expect(sameKeys(press("ł", { altKey: true, code: "KeyW" }), "Alt W")).toBe(true);
  });
});
