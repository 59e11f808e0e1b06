import * as monaco from "monaco-editor/editor/editor.api.js";
import "monaco-editor/features/register.all.js";
import "monaco-editor/languages/definitions/cpp/register.js";
import "monaco-editor/languages/definitions/ini/register.js";
import "monaco-editor/languages/definitions/markdown/register.js";
import "monaco-editor/languages/definitions/python/register.js";
import "monaco-editor/languages/definitions/yaml/register.js";
import EditorWorker from "monaco-editor/editor/editor.worker.js?worker";
import { languageOf } from "@/features/projects/paths";

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

// The full JSON language brings a worker of its own for schemas; colours need none.
monaco.languages.register({ id: "json", extensions: [".json"] });
monaco.languages.setMonarchTokensProvider("json", {
  tokenizer: {
    root: [
      [/"(?:[^"\\]|\\.)*"(?=\s*:)/, "type"],
      [/"(?:[^"\\]|\\.)*"/, "string"],
      [/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/, "number"],
      [/\b(?:true|false|null)\b/, "keyword"],
    ],
  },
});
monaco.languages.setLanguageConfiguration("json", { brackets: [["{", "}"], ["[", "]"]], autoClosingPairs: [{ open: "{", close: "}" }, { open: "[", close: "]" }, { open: '"', close: '"', notIn: ["string"] }] });

monaco.languages.register({ id: "cmake" });
monaco.languages.setMonarchTokensProvider("cmake", {
  ignoreCase: true,
  defaultToken: "",
  tokenizer: {
    root: [
      [/#\[(=*)\[/, { token: "comment", next: "@block.$1" }],
      [/#.*$/, "comment"],
      [/"/, { token: "string", next: "@string" }],
      [/\$(?:ENV)?\{[^}]*\}/, "number"],
      [/\b(?:if|elseif|else|endif|foreach|endforeach|while|endwhile|function|endfunction|macro|endmacro|return|break|include|project|cmake_minimum_required|idf_component_register)\b(?=\s*\()/, "keyword"],
      [/[a-z_]\w*(?=\s*\()/, "type"],
      [/\b(?:PRIVATE|PUBLIC|INTERFACE|REQUIRED|SRCS|INCLUDE_DIRS|REQUIRES|PRIV_REQUIRES|ON|OFF|TRUE|FALSE|AND|OR|NOT|VERSION)\b/, "keyword.directive"],
      [/\b\d+(?:\.\d+)*\b/, "number"],
    ],
    string: [
      [/[^"\\$]+/, "string"],
      [/\\./, "string"],
      [/\$\{[^}]*\}/, "number"],
      [/"/, { token: "string", next: "@pop" }],
      [/\$/, "string"],
    ],
    block: [
      [/\](=*)\]/, { cases: { "$1==$S2": { token: "comment", next: "@pop" }, "@default": "comment" } }],
      [/[^\]]+/, "comment"],
      [/\]/, "comment"],
    ],
  },
});
monaco.languages.setLanguageConfiguration("cmake", { comments: { lineComment: "#" }, brackets: [["(", ")"]], autoClosingPairs: [{ open: "(", close: ")" }, { open: '"', close: '"', notIn: ["string"] }] });

monaco.editor.defineTheme("espforge-dark", {
  base: "vs-dark",
  inherit: true,
  rules: [
    { token: "comment", foreground: "8a93a0" },
    { token: "keyword", foreground: "7cc7e8" },
    { token: "keyword.directive", foreground: "c3a6f2" },
    { token: "string", foreground: "9bd6a3" },
    { token: "number", foreground: "e8b0c8" },
    { token: "type", foreground: "7cc7e8" },
  ],
  colors: {
    "editor.background": "#0d1014",
    "editor.foreground": "#e6e9ed",
    "editorLineNumber.foreground": "#707984",
    "editorLineNumber.activeForeground": "#e6e9ed",
    "editor.lineHighlightBackground": "#15191e",
    "editor.lineHighlightBorder": "#00000000",
    "editor.selectionBackground": "#2b4a59",
    "editorCursor.foreground": "#e3b04b",
    "editorWidget.background": "#1b1f25",
    "editorWidget.border": "#2c323a",
    "editorSuggestWidget.background": "#1b1f25",
    "editorHoverWidget.background": "#1b1f25",
    "editorIndentGuide.background1": "#22272d",
    "diffEditor.insertedLineBackground": "#1d4a2b55",
    "diffEditor.removedLineBackground": "#5a232655",
    focusBorder: "#e3b04b",
  },
});
monaco.editor.defineTheme("espforge-light", {
  base: "vs",
  inherit: true,
  rules: [
    { token: "comment", foreground: "5f6873" },
    { token: "keyword", foreground: "0b5f86" },
    { token: "keyword.directive", foreground: "6a3aa8" },
    { token: "string", foreground: "1d6b35" },
    { token: "number", foreground: "96285f" },
    { token: "type", foreground: "0b5f86" },
  ],
  colors: {
    "editor.background": "#ffffff",
    "editor.foreground": "#181c21",
    "editorLineNumber.foreground": "#7a838d",
    "editor.lineHighlightBackground": "#f3f5f7",
    "editor.lineHighlightBorder": "#00000000",
    focusBorder: "#b0700f",
  },
});

export const themeName = (theme: "dark" | "light") => (theme === "dark" ? "espforge-dark" : "espforge-light");

export const EDITOR_OPTIONS = {
  automaticLayout: true,
  fontFamily: '"JetBrains Mono Variable", monospace',
  fontSize: 13,
  lineHeight: 20,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  fixedOverflowWidgets: true,
  lineNumbersMinChars: 4,
  stickyScroll: { enabled: false },
} satisfies monaco.editor.IEditorConstructionOptions;

/** The editor's own address of a file: `file:///PROJECT/PATH`. */
export const modelUri = (projectId: string, path: string) => monaco.Uri.parse(`file:///${projectId}/${path.split("/").map(encodeURIComponent).join("/")}`);

export function pathOfModel(uri: monaco.Uri): { projectId: string; path: string } | null {
  const [, projectId, ...rest] = uri.path.split("/");
  return uri.scheme === "file" && projectId && rest.length > 0 ? { projectId, path: rest.join("/") } : null;
}

export function findModel(projectId: string, path: string): monaco.editor.ITextModel | null {
  return monaco.editor.getModel(modelUri(projectId, path));
}

/** One model a file, whoever asks first. */
export function modelOf(projectId: string, path: string, text: string): monaco.editor.ITextModel {
  return findModel(projectId, path) ?? monaco.editor.createModel(text, languageOf(path), modelUri(projectId, path));
}

let replacing = 0;
/** While true the text changes because it was loaded, not because somebody types. */
export const isReplacing = () => replacing > 0;

/** Another text from outside: the way back by undo stays. */
export function replaceText(model: monaco.editor.ITextModel, text: string) {
  if (model.getValue() === text) return;
  replacing++;
  try {
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
  } finally {
    replacing--;
  }
}

let keeper: monaco.editor.IStandaloneCodeEditor | null = null;

/**
 * To be called after an editor was made. Every hover of every editor is made by the one that was created last, also when that is long gone
 * (monaco-editor 0.57, standaloneCodeEditor.js), and fails then; so the last one is always this one, which stays and is never seen.
 */
export function keepHovers() {
  const before = keeper;
  keeper = monaco.editor.create(document.createElement("div"), { model: null });
  before?.dispose();
}

export { monaco };
