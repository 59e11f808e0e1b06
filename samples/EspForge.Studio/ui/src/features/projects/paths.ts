import type { BuildMessage, ProjectFile } from "@/api/types";

/** Made from the pin plan at every build; shown, never written. Each toolchain looks for it in its own place. */
export function generatedPath(toolchain: string): string {
  return toolchain === "platformio" ? "include/pins.h" : toolchain === "esp-idf" ? "main/pins.h" : "pins.h";
}

export const LIMITS = { files: 200, fileBytes: 256 * 1024, projectBytes: 8 * 1024 * 1024, pathCharacters: 120, pathParts: 6 } as const;

const ENDINGS = [".c", ".h", ".cpp", ".hpp", ".cc", ".cxx", ".ino", ".S", ".s", ".ld", ".ini", ".cmake", ".txt", ".md", ".json", ".csv", ".yml", ".yaml", ".defaults", ".py"];
const NAMES = /^(Kconfig(\.projbuild)?|sdkconfig(\.defaults(\.[a-z0-9]+)?)?|\.gitignore|\.clang-format)$/;
const PART = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** The sentence that says what is wrong with a folder's path; the server has the last word. */
export function checkFolder(path: string): string | undefined {
  if (path === "") return undefined;
  if (path.length > LIMITS.pathCharacters) return `At most ${LIMITS.pathCharacters} characters.`;
  if (path.split("/").length > LIMITS.pathParts - 1) return `At most ${LIMITS.pathParts - 1} folders deep.`;
  if (!path.split("/").every((part) => PART.test(part))) return "Letters, digits and . _ - only; folders by /.";
  return undefined;
}

/** The sentence that says what is wrong with a file's path; the server has the last word. */
export function checkPath(path: string, existing: string[]): string | undefined {
  if (path === "") return undefined;
  if (path.length > LIMITS.pathCharacters) return `At most ${LIMITS.pathCharacters} characters.`;
  const parts = path.split("/");
  const name = parts[parts.length - 1] ?? "";
  if (name === "") return "Give the file a name after the folder.";
  if (parts.length > LIMITS.pathParts) return `At most ${LIMITS.pathParts} parts.`;
  if (!parts.every((part, i) => PART.test(part) || (i === parts.length - 1 && NAMES.test(part)))) return "Letters, digits and . _ - only; folders by /.";
  if (!NAMES.test(name) && !ENDINGS.some((ending) => name.endsWith(ending))) return `A file ends in ${ENDINGS.slice(0, 4).join(", ")} … ${ENDINGS.slice(-4).join(", ")}, or is a CMakeLists.txt, Kconfig or sdkconfig.`;
  if (["pins.h", "include/pins.h", "main/pins.h"].includes(path.toLowerCase())) return "pins.h is made from the pin plan; change the plan instead.";
  if (path.toLowerCase() === "espforge.json") return "espforge.json describes an exported project; give the file another name.";
  const lower = path.toLowerCase();
  if (existing.some((other) => other.toLowerCase() === lower)) return "There is a file of this name.";
  if (existing.some((other) => other.toLowerCase().startsWith(`${lower}/`) || lower.startsWith(`${other.toLowerCase()}/`))) return "A file and a folder cannot have the same name.";
  return undefined;
}

/** What moves when a file or a folder gets another path. */
export function renamed(paths: string[], from: string, to: string): [from: string, to: string][] {
  if (paths.includes(from)) return [[from, to]];
  return paths.filter((path) => path.startsWith(`${from}/`)).map((path) => [path, to + path.slice(from.length)]);
}

/** What is wrong with giving a file or a folder this path. */
export function checkRename(paths: string[], from: string, to: string): string | undefined {
  if (to === from || to === "") return undefined;
  const moves = renamed(paths, from, to);
  const isFile = paths.includes(from);
  if (!isFile && to.startsWith(`${from}/`)) return "A folder cannot go into itself.";
  const staying = paths.filter((path) => !moves.some(([old]) => old === path));
  if (!isFile) {
    const wrong = checkFolder(to) ?? (staying.some((path) => path.startsWith(`${to}/`)) ? "There is a folder of this name." : undefined);
    if (wrong) return wrong;
  }
  for (const [, next] of moves) {
    const wrong = checkPath(next, staying);
    if (wrong) return isFile ? wrong : `${next}: ${wrong}`;
  }
  return undefined;
}

/** A tool names files as it saw them; the project's own is the one with the longest common end. */
export function fileNamed(name: string, paths: string[]): string | null {
  const clean = name.replace(/^(\.\/)+/, "");
  if (paths.includes(clean)) return clean;
  const ends = paths.filter((path) => clean.endsWith(`/${path}`)).sort((a, b) => b.length - a.length);
  return ends[0] ?? null;
}

export function fileOf(message: Pick<BuildMessage, "file">, files: Pick<ProjectFile, "path">[], generated: string): string | null {
  return message.file === null ? null : fileNamed(message.file, [...files.map((file) => file.path), generated]);
}

export type LanguageId = "c" | "cpp" | "ini" | "cmake" | "yaml" | "markdown" | "json" | "python" | "plaintext";

export function languageOf(path: string): LanguageId {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "CMakeLists.txt" || name.endsWith(".cmake")) return "cmake";
  if (/^sdkconfig/.test(name) || /\.(ini|defaults)$/.test(name)) return "ini";
  if (name === ".clang-format" || /\.ya?ml$/.test(name)) return "yaml";
  if (/\.(cpp|hpp|cc|cxx|ino)$/.test(name)) return "cpp";
  if (/\.[ch]$/.test(name)) return "c";
  if (name.endsWith(".md")) return "markdown";
  if (name.endsWith(".json")) return "json";
  if (name.endsWith(".py")) return "python";
  return "plaintext";
}

/** What a person wants to see first. */
export function mainFile(paths: string[]): string | undefined {
  for (const name of ["main.c", "src/main.cpp", "src/main.c", "main/app.c", "main/main.c", "main/main.cpp"]) if (paths.includes(name)) return name;
  return [...paths].sort()[0];
}

/** A part of what is typed, in its order: the quick way to a file. Smaller is better; null does not fit. */
export function fits(path: string, typed: string): number | null {
  const text = path.toLowerCase();
  const wanted = typed.toLowerCase().replace(/\s+/g, "");
  if (wanted === "") return 0;
  const name = text.lastIndexOf("/") + 1;
  const inName = text.indexOf(wanted, name);
  if (inName >= 0) return inName - name;
  const whole = text.indexOf(wanted);
  if (whole >= 0) return 100 + whole;
  let at = -1;
  let gaps = 0;
  for (const letter of wanted) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return null;
    gaps += next - at - 1;
    at = next;
  }
  return 1000 + gaps;
}
