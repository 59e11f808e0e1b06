import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "sonner";
import { cn } from "@/lib/cn";

export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast.error("Could not copy", { description: "The browser did not allow it. Select the text and copy it by hand." });
    return false;
  }
}

export function CopyButton({ text, what, className }: { text: string; what: string; className?: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  return (
    <button
      type="button"
      aria-label={`Copy ${what}`}
      title={done ? "Copied" : `Copy ${what}`}
      className={cn("relative z-10 inline-flex size-5 shrink-0 items-center justify-center rounded-md text-muted-foreground hover:bg-border hover:text-foreground pointer-coarse:-my-2.5 pointer-coarse:size-10", className)}
      onClick={(event) => {
        event.stopPropagation();
        event.preventDefault();
        void copy(text).then(setDone);
      }}
    >
      {done ? <Check className="size-3 text-confirmed" /> : <Copy className="size-3" />}
    </button>
  );
}

/** An id, hash or address: shortened to read, whole to copy. */
export function Id({ value, what = "id", length = 12, className }: { value: string; what?: string; length?: number; className?: string }) {
  return (
    <span className={cn("inline-flex max-w-full min-w-0 items-center gap-1 align-middle", className)}>
      <span className="num truncate" title={value}>
        {value.length > length ? `${value.slice(0, length)}…` : value}
      </span>
      <CopyButton text={value} what={what} />
    </span>
  );
}

export function CommandLine({ text, what }: { text: string; what: string }) {
  return (
    <div className="flex items-start gap-2 rounded-md border bg-background p-2">
      <pre aria-label={what} className="num min-w-0 flex-1 text-xs leading-5 break-all whitespace-pre-wrap">
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
