import { describe, expect, it } from "vitest";
import type { Build, BuildMemory, BuildMessage, Image } from "@/api/types";
import { flashCommand, memoryBars, offset, sizeChange } from "@/features/builds/memory";
import { problemsOf } from "@/features/builds/problems";
import { keepColours, terminalLine } from "@/lib/ansi";
import { findLinks } from "@/lib/log-links";

const ESC = "\u001b";

describe("places in a log", () => {
  const places = (text: string) => findLinks(text).map((link) => `${link.file}:${link.line}${link.column === null ? "" : `:${link.column}`}`);

  it("are those of compilers, linkers, CMake and Python", () => {
    expect(places("src/main.c:24:5: error: expected ';'")).toEqual(["src/main.c:24:5"]);
    expect(places("In file included from ./climate.h:3,")).toEqual(["./climate.h:3"]);
    expect(places("/work/job-7/src/app.cpp:120: undefined reference to `x'")).toEqual(["/work/job-7/src/app.cpp:120"]);
    expect(places("CMake Error at main/CMakeLists.txt:12 (idf_component_register):")).toEqual(["main/CMakeLists.txt:12"]);
    expect(places('  File "tools/gen.py", line 7, in <module>')).toEqual(["tools/gen.py:7"]);
    expect(places("a.c:1:2: note: b.h:3:4 is also meant")).toEqual(["a.c:1:2", "b.h:3:4"]);
    expect(places(String.raw`C:\proj\src\main.c:9:1: warning: x`)).toEqual(["C:/proj/src/main.c:9:1"]);
  });

  it("stand where they stand", () => {
    const text = "   from main.c:12:5, again";
    const [link] = findLinks(text);
    expect(link && text.slice(link.start, link.end)).toBe("main.c:12:5");
  });

  it("are not times, addresses, sizes or versions", () => {
    for (const text of ["12:30:45 built", "http://host:80/x", "RAM: 12.3% (used 4 bytes)", "gcc 12.2.0", "main.c: done", "main.c:0:1", "libx.so:12", "foo.cfg:3"]) expect(places(text)).toEqual([]);
  });

  it("are looked for in a very long line without getting lost", () => {
    expect(places(`${"a/".repeat(50_000)}x`)).toEqual([]);
    expect(places(`${"a.".repeat(50_000)}c`)).toEqual([]);
  });
});

describe("a line in the terminal", () => {
  it("keeps colours and nothing else that steers", () => {
    expect(keepColours(`${ESC}[31mred${ESC}[0m`)).toBe(`${ESC}[31mred${ESC}[0m`);
    expect(keepColours(`a${ESC}[2Jb${ESC}[10;10Hc${ESC}[?25ld`)).toBe("abcd");
    expect(keepColours(`a${ESC}]0;title\u0007b${ESC}]52;c;c2VjcmV0${ESC}\\c`)).toBe("abc");
    expect(keepColours(`a${ESC}Pq#0${ESC}\\b${ESC}cc${ESC}(0d`)).toBe("abcd");
    expect(keepColours("bell\u0007 back\u0008 tab\t nul\u0000")).toBe("bell back tab\t nul");
    expect(keepColours(`cut ${ESC}[31`)).not.toContain(ESC);
  });

  it("of a progress bar is its last state", () => {
    expect(keepColours("10%\r50%\r100%\r")).toBe("100%");
  });

  it("is coloured by what it says, unless it has its own", () => {
    expect(terminalLine({ number: 1, stream: "err", text: "a.c:1:1: error: x" })).toBe(`${ESC}[31ma.c:1:1: error: x${ESC}[0m`);
    expect(terminalLine({ number: 1, stream: "err", text: "a.c:1:1: warning: x" })).toContain(`${ESC}[33m`);
    expect(terminalLine({ number: 1, stream: "info", text: "building" })).toContain(`${ESC}[36m`);
    expect(terminalLine({ number: 1, stream: "out", text: "gcc -c main.c" })).toBe("gcc -c main.c");
    expect(terminalLine({ number: 1, stream: "out", text: `${ESC}[1merror: x` })).toBe(`${ESC}[1merror: x${ESC}[0m`);
  });
});

describe("memory", () => {
  const memory: BuildMemory = { ramUsedBytes: 45_000, ramTotalBytes: 327_680, flashUsedBytes: 900_000, flashTotalBytes: 1_310_720, slotBytes: 1_310_720 };

  it("is a bar for each pair of figures that is known", () => {
    const bars = memoryBars(memory, 1_000_000);
    expect(bars.map((bar) => [bar.id, Math.round(bar.share * 1000), bar.level])).toEqual([["flash", 687, "good"], ["ram", 137, "good"], ["slot", 763, "good"]]);
    expect(bars[2]?.words).toBe("977 KiB of 1.3 MiB, 76.3%");
    expect(memoryBars(null, 5)).toEqual([]);
    expect(memoryBars({ ...memory, ramTotalBytes: null, flashTotalBytes: 0 }, 1_000_000).map((bar) => bar.id)).toEqual(["slot"]);
  });

  it("says when little is left and when it does not fit", () => {
    expect(memoryBars({ ...memory, slotBytes: 1_000_000 }, 900_000).at(-1)?.level).toBe("tight");
    expect(memoryBars({ ...memory, slotBytes: 1_000_000 }, 1_000_000).at(-1)?.level).toBe("tight");
    expect(memoryBars({ ...memory, slotBytes: 1_000_000 }, 1_000_001).at(-1)?.level).toBe("over");
  });

  it("takes the flash figure for the slot while there is no image", () => {
    expect(memoryBars(memory, null).find((bar) => bar.id === "slot")?.used).toBe(900_000);
  });
});

describe("an image and the one before", () => {
  const build = (now: number | null, before: number | null) => ({ image: now === null ? null : ({ sizeBytes: now } as Image), previous: before === null ? null : { buildId: "b", version: "1.0.0", sizeBytes: before } }) as Pick<Build, "image" | "previous">;

  it("differ by bytes and share, with a sign", () => {
    expect(sizeChange(build(321_024, 319_488))?.words).toBe("+1.5 KiB, +0.5%");
    expect(sizeChange(build(300, 400))?.words).toBe("−100 B, −25%");
    expect(sizeChange(build(400, 400))?.words).toBe("the same size");
    expect(sizeChange(build(400, 0))?.words).toBe("+400 B, +0%");
    expect(sizeChange(build(null, 400))).toBeNull();
    expect(sizeChange(build(400, null))).toBeNull();
  });
});

describe("flash parts", () => {
  it("are written in the order of their offsets", () => {
    const part = (name: string, offsetBytes: number) => ({ name, offsetBytes, sizeBytes: 1, sha256: "" });
    expect(offset(0)).toBe("0x0");
    expect(flashCommand("esp32", [part("firmware", 0x10000), part("bootloader", 0x1000), part("partitions", 0x8000)], (name) => `${name}.bin`)).toBe(
      "esptool --chip esp32 write_flash \\\n  0x1000 bootloader.bin \\\n  0x8000 partitions.bin \\\n  0x10000 firmware.bin",
    );
  });
});

describe("problems", () => {
  const message = (file: string | null, line: number | null, severity: BuildMessage["severity"], text: string): BuildMessage => ({ file, line, column: 1, severity, text });
  const resolve = (name: string) => name.replace(/^\/work\//, "");

  it("of build and language server on one line are said once, errors first", () => {
    const list = problemsOf([message("/work/a.c", 3, "error", "expected ';'"), message("a.c", 9, "warning", "unused")], [message("a.c", 3, "error", "Expected ';'"), message("b.c", 1, "error", "Unknown type"), message("b.c", 2, "note", "declared here")], resolve);
    expect(list.map((problem) => [problem.severity, problem.file, problem.line, problem.source])).toEqual([
      ["error", "/work/a.c", 3, "build"],
      ["error", "b.c", 1, "clangd"],
      ["warning", "a.c", 9, "build"],
      ["note", "b.c", 2, "clangd"],
    ]);
  });
});
