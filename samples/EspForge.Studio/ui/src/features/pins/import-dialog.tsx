import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/api/error";
import type { Imported, Plan } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { StatusShape } from "@/components/status";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select, Textarea } from "@/components/ui/input";
import { importPlan } from "@/features/pins/queries";

interface ImportDialogProps {
  board: string;
  onTake: (plan: Plan) => void;
  onClose: () => void;
}

const MAX = 262_144;

/** Pins out of what a project already has: a header, an ESPHome configuration, a platformio.ini, or a plan. */
export function ImportDialog({ board, onTake, onClose }: ImportDialogProps) {
  const [text, setText] = useState("");
  const [fileName, setFileName] = useState<string | undefined>();
  const [format, setFormat] = useState("");
  const [choice, setChoice] = useState("");
  const [problem, setProblem] = useState<string | undefined>();
  const read = useMutation({
    mutationFn: ({ chosen, as }: { chosen: string; as: string | undefined }): Promise<Imported> =>
      importPlan({
        text,
        board,
        ...(fileName !== undefined ? { fileName } : {}),
        ...(format !== "" ? { format } : {}),
        ...(chosen !== "" ? (as === "platformio" ? { environment: chosen } : { model: chosen }) : {}),
      }),
    meta: { inline: true },
  });
  const refused = read.error instanceof ApiError ? read.error : null;
  const atText = refused?.details?.some((detail) => detail.field === "$.text") === true;
  const open = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > MAX) {
      setProblem("The file has more than 256 KiB.");
      return;
    }
    setProblem(undefined);
    setFileName(file.name);
    setText(await file.text());
    read.reset();
  };
  const tooLong = text.length > MAX ? "The text has more than 262,144 characters." : undefined;
  return (
    <Dialog open onOpenChange={(next) => !next && onClose()}>
      <DialogContent title="Import pins" description="From a C header, Arduino camera or display pins, an ESPHome configuration or a platformio.ini. What is not understood is said by line." className="max-w-2xl">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            if (read.data) {
              const next: Plan = { ...read.data.plan, board };
              delete next.chip;
              onTake(next);
            } else if (text.trim() !== "" && tooLong === undefined) read.mutate({ chosen: "", as: undefined });
          }}
        >
          <DialogBody>
            <Field label="Text" error={tooLong ?? (atText ? refused?.message : undefined)} hint="Paste it here, or choose a file.">
              {(field) => (
                <Textarea
                  {...field}
                  spellCheck={false}
                  className="num min-h-36 text-xs"
                  placeholder={"#define I2C_SDA 8\n#define I2C_SCL 9"}
                  value={text}
                  onChange={(event) => {
                    setText(event.target.value);
                    setFileName(undefined);
                    read.reset();
                  }}
                />
              )}
            </Field>
            <div className="grid gap-3 sm:grid-cols-2">
              <Field label="File" error={problem}>
                {(field) => <input {...field} type="file" accept=".h,.hpp,.c,.cpp,.ino,.yaml,.yml,.ini,text/*" className="w-full min-w-0 text-sm" onChange={(event) => void open(event.target.files?.[0])} />}
              </Field>
              <Field label="What it is">
                {(field) => (
                  <Select {...field} value={format} onChange={(event) => { setFormat(event.target.value); read.reset(); }}>
                    <option value="">tell by name and text</option>
                    <option value="c-header">C or Arduino header</option>
                    <option value="esphome">ESPHome YAML</option>
                    <option value="platformio">platformio.ini</option>
                  </Select>
                )}
              </Field>
            </div>
            {refused && !atText && <ErrorPanel error={refused} />}
            {read.error !== null && !refused && <ErrorPanel error={read.error} />}
            {read.data && (
              <Result
                imported={read.data}
                choice={choice}
                onChoose={(next) => {
                  setChoice(next);
                  read.mutate({ chosen: next, as: read.data?.format });
                }}
              />
            )}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            {read.data ? (
              <Button type="submit">Take these {read.data.plan.uses.length} uses</Button>
            ) : (
              <Button type="submit" disabled={text.trim() === "" || read.isPending || tooLong !== undefined}>
                {read.isPending ? "Reading …" : "Read it"}
              </Button>
            )}
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function Result({ imported, choice, onChoose }: { imported: Imported; choice: string; onChoose: (choice: string) => void }) {
  const { report, notes, choices, plan } = imported;
  return (
    <section role="status" aria-label="What was read" data-testid="imported" className="flex flex-col gap-2 text-sm">
      <p className="flex flex-wrap items-center gap-x-2">
        <StatusShape kind={report.errors > 0 ? "failed" : report.warnings > 0 ? "warning" : "confirmed"} />
        <span className="font-semibold">{plan.uses.length} uses</span>
        <span className="text-muted-foreground">
          {report.errors} errors, {report.warnings} warnings, {report.infos} notes on this board
        </span>
      </p>
      {choices.length > 1 && (
        <Field label="The text has several; this one is read">
          {(field) => (
            <Select {...field} value={choice === "" ? choices[0] : choice} onChange={(event) => onChoose(event.target.value)}>
              {choices.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {notes.length > 0 && (
        <details>
          <summary className="cursor-pointer text-muted-foreground">{notes.length} notes about what was left out or assumed</summary>
          <ul tabIndex={0} aria-label="Notes" className="mt-1 max-h-40 overflow-y-auto text-xs">
            {notes.map((note, i) => (
              <li key={i} className="break-words">
                {note.line !== null && <span className="num text-muted-foreground">line {note.line}: </span>}
                {note.message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
