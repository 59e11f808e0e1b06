import type { BuildMessage } from "@/api/types";

export interface Problem extends BuildMessage {
  source: "build" | "clangd";
}

const rank = (problem: Problem) => (problem.severity.includes("error") ? 0 : problem.severity === "warning" ? 1 : 2);

/** What both the build and the language server say is said once; worst first, then by place. */
export function problemsOf(build: readonly BuildMessage[], typing: readonly BuildMessage[], resolve: (name: string) => string | null): Problem[] {
  const result: Problem[] = build.map((message) => ({ ...message, source: "build" }));
  const place = (message: BuildMessage) => `${message.file === null ? "" : (resolve(message.file) ?? message.file)}:${message.line}`;
  const known = new Set(build.map(place));
  for (const message of typing) if (!known.has(place(message))) result.push({ ...message, source: "clangd" });
  return result.sort((a, b) => rank(a) - rank(b) || (a.file ?? "").localeCompare(b.file ?? "") || (a.line ?? 0) - (b.line ?? 0));
}
