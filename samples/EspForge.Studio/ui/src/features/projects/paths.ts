import type { BuildMessage, ProjectFile } from "@/api/types";

/** Made from the pin plan at every build; shown, never written. */
export const GENERATED = "pins.h";
const ENDINGS = [".c", ".h", ".md", ".txt", ".json"];

/** The sentence that says what is wrong with a new file's path; the server has the last word. */
export function checkPath(path: string, existing: string[]): string | undefined {
  if (path === "") return undefined;
  if (path.length > 120) return "At most 120 characters.";
  if (!path.split("/").every((segment) => /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(segment))) return "Letters, digits and . _ - only; folders by /.";
  if (!ENDINGS.some((ending) => path.endsWith(ending))) return `A file ends in ${ENDINGS.join(", ")}.`;
  if (path.toLowerCase() === GENERATED) return "pins.h is made from the pin plan; change the plan instead.";
  if (existing.some((other) => other.toLowerCase() === path.toLowerCase())) return "There is a file of this name.";
  return undefined;
}

/** Compilers name files as they saw them; find the project's own by the longest common end. */
export function fileOf(message: BuildMessage, files: Pick<ProjectFile, "path">[]): string | null {
  if (message.file === null) return null;
  const name = message.file.replace(/^\.\//, "");
  const known = [...files.map((file) => file.path), GENERATED];
  if (known.includes(name)) return name;
  const ends = known.filter((path) => name.endsWith(`/${path}`)).sort((a, b) => b.length - a.length);
  return ends[0] ?? null;
}

export function languageOf(path: string): "c" | "markdown" | "plaintext" {
  if (/\.[ch]$/.test(path)) return "c";
  return path.endsWith(".md") ? "markdown" : "plaintext";
}

/** main.c first, then folders and files by name, the generated header last. */
export function sortPaths(paths: string[]): string[] {
  const rank = (path: string) => (path === "main.c" ? 0 : path === GENERATED ? 3 : path.includes("/") ? 2 : 1);
  return [...paths].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}
