import type { LogLine } from "@/api/types";

const ESC = "\u001b";
// What a program under build prints is not trusted: of its control sequences only colours reach the terminal.
const SEQUENCE = new RegExp(`${ESC}(?:\\[([0-?]*)[ -/]*([@-~])|[\\]PX^_][^${ESC}\\u0007]*(?:\\u0007|${ESC}\\\\)?|[ -/]*[0-~]?)`, "g");
const CONTROLS = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;

export function keepColours(text: string): string {
  const whole = text.replace(/\r+$/, "");
  // A progress bar writes over its own line: its last state counts.
  return whole
    .slice(whole.lastIndexOf("\r") + 1)
    .replace(SEQUENCE, (_whole, parameters: string | undefined, final: string | undefined) => (final === "m" && /^[\d;:]*$/.test(parameters ?? "") ? `${ESC}[${parameters ?? ""}m` : ""))
    .replace(CONTROLS, "");
}

const paint = (code: string, text: string) => `${ESC}[${code}m${text}${ESC}[0m`;

/** A line as the terminal shows it: with its own colours, or with those of what it says. */
export function terminalLine(line: LogLine): string {
  const text = keepColours(line.text);
  if (text.includes(ESC)) return `${text}${ESC}[0m`;
  if (/\b(error|fatal error|panic|assert failed):/i.test(text) || /^\*\*\* .*Error \d+$/.test(text) || /\[FAILED\]/.test(text)) return paint("31", text);
  if (/\bwarning:/i.test(text)) return paint("33", text);
  if (/\bnote:/i.test(text)) return paint("36", text);
  if (/\[SUCCESS\]/.test(text)) return paint("32", text);
  return line.stream === "info" ? paint("36", text) : text;
}
