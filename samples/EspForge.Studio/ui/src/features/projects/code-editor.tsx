import * as monaco from "monaco-editor/editor/editor.api.js";
import "monaco-editor/features/register.all.js";
import "monaco-editor/languages/definitions/cpp/register.js";
import "monaco-editor/languages/definitions/markdown/register.js";
import EditorWorker from "monaco-editor/editor/editor.worker.js?worker";
import { useEffect, useRef } from "react";
import type { BuildMessage } from "@/api/types";
import { languageOf } from "@/features/projects/paths";
import { useMediaQuery } from "@/lib/hooks";
import { useResolvedTheme } from "@/lib/theme";

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

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
    "editorIndentGuide.background1": "#22272d",
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

export interface Place {
  line: number;
  column: number;
  /** Another number for another request to go there. */
  request: number;
}

interface CodeEditorProps {
  projectId: string;
  path: string;
  value: string;
  readOnly: boolean;
  messages: BuildMessage[];
  place: Place | null;
  onChange: (text: string) => void;
}

const views = new Map<string, monaco.editor.ICodeEditorViewState | null>();

/** One editor, one model a file; scroll and cursor of each file are kept. */
export default function CodeEditor({ projectId, path, value, readOnly, messages, place, onChange }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const changed = useRef(onChange);
  const theme = useResolvedTheme();
  const touch = useMediaQuery("(pointer: coarse)");
  const key = `file:///${projectId}/${path}`;
  useEffect(() => {
    changed.current = onChange;
  });

  useEffect(() => {
    if (!host.current) return;
    const made = monaco.editor.create(host.current, {
      model: null,
      automaticLayout: true,
      fontFamily: '"JetBrains Mono Variable", monospace',
      fontSize: 13,
      lineHeight: 20,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      padding: { top: 8, bottom: 8 },
      renderLineHighlight: "all",
      tabSize: 4,
      stickyScroll: { enabled: false },
      fixedOverflowWidgets: true,
      lineNumbersMinChars: 4,
      ariaLabel: "Code",
    });
    editor.current = made;
    return () => {
      made.dispose();
      editor.current = null;
    };
  }, []);

  useEffect(() => {
    monaco.editor.setTheme(theme === "dark" ? "espforge-dark" : "espforge-light");
  }, [theme]);

  useEffect(() => {
    editor.current?.updateOptions({ readOnly, lineNumbers: touch ? "off" : "on", ariaLabel: readOnly ? `${path}, read only` : path });
  }, [readOnly, touch, path]);

  useEffect(() => {
    const made = editor.current;
    if (!made) return;
    const uri = monaco.Uri.parse(key);
    const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(value, languageOf(path), uri);
    made.setModel(model);
    const view = views.get(key);
    if (view) made.restoreViewState(view);
    const listener = model.onDidChangeContent(() => changed.current(model.getValue()));
    return () => {
      listener.dispose();
      views.set(key, made.saveViewState());
    };
    // The text itself is followed below; a new one must not make a new model.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, path]);

  useEffect(() => {
    const model = monaco.editor.getModel(monaco.Uri.parse(key));
    if (model && model.getValue() !== value) model.setValue(value);
  }, [key, value]);

  useEffect(() => {
    const model = monaco.editor.getModel(monaco.Uri.parse(key));
    if (!model) return;
    monaco.editor.setModelMarkers(
      model,
      "build",
      messages
        .filter((message) => message.line !== null)
        .map((message) => {
          const line = Math.min(Math.max(1, message.line ?? 1), model.getLineCount());
          const column = Math.max(1, message.column ?? 1);
          const word = model.getWordAtPosition({ lineNumber: line, column });
          return {
            startLineNumber: line,
            endLineNumber: line,
            startColumn: column,
            endColumn: word?.endColumn ?? column + 1,
            message: message.text,
            severity: message.severity.includes("error") ? monaco.MarkerSeverity.Error : message.severity === "warning" ? monaco.MarkerSeverity.Warning : monaco.MarkerSeverity.Info,
          };
        }),
    );
  }, [key, messages]);

  useEffect(() => {
    if (!place) return;
    const position = { lineNumber: place.line, column: place.column };
    editor.current?.setPosition(position);
    editor.current?.revealPositionInCenter(position);
    editor.current?.focus();
  }, [place, key]);

  return <div ref={host} className="h-full w-full" data-testid="code-editor" data-path={path} />;
}
