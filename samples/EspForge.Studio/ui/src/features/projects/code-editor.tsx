import { useEffect, useRef } from "react";
import type { BuildMessage } from "@/api/types";
import { languageControl } from "@/features/projects/language/state";
import { openLanguage, type LanguageUse } from "@/features/projects/language/session";
import { EDITOR_OPTIONS, findModel, isReplacing, keepHovers, modelOf, modelUri, monaco, pathOfModel, replaceText, themeName } from "@/features/projects/monaco";
import { useMediaQuery } from "@/lib/hooks";
import { useResolvedTheme } from "@/lib/theme";

export interface Place {
  path: string;
  line: number;
  column: number;
  /** What is marked from there on. */
  length?: number;
  /** Another number for another request to go there. */
  request: number;
}

interface CodeEditorProps {
  projectId: string;
  path: string;
  /** Every file there is: what is no more is forgotten. */
  paths: string[];
  generated: string;
  value: string;
  readOnly: boolean;
  messages: BuildMessage[];
  place: Place | null;
  onChange: (text: string) => void;
  onCursor: (line: number, column: number) => void;
  onOpen: (path: string, line: number, column: number) => void;
  readFile: (path: string) => Promise<string | null>;
}

const views = new Map<string, monaco.editor.ICodeEditorViewState | null>();
const BUILD = "build";
/** The request that was followed last: coming back to the file later does not repeat it. */
let followed = 0;

/** One editor, one model a file; scroll and cursor of each file are kept. */
export default function CodeEditor({ projectId, path, paths, generated, value, readOnly, messages, place, onChange, onCursor, onOpen, readFile }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const latest = useRef({ onChange, onCursor, onOpen, readFile });
  const language = useRef<LanguageUse | null>(null);
  const theme = useResolvedTheme();
  const touch = useMediaQuery("(pointer: coarse)");
  const key = modelUri(projectId, path).toString();
  useEffect(() => {
    latest.current = { onChange, onCursor, onOpen, readFile };
  });

  useEffect(() => {
    if (!host.current) return;
    const made = monaco.editor.create(host.current, { ...EDITOR_OPTIONS, model: null, padding: { top: 8, bottom: 8 }, renderLineHighlight: "all", tabSize: 4, ariaLabel: "Code", "semanticHighlighting.enabled": false });
    editor.current = made;
    keepHovers();
    made.addAction({ id: "espforge.commands", label: "Commands of the editor", keybindings: [monaco.KeyMod.CtrlCmd | monaco.KeyMod.Shift | monaco.KeyCode.KeyP], run: (one) => one.trigger("", "editor.action.quickCommand", null) });
    const cursor = made.onDidChangeCursorPosition((event) => latest.current.onCursor(event.position.lineNumber, event.position.column));
    const opener = monaco.editor.registerEditorOpener({
      openCodeEditor(_source, resource, at) {
        const target = pathOfModel(resource);
        if (target?.projectId !== projectId) return false;
        const line = at === undefined ? 1 : "startLineNumber" in at ? at.startLineNumber : at.lineNumber;
        const column = at === undefined ? 1 : "startColumn" in at ? at.startColumn : at.column;
        latest.current.onOpen(target.path, line, column);
        return true;
      },
    });
    return () => {
      cursor.dispose();
      opener.dispose();
      const model = made.getModel();
      if (model) views.set(model.uri.toString(), made.saveViewState());
      made.dispose();
      editor.current = null;
    };
  }, [projectId]);

  useEffect(() => {
    const use = openLanguage(projectId, generated, (name) => latest.current.readFile(name));
    language.current = use;
    languageControl.set(projectId, use);
    return () => {
      language.current = null;
      languageControl.set(projectId, null);
      use.release();
    };
  }, [projectId, generated]);

  useEffect(() => {
    monaco.editor.setTheme(themeName(theme));
  }, [theme]);

  useEffect(() => {
    editor.current?.updateOptions({ readOnly, lineNumbers: touch ? "off" : "on", ariaLabel: readOnly ? `${path}, read only` : path });
  }, [readOnly, touch, path]);

  useEffect(() => {
    const made = editor.current;
    if (!made) return;
    const model = modelOf(projectId, path, value);
    made.setModel(model);
    const view = views.get(key);
    if (view) made.restoreViewState(view);
    const at = made.getPosition();
    latest.current.onCursor(at?.lineNumber ?? 1, at?.column ?? 1);
    const listener = model.onDidChangeContent((event) => {
      if (isReplacing()) return;
      language.current?.wake();
      // A message of the last build is old as soon as its line is another.
      const touched = (line: number) => event.changes.some((change) => line >= change.range.startLineNumber && line <= change.range.endLineNumber);
      const markers = monaco.editor.getModelMarkers({ owner: BUILD, resource: model.uri });
      if (markers.some((marker) => touched(marker.startLineNumber))) monaco.editor.setModelMarkers(model, BUILD, markers.filter((marker) => !touched(marker.startLineNumber)));
      latest.current.onChange(model.getValue());
    });
    return () => {
      listener.dispose();
      // With the editor itself gone it is kept already.
      if (editor.current === made) views.set(key, made.saveViewState());
    };
    // The text itself is followed below; a new one must not make a new model.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, path, projectId]);

  useEffect(() => {
    const model = findModel(projectId, path);
    if (model) replaceText(model, value);
  }, [projectId, path, value]);

  useEffect(() => {
    for (const model of monaco.editor.getModels()) {
      const at = pathOfModel(model.uri);
      if (at?.projectId !== projectId || at.path === generated || paths.includes(at.path)) continue;
      views.delete(model.uri.toString());
      model.dispose();
    }
  }, [projectId, generated, paths]);

  useEffect(() => {
    const model = findModel(projectId, path);
    if (!model) return;
    monaco.editor.setModelMarkers(
      model,
      BUILD,
      messages
        .filter((message) => message.line !== null)
        .map((message) => {
          const line = Math.min(Math.max(1, message.line ?? 1), model.getLineCount());
          const column = Math.min(Math.max(1, message.column ?? 1), model.getLineMaxColumn(line));
          const word = model.getWordAtPosition({ lineNumber: line, column });
          return {
            startLineNumber: line,
            endLineNumber: line,
            startColumn: column,
            endColumn: word?.endColumn ?? column + 1,
            message: message.text,
            source: BUILD,
            severity: message.severity.includes("error") ? monaco.MarkerSeverity.Error : message.severity === "warning" ? monaco.MarkerSeverity.Warning : monaco.MarkerSeverity.Info,
          };
        }),
    );
  }, [projectId, path, messages]);

  useEffect(() => {
    const made = editor.current;
    if (!place || !made || place.path !== path || place.request <= followed) return;
    followed = place.request;
    const range = { startLineNumber: place.line, endLineNumber: place.line, startColumn: place.column, endColumn: place.column + (place.length ?? 0) };
    made.setSelection(range);
    made.revealRangeInCenter(range);
    made.focus();
  }, [place, path]);

  return <div ref={host} className="h-full w-full" data-testid="code-editor" data-path={path} />;
}
