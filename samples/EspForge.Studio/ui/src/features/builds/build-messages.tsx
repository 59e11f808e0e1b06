import type { BuildMessage } from "@/api/types";
import { StatusShape } from "@/components/status";
import type { StatusKind } from "@/lib/status";

const KIND: Record<string, StatusKind> = { error: "failed", "fatal error": "failed", warning: "warning" };
const ORDER: Record<string, number> = { error: 0, "fatal error": 0, warning: 1 };

type Message = BuildMessage & { source?: string };

/** The messages of compiler and language server, worst first; with `onPick` a message leads to its line. */
export function BuildMessages<M extends Message>({ messages, onPick }: { messages: M[]; onPick?: (message: M) => void }) {
  const sorted = [...messages].sort((a, b) => (ORDER[a.severity] ?? 2) - (ORDER[b.severity] ?? 2));
  return (
    <ul aria-label="Problems" className="text-sm">
      {sorted.map((message, i) => {
        const place = message.file === null ? null : `${message.file}${message.line === null ? "" : `:${message.line}`}${message.column === null ? "" : `:${message.column}`}`;
        const body = (
          <>
            <StatusShape kind={KIND[message.severity] ?? "waiting"} className="mt-1" />
            <span className="sr-only">{message.severity}:</span>
            <span className="min-w-0 flex-1 break-words">{message.text}</span>
            {message.source !== undefined && <span className="caption shrink-0 max-sm:hidden">{message.source}</span>}
            {place && <span className="num caption max-w-1/2 shrink-0 wrap-anywhere">{place}</span>}
          </>
        );
        return (
          <li key={i} className="border-b last:border-b-0" data-testid="problem" data-severity={message.severity} data-source={message.source}>
            {onPick && message.file !== null ? (
              <button type="button" className="flex w-full items-start gap-2 px-3 py-1.5 text-left hover:bg-raised focus-visible:-outline-offset-2 pointer-coarse:min-h-10" onClick={() => onPick(message)}>
                {body}
              </button>
            ) : (
              <div className="flex items-start gap-2 px-3 py-1.5">{body}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}
