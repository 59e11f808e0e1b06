// The parts of the Language Server Protocol 3.17 that are spoken here, and how they map to the editor's. Positions: LSP from 0, the editor from 1, both in UTF-16.

export interface LspPosition {
  line: number;
  character: number;
}
export interface LspRange {
  start: LspPosition;
  end: LspPosition;
}
export interface LspLocation {
  uri: string;
  range: LspRange;
}
export interface LspLocationLink {
  targetUri: string;
  targetRange: LspRange;
  targetSelectionRange: LspRange;
  originSelectionRange?: LspRange;
}
export interface LspDiagnostic {
  range: LspRange;
  severity?: number;
  code?: string | number;
  source?: string;
  message: string;
  tags?: number[];
}
export interface LspTextEdit {
  range: LspRange;
  newText: string;
}
export interface LspMarkup {
  kind: "markdown" | "plaintext";
  value: string;
}
export interface LspCompletionItem {
  label: string;
  kind?: number;
  detail?: string;
  documentation?: string | LspMarkup;
  sortText?: string;
  filterText?: string;
  insertText?: string;
  insertTextFormat?: number;
  textEdit?: LspTextEdit;
  additionalTextEdits?: LspTextEdit[];
  deprecated?: boolean;
}
export interface LspCodeAction {
  title: string;
  kind?: string;
  diagnostics?: LspDiagnostic[];
  isPreferred?: boolean;
  edit?: { changes?: Record<string, LspTextEdit[]>; documentChanges?: { textDocument: { uri: string }; edits: LspTextEdit[] }[] };
}
export interface LspSymbol {
  name: string;
  detail?: string;
  kind: number;
  range: LspRange;
  selectionRange: LspRange;
  children?: LspSymbol[];
}

export interface EditorRange {
  startLineNumber: number;
  startColumn: number;
  endLineNumber: number;
  endColumn: number;
}
export interface EditorPosition {
  lineNumber: number;
  column: number;
}

export const toEditorRange = (range: LspRange): EditorRange => ({
  startLineNumber: range.start.line + 1,
  startColumn: range.start.character + 1,
  endLineNumber: range.end.line + 1,
  endColumn: range.end.character + 1,
});
export const toLspPosition = (position: EditorPosition): LspPosition => ({ line: position.lineNumber - 1, character: position.column - 1 });
export const toLspRange = (range: EditorRange): LspRange => ({
  start: { line: range.startLineNumber - 1, character: range.startColumn - 1 },
  end: { line: range.endLineNumber - 1, character: range.endColumn - 1 },
});

/** A path of the project under the root the server sees; the root may end with a slash or not. */
export function uriOf(rootUri: string, path: string): string {
  return `${rootUri.replace(/\/+$/, "")}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The project's path of a server's address, or null for what is not the project's. */
export function pathOf(rootUri: string, uri: string): string | null {
  const root = `${decoded(rootUri).replace(/\/+$/, "")}/`;
  const whole = decoded(uri);
  if (!whole.startsWith(root)) return null;
  const path = whole.slice(root.length);
  return path === "" || path.split("/").includes("..") ? null : path;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

export type SeverityWord = "error" | "warning" | "info" | "hint";
const SEVERITIES: Record<number, SeverityWord> = { 1: "error", 2: "warning", 3: "info", 4: "hint" };
export const severityOf = (severity: number | undefined): SeverityWord => SEVERITIES[severity ?? 1] ?? "error";

/** By the protocol's numbers, from 1; the names are those of the editor's own list. */
const KINDS = [
  "Text", "Method", "Function", "Constructor", "Field", "Variable", "Class", "Interface", "Module", "Property", "Unit", "Value", "Enum", "Keyword", "Snippet", "Color", "File", "Reference", "Folder",
  "EnumMember", "Constant", "Struct", "Event", "Operator", "TypeParameter",
] as const;
export const completionKind = (kind: number | undefined): (typeof KINDS)[number] => KINDS[(kind ?? 1) - 1] ?? "Text";

/** A document's change as the protocol wants it, from the editor's. */
export interface EditorChange {
  range: EditorRange;
  text: string;
}
export const toContentChanges = (changes: readonly EditorChange[]) => changes.map((change) => ({ range: toLspRange(change.range), text: change.text }));

/** Definitions come in three forms. */
export function locations(answer: LspLocation | LspLocation[] | LspLocationLink[] | null | undefined): LspLocation[] {
  if (!answer) return [];
  const list = Array.isArray(answer) ? answer : [answer];
  return list.map((one) => ("targetUri" in one ? { uri: one.targetUri, range: one.targetSelectionRange } : one));
}

/** Whether the name at the place belongs to a function that is declared there and defined elsewhere. */
export function isDeclaration(text: string, at: LspPosition): boolean {
  const rest = text.split(/\r\n|\r|\n/).slice(at.line).join("\n").slice(at.character);
  const after = /^[\w~]+\s*\(/.exec(rest);
  const end = after ? rest.slice(after[0].length).search(/[;{]/) : -1;
  return after !== null && end >= 0 && rest[after[0].length + end] === ";";
}

/** Of the files that have the name, those that may define it: sources, the namesake of the header first. */
export function likelySources(paths: readonly string[], header: string, most: number): string[] {
  const stem = (path: string) => path.slice(path.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
  const sources = [...new Set(paths)].filter((path) => path !== header && /\.(c|cpp|cc|cxx|ino)$/.test(path));
  return [...sources.filter((path) => stem(path) === stem(header)), ...sources.filter((path) => stem(path) !== stem(header))].slice(0, most);
}

export interface Completion {
  label: string;
  kind: (typeof KINDS)[number];
  detail: string | undefined;
  documentation: string | undefined;
  sortText: string | undefined;
  filterText: string | undefined;
  insertText: string;
  snippet: boolean;
  /** Null: the word at the cursor. */
  range: EditorRange | null;
  additional: { range: EditorRange; text: string }[];
  deprecated: boolean;
}

/** clangd puts a space or a dot before a label to say whether an include comes with it. */
export function completion(item: LspCompletionItem): Completion {
  return {
    label: item.label.replace(/^[\s•]+/, ""),
    kind: completionKind(item.kind),
    detail: item.detail,
    documentation: typeof item.documentation === "string" ? item.documentation : item.documentation?.value,
    sortText: item.sortText,
    filterText: item.filterText,
    insertText: item.textEdit?.newText ?? item.insertText ?? item.label.trim(),
    snippet: item.insertTextFormat === 2,
    range: item.textEdit ? toEditorRange(item.textEdit.range) : null,
    additional: (item.additionalTextEdits ?? []).map((edit) => ({ range: toEditorRange(edit.range), text: edit.newText })),
    deprecated: item.deprecated === true,
  };
}

/** What this client can do, told to the server. */
export const CAPABILITIES = {
  general: { positionEncodings: ["utf-16"] },
  offsetEncoding: ["utf-16"],
  textDocument: {
    synchronization: { didSave: true },
    publishDiagnostics: { relatedInformation: false, tagSupport: { valueSet: [1, 2] }, codeActionsInline: false },
    completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown", "plaintext"], deprecatedSupport: true, insertReplaceSupport: false } },
    hover: { contentFormat: ["markdown", "plaintext"] },
    definition: { linkSupport: true },
    signatureHelp: { signatureInformation: { documentationFormat: ["markdown", "plaintext"], parameterInformation: { labelOffsetSupport: true } } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix"] } } },
    formatting: {},
    references: {},
  },
  workspace: { configuration: false, workspaceFolders: false },
} as const;
