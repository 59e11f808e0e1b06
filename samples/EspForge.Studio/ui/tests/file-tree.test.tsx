import { fireEvent, render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { FileTree } from "@/features/projects/file-tree";
import { openFiles } from "@/features/projects/open-files";
import { checkRename } from "@/features/projects/paths";
import { dropInto, moveFolders, readUploads, refusalLines } from "@/features/projects/tree-drop";

const PATHS = ["main.c", "src/a.c", "src/deep/b.h", "lib/a.c"];

describe("moving by the pointer", () => {
  it("puts a file or a folder into the folder it is let go over", () => {
    expect(dropInto(PATHS, [], "main.c", "src")).toEqual({ to: "src/main.c" });
    expect(dropInto(PATHS, [], "src/deep/b.h", "")).toEqual({ to: "b.h" });
    expect(dropInto(PATHS, [], "src/deep", "lib")).toEqual({ to: "lib/deep" });
    expect(dropInto(PATHS, ["new"], "new", "src")).toEqual({ to: "src/new" });
    expect(dropInto(PATHS, ["new"], "main.c", "new")).toEqual({ to: "new/main.c" });
  });

  it("refuses with a sentence what makes no sense", () => {
    const why = (from: string, folder: string, empty: string[] = []) => {
      const drop = dropInto(PATHS, empty, from, folder);
      return "refused" in drop ? drop.refused : drop.to;
    };
    expect(why("src", "src")).toBe("A folder cannot go into itself.");
    expect(why("src", "src/deep")).toBe("A folder cannot go into itself.");
    expect(why("main.c", "")).toMatch(/root already/);
    expect(why("src/a.c", "src")).toMatch(/in src already/);
    expect(why("src/a.c", "lib")).toBe("There is a file of this name.");
    expect(dropInto([...PATHS, "lib/deep/c.c"], [], "src/deep", "lib")).toEqual({ refused: "There is a folder of this name." });
    expect(why("src/deep", "lib", ["lib/deep"])).toBe("There is a folder of this name.");
    expect(dropInto(["a/b/c/d/x.c", "e/f/y.c"], [], "e", "a/b/c/d")).toEqual({ refused: expect.stringMatching(/At most 6 parts/) as string });
    expect(dropInto(["x/pins.h", "main.c"], [], "x/pins.h", "")).toEqual({ refused: expect.stringMatching(/pin plan/) as string });
    expect(checkRename(["src/a.c", "lib/b.c"], "src", "lib")).toBe("There is a folder of this name.");
  });

  it("takes along folders that hold nothing yet", () => {
    expect(moveFolders(["src/new", "src", "srcs", "lib/src"], "src", "lib/src")).toEqual(["lib/src/new", "lib/src", "srcs"]);
  });
});

describe("files from the computer", () => {
  const file = (name: string, content: BlobPart) => new File([content], name);

  it("are taken when they are text that a project may have", async () => {
    const { accepted, refused } = await readUploads(
      [file("led.c", "int led;\n"), file("a.c", "x"), file("photo.png", "x"), file("bytes.txt", new Uint8Array([0xff, 0xfe, 0x00])), file("nul.txt", "a\0b"), file("led.c", "again"), file("big.txt", "x".repeat(256 * 1024 + 1)), file("grüße.md", "x")],
      "src",
      PATHS,
      0,
    );
    expect(accepted).toEqual([{ path: "src/led.c", text: "int led;\n" }]);
    expect(refused.map(({ name, why }) => [name, why.slice(0, 24)])).toEqual([
      ["a.c", "There is a file of this "],
      ["photo.png", "A file ends in .c, .h, ."],
      ["bytes.txt", "It is not text in UTF-8,"],
      ["nul.txt", "It is not text in UTF-8,"],
      ["led.c", "There is a file of this "],
      ["big.txt", expect.stringContaining("It has ")],
      ["grüße.md", "Letters, digits and . _ "],
    ]);
    expect(refusalLines(refused).split("\n")).toHaveLength(5);
    expect(refusalLines(refused)).toMatch(/and 3 others$/);
  });

  it("stop at what a project may have in all", async () => {
    const many = Array.from({ length: 199 }, (_, i) => `f${i}.c`);
    expect((await readUploads([file("x.c", "x"), file("y.c", "y")], "", many, 0)).accepted.map((one) => one.path)).toEqual(["x.c"]);
    expect((await readUploads([file("x.c", "xx"), file("y.c", "y")], "", [], 8 * 1024 * 1024 - 1)).accepted.map((one) => one.path)).toEqual(["y.c"]);
  });
});

describe("the tree", () => {
  const show = (readOnly = false) => {
    const onMove = vi.fn();
    const onFiles = vi.fn();
    render(<FileTree paths={PATHS} folders={["new"]} generated="pins.h" active="main.c" sizeBytes={10} unsaved={new Set()} problems={new Map()} readOnly={readOnly} onOpen={vi.fn()} onAction={vi.fn()} onMove={onMove} onFiles={onFiles} />);
    const row = (path: string) => document.querySelector<HTMLElement>(`[data-tree="${path}"]`)!;
    const dataTransfer = { effectAllowed: "", dropEffect: "", types: [] as string[], files: [] as File[], setData: vi.fn() };
    return { onMove, onFiles, row, dataTransfer };
  };

  it("shows which folder would take what is dragged, and moves it", () => {
    const { onMove, row, dataTransfer } = show();
    fireEvent.dragStart(row("main.c"), { dataTransfer });
    fireEvent.dragOver(row("src/a.c"), { dataTransfer });
    expect(row("src")).toHaveAttribute("data-drop");
    expect(screen.getByText("Move main.c to src")).toBeVisible();
    fireEvent.drop(row("src/a.c"), { dataTransfer });
    expect(onMove).toHaveBeenCalledExactlyOnceWith("main.c", "src/main.c");
    expect(row("src")).not.toHaveAttribute("data-drop");
  });

  it("moves nothing where a folder would go into itself", () => {
    const { onMove, row, dataTransfer } = show();
    fireEvent.dragStart(row("src"), { dataTransfer });
    fireEvent.dragOver(row("src/deep"), { dataTransfer });
    expect(dataTransfer.dropEffect).toBe("none");
    expect(screen.getByText("A folder cannot go into itself.")).toBeVisible();
    fireEvent.drop(row("src/deep"), { dataTransfer });
    expect(onMove).not.toHaveBeenCalled();
    fireEvent.drop(screen.getByRole("tree"), { dataTransfer });
    expect(onMove).not.toHaveBeenCalled();
  });

  it("lets nobody drag what is generated, or anything without the right", () => {
    const { row } = show();
    expect(row("pins.h")).not.toHaveAttribute("draggable");
    expect(row("new")).toHaveAttribute("draggable", "true");
  });

  it("takes nothing from who may only read", () => {
    const { onFiles, row, dataTransfer } = show(true);
    expect(row("main.c")).not.toHaveAttribute("draggable");
    fireEvent.drop(row("src"), { dataTransfer: { ...dataTransfer, types: ["Files"], files: [new File(["x"], "x.c")] } });
    expect(onFiles).not.toHaveBeenCalled();
  });

  it("takes files of the computer into the folder under the pointer, by a button too", () => {
    const { onFiles, row, dataTransfer } = show();
    const files = [new File(["x"], "x.c")];
    const transfer = { ...dataTransfer, types: ["Files"], files };
    fireEvent.dragOver(row("lib"), { dataTransfer: transfer });
    expect(screen.getByText("Add to lib")).toBeVisible();
    fireEvent.drop(row("lib"), { dataTransfer: transfer });
    expect(onFiles).toHaveBeenLastCalledWith(files, "lib");
    fireEvent.change(screen.getByLabelText("Files from this computer"), { target: { files } });
    expect(onFiles).toHaveBeenLastCalledWith(files, "");
  });
});

describe("open files of a folder that goes", () => {
  it("close, and the nearest that stays is shown", () => {
    const id = "p-folder";
    for (const path of ["a.c", "src/b.c", "src/c.c", "d.c"]) openFiles.open(id, path);
    expect(openFiles.closeAll(id, ["src/b.c", "src/c.c"], "src/b.c")).toBe("d.c");
    expect(openFiles.of(id)).toEqual(["a.c", "d.c"]);
    expect(openFiles.closeAll(id, ["d.c"], "d.c")).toBe("a.c");
    expect(openFiles.closeAll(id, ["a.c"], "a.c")).toBeUndefined();
    expect(openFiles.of(id)).toEqual([]);
  });
});
