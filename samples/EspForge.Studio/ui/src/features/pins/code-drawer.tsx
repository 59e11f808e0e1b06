import { useQuery } from "@tanstack/react-query";
import { Copy, Download } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { toast } from "sonner";
import type { Plan } from "@/api/types";
import { copy } from "@/components/copyable";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { diffLines } from "@/features/pins/line-diff";
import { code, formats } from "@/features/pins/queries";
import { cn } from "@/lib/cn";
import { saveFile } from "@/lib/save-file";

interface CodeDrawerProps {
  plan: Plan;
  saved: Plan | null;
  /** Counts up with each wish to have the code in hand: its first button takes the focus. */
  wanted?: number;
}

/** The plan in any format, with what it changes against the saved one, to copy or to keep as a file. */
export function CodeDrawer({ plan, saved, wanted = 0 }: CodeDrawerProps) {
  const [format, setFormat] = useState("c-header");
  const known = useQuery(formats());
  const now = useQuery(code(plan, format));
  const before = useQuery({ ...code(saved ?? plan, format), enabled: saved !== null });
  const button = useRef<HTMLButtonElement>(null);
  const ready = now.data !== undefined;
  useEffect(() => {
    if (wanted > 0 && ready) button.current?.focus();
  }, [wanted, ready]);
  const lines = useMemo(() => (now.data ? diffLines(before.data?.content ?? now.data.content, now.data.content) : null), [now.data, before.data]);
  if (now.isLoadingError) return <ErrorPanel error={now.error} className="m-3" />;
  if (!lines || !now.data) return <Skeleton className="m-3 h-32" />;
  const { content, fileName, mediaType } = now.data;
  const changed = lines.filter((line) => line.kind !== "same").length;
  return (
    <div>
      <div className="flex flex-wrap items-center gap-2 border-b px-3 py-1.5 text-sm">
        <Select aria-label="Format" className="w-auto max-w-full min-w-0" value={format} onChange={(event) => setFormat(event.target.value)}>
          {(known.data ?? [{ id: format, title: "C header", fileName }]).map((one) => (
            <option key={one.id} value={one.id}>
              {one.title} · {one.fileName}
            </option>
          ))}
        </Select>
        <span className="caption" role="status">
          {saved === null ? "" : changed === 0 ? "as saved" : `${changed} lines differ from the saved plan`}
        </span>
        <span className="ml-auto flex gap-1.5">
          <Button ref={button} size="sm" variant="outline" onClick={() => void copy(content).then((done) => done && toast.success(`${fileName} is copied`))}>
            <Copy /> Copy
          </Button>
          <Button size="sm" variant="outline" onClick={() => saveFile(new Blob([content], { type: mediaType }), fileName)}>
            <Download /> Download
          </Button>
        </span>
      </div>
      {mediaType === "image/svg+xml" && (
        <img alt={`Pinout as in ${fileName}`} className="mx-auto max-h-[480px] max-w-full bg-white p-2" src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(content)}`} />
      )}
      <pre tabIndex={0} aria-label={fileName} data-testid="pin-code" data-format={format} className="num max-h-80 overflow-auto py-2 text-xs leading-[18px]">
        {lines.map((line, i) => (
          <div key={i} className={cn("px-3 whitespace-pre max-sm:break-all max-sm:whitespace-pre-wrap", line.kind === "added" && "bg-confirmed/12", line.kind === "removed" && "bg-failed/12 line-through opacity-80")}>
            <span aria-hidden className="mr-2 inline-block w-2 text-muted-foreground select-none">
              {line.kind === "added" ? "+" : line.kind === "removed" ? "−" : ""}
            </span>
            {line.text || " "}
          </div>
        ))}
      </pre>
    </div>
  );
}
