import type { Connected } from "@/features/projects/language/connection";
import {
  completion,
  isDeclaration,
  locations,
  toEditorRange,
  toLspPosition,
  toLspRange,
  type LspCodeAction,
  type LspCompletionItem,
  type LspDiagnostic,
  type LspLocation,
  type LspLocationLink,
  type LspMarkup,
  type LspRange,
  type LspSymbol,
  type LspTextEdit,
} from "@/features/projects/language/protocol";
import { monaco } from "@/features/projects/monaco";

type Model = monaco.editor.ITextModel;

/** What the providers need of the session a model belongs to. */
export interface Document {
  connected: Connected;
  uri: string;
  diagnostics: readonly LspDiagnostic[];
  /** The editor's model of a server's address, loaded if need be; null for what is not the project's. */
  resolve: (uri: string) => Promise<Model | null>;
  /**
   * The server knows the bodies of open files only, so a call leads it to a declaration. Opens the files of the project that have the name, one after the other,
   * until `found` says so.
   */
  openSources: (declaration: LspLocation, name: string, found: () => Promise<boolean>) => Promise<void>;
  /** Said when something is defined outside of the project. */
  outside: (uri: string) => void;
}

const SELECTOR = ["c", "cpp"];
const { CompletionItemKind, CompletionItemInsertTextRule, CompletionItemTag } = monaco.languages;
const DEFAULT_TRIGGERS = [".", ">", ":", "\"", "<", "/"];

function signalOf(token: monaco.CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

const markdown = (value: string | LspMarkup | undefined) => (value === undefined ? undefined : typeof value === "string" || value.kind === "plaintext" ? (typeof value === "string" ? value : value.value) : { value: value.value });

/** The editor asks once for every C and C++ file; which server answers is found by the model. */
export function registerProviders(find: (model: Model) => Document | null): monaco.IDisposable[] {
  /** A request that fails is one without an answer: typing goes on. */
  const ask = async <T>(model: Model, method: string, more: object, token: monaco.CancellationToken): Promise<{ document: Document; answer: T } | null> => {
    const document = find(model);
    if (!document) return null;
    try {
      const answer = await document.connected.peer.request<T>(method, { textDocument: { uri: document.uri }, ...more }, signalOf(token));
      return model.isDisposed() ? null : { document, answer };
    } catch {
      return null;
    }
  };
  const { languages } = monaco;

  const places = async (found: { document: Document; answer: LspLocation | LspLocation[] | LspLocationLink[] | null } | null) => {
    if (!found) return null;
    const result: monaco.languages.Location[] = [];
    const all = locations(found.answer);
    for (const place of all) {
      const model = await found.document.resolve(place.uri);
      if (model) result.push({ uri: model.uri, range: toEditorRange(place.range) });
    }
    const first = all[0];
    if (result.length === 0 && first) found.document.outside(first.uri);
    return result;
  };

  return [
    languages.registerCompletionItemProvider(SELECTOR, {
      triggerCharacters: DEFAULT_TRIGGERS,
      async provideCompletionItems(model, position, context, token) {
        const lsp = context.triggerCharacter === undefined ? { triggerKind: 1 } : { triggerKind: 2, triggerCharacter: context.triggerCharacter };
        const found = await ask<LspCompletionItem[] | { isIncomplete: boolean; items: LspCompletionItem[] } | null>(model, "textDocument/completion", { position: toLspPosition(position), context: lsp }, token);
        if (!found?.answer) return { suggestions: [] };
        const list = Array.isArray(found.answer) ? { isIncomplete: false, items: found.answer } : found.answer;
        const word = model.getWordUntilPosition(position);
        const here = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: word.startColumn, endColumn: word.endColumn };
        return {
          incomplete: list.isIncomplete,
          suggestions: list.items.map((item) => {
            const one = completion(item);
            return {
              label: one.label,
              kind: CompletionItemKind[one.kind as keyof typeof CompletionItemKind] ?? CompletionItemKind.Text,
              insertText: one.insertText,
              range: one.range ?? here,
              additionalTextEdits: one.additional,
              ...(one.snippet ? { insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet } : {}),
              ...(one.detail === undefined ? {} : { detail: one.detail }),
              ...(one.documentation === undefined ? {} : { documentation: one.documentation }),
              ...(one.sortText === undefined ? {} : { sortText: one.sortText }),
              ...(one.filterText === undefined ? {} : { filterText: one.filterText }),
              ...(one.deprecated ? { tags: [CompletionItemTag.Deprecated] } : {}),
            };
          }),
        };
      },
    }),
    languages.registerHoverProvider(SELECTOR, {
      async provideHover(model, position, token) {
        const found = await ask<{ contents: string | LspMarkup; range?: LspRange } | null>(model, "textDocument/hover", { position: toLspPosition(position) }, token);
        if (!found?.answer) return null;
        const { contents, range } = found.answer;
        const value = typeof contents === "string" ? contents : contents.value;
        return value.trim() === "" ? null : { contents: [{ value }], ...(range ? { range: toEditorRange(range) } : {}) };
      },
    }),
    languages.registerDefinitionProvider(SELECTOR, {
      async provideDefinition(model, position, token) {
        const where = () => ask<LspLocation | LspLocation[] | LspLocationLink[] | null>(model, "textDocument/definition", { position: toLspPosition(position) }, token);
        let answer = await where();
        const declaration = locations(answer?.answer)[0];
        const name = model.getWordAtPosition(position)?.word;
        const header = answer && declaration && name ? await answer.document.resolve(declaration.uri) : null;
        if (answer && declaration && name && header && isDeclaration(header.getValue(), declaration.range.start)) {
          await answer.document.openSources(declaration, name, async () => {
            if (token.isCancellationRequested) return true;
            const next = await where();
            const place = locations(next?.answer)[0];
            if (!place || (place.uri === declaration.uri && place.range.start.line === declaration.range.start.line)) return false;
            answer = next;
            return true;
          });
        }
        return places(answer);
      },
    }),
    languages.registerReferenceProvider(SELECTOR, {
      provideReferences: async (model, position, context, token) => places(await ask(model, "textDocument/references", { position: toLspPosition(position), context }, token)),
    }),
    languages.registerSignatureHelpProvider(SELECTOR, {
      signatureHelpTriggerCharacters: ["(", ","],
      async provideSignatureHelp(model, position, token) {
        interface Help {
          signatures: { label: string; documentation?: string | LspMarkup; parameters?: { label: string | [number, number]; documentation?: string | LspMarkup }[] }[];
          activeSignature?: number;
          activeParameter?: number;
        }
        const found = await ask<Help | null>(model, "textDocument/signatureHelp", { position: toLspPosition(position) }, token);
        if (!found?.answer || found.answer.signatures.length === 0) return null;
        const { signatures, activeParameter = 0, activeSignature = 0 } = found.answer;
        return {
          value: {
            activeParameter,
            activeSignature,
            signatures: signatures.map((signature) => ({
              label: signature.label,
              documentation: markdown(signature.documentation) ?? "",
              parameters: (signature.parameters ?? []).map((parameter) => ({ label: parameter.label, documentation: markdown(parameter.documentation) ?? "" })),
            })),
          },
          dispose: () => undefined,
        };
      },
    }),
    languages.registerDocumentSymbolProvider(SELECTOR, {
      displayName: "clangd",
      async provideDocumentSymbols(model, token) {
        const found = await ask<LspSymbol[] | null>(model, "textDocument/documentSymbol", {}, token);
        const show = (symbol: LspSymbol): monaco.languages.DocumentSymbol => ({
          name: symbol.name,
          detail: symbol.detail ?? "",
          kind: (symbol.kind - 1) as monaco.languages.SymbolKind,
          tags: [],
          range: toEditorRange(symbol.range),
          selectionRange: toEditorRange(symbol.selectionRange),
          children: (symbol.children ?? []).map(show),
        });
        return (found?.answer ?? []).map(show);
      },
    }),
    languages.registerDocumentFormattingEditProvider(SELECTOR, {
      displayName: "clangd",
      async provideDocumentFormattingEdits(model, options, token) {
        const found = await ask<LspTextEdit[] | null>(model, "textDocument/formatting", { options: { tabSize: options.tabSize, insertSpaces: options.insertSpaces } }, token);
        return (found?.answer ?? []).map((edit) => ({ range: toEditorRange(edit.range), text: edit.newText }));
      },
    }),
    languages.registerCodeActionProvider(
      SELECTOR,
      {
        async provideCodeActions(model, range, _context, token) {
          const document = find(model);
          if (!document) return { actions: [], dispose: () => undefined };
          const here = toLspRange(range);
          const touched = document.diagnostics.filter((one) => one.range.start.line <= here.end.line && one.range.end.line >= here.start.line);
          const found = touched.length === 0 ? null : await ask<LspCodeAction[] | null>(model, "textDocument/codeAction", { range: here, context: { diagnostics: touched, only: ["quickfix"] } }, token);
          const actions: monaco.languages.CodeAction[] = [];
          for (const action of found?.answer ?? []) {
            const changes = action.edit?.documentChanges?.map((change) => [change.textDocument.uri, change.edits] as const) ?? Object.entries(action.edit?.changes ?? {});
            const edits: monaco.languages.IWorkspaceTextEdit[] = [];
            for (const [uri, list] of changes) {
              const target = await document.resolve(uri);
              if (target) edits.push(...list.map((edit) => ({ resource: target.uri, versionId: undefined, textEdit: { range: toEditorRange(edit.range), text: edit.newText } })));
            }
            if (edits.length > 0) actions.push({ title: action.title, kind: "quickfix", edit: { edits }, ...(action.isPreferred ? { isPreferred: true } : {}) });
          }
          return { actions, dispose: () => undefined };
        },
      },
      { providedCodeActionKinds: ["quickfix"] },
    ),
  ];
}
