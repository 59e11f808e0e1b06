import { useEffect, useRef } from "react";
import { EDITOR_OPTIONS, keepHovers, monaco, themeName } from "@/features/projects/monaco";
import { languageOf } from "@/features/projects/paths";
import { useMediaQuery } from "@/lib/hooks";
import { useResolvedTheme } from "@/lib/theme";

interface DiffEditorProps {
  path: string;
  before: string;
  after: string;
  label: string;
}

/** Two texts beside each other, or below on a narrow screen. */
export default function DiffEditor({ path, before, after, label }: DiffEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const theme = useResolvedTheme();
  const wide = useMediaQuery("(min-width: 900px)");

  useEffect(() => {
    if (!host.current) return;
    const language = path === "" ? "json" : languageOf(path);
    const original = monaco.editor.createModel(before, language);
    const modified = monaco.editor.createModel(after, language);
    const made = monaco.editor.createDiffEditor(host.current, {
      ...EDITOR_OPTIONS,
      readOnly: true,
      originalEditable: false,
      renderSideBySide: wide,
      useInlineViewWhenSpaceIsLimited: false,
      hideUnchangedRegions: { enabled: true },
      originalAriaLabel: `${label}: before`,
      modifiedAriaLabel: `${label}: after`,
    });
    made.setModel({ original, modified });
    keepHovers();
    return () => {
      made.dispose();
      original.dispose();
      modified.dispose();
    };
  }, [path, before, after, label, wide]);

  useEffect(() => {
    monaco.editor.setTheme(themeName(theme));
  }, [theme]);

  return <div ref={host} className="h-full w-full" data-testid="diff-editor" data-path={path} role="region" aria-label={label} />;
}
