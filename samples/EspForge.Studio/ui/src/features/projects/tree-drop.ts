import { checkPath, checkRename, LIMITS } from "@/features/projects/paths";
import { parentOf } from "@/features/projects/tree";
import { bytes, plural } from "@/lib/format";

/** What letting go of a file or a folder over another folder does: a new path, or nothing and a sentence why. */
export type Drop = { to: string } | { refused: string };

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** `folder` is "" for the root; `empty` are folders that hold nothing yet. */
export function dropInto(paths: string[], empty: string[], from: string, folder: string): Drop {
  if (parentOf(from) === folder) return { refused: folder === "" ? "It is at the root already." : `It is in ${folder} already.` };
  const isFile = paths.includes(from);
  if (!isFile && (folder === from || folder.startsWith(`${from}/`))) return { refused: "A folder cannot go into itself." };
  const to = folder === "" ? nameOf(from) : `${folder}/${nameOf(from)}`;
  const wrong = checkRename(paths, from, to) ?? (!isFile && empty.includes(to) ? "There is a folder of this name." : undefined);
  return wrong === undefined ? { to } : { refused: wrong };
}

/** Folders that hold nothing yet follow the one above them. */
export const moveFolders = (empty: string[], from: string, to: string): string[] => [
  ...new Set(empty.map((one) => (one === from ? to : one.startsWith(`${from}/`) ? to + one.slice(from.length) : one))),
];

export interface Upload {
  path: string;
  text: string;
}
export interface Uploads {
  accepted: Upload[];
  refused: { name: string; why: string }[];
}

/** The texts among what was brought from the computer, and why the rest is not taken. Nothing is replaced. */
export async function readUploads(files: readonly File[], folder: string, paths: string[], sizeBytes: number): Promise<Uploads> {
  const result: Uploads = { accepted: [], refused: [] };
  const taken = [...paths];
  let total = sizeBytes;
  for (const file of files) {
    const path = folder === "" ? file.name : `${folder}/${file.name}`;
    const why =
      file.name === ""
        ? "It has no name."
        : taken.length >= LIMITS.files
          ? `A project has at most ${LIMITS.files} files.`
          : file.size > LIMITS.fileBytes
            ? `It has ${bytes(file.size)}; a file has at most ${bytes(LIMITS.fileBytes)}.`
            : total + file.size > LIMITS.projectBytes
              ? `A project has at most ${bytes(LIMITS.projectBytes)}.`
              : checkPath(path, taken);
    const text = why === undefined ? await textOf(file) : null;
    if (why !== undefined || text === null) {
      result.refused.push({ name: file.name, why: why ?? "It is not text in UTF-8, or it is a folder." });
      continue;
    }
    result.accepted.push({ path, text });
    taken.push(path);
    total += file.size;
  }
  return result;
}

async function textOf(file: File): Promise<string | null> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

const SHOWN = 4;

/** "a.bin: It is not text …", each in a line, the first few of many. */
export function refusalLines(refused: Uploads["refused"]): string {
  const lines = refused.slice(0, SHOWN).map(({ name, why }) => `${name}: ${why}`);
  return [...lines, ...(refused.length > SHOWN ? [`and ${plural(refused.length - SHOWN, "other")}`] : [])].join("\n");
}
