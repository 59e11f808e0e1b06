import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "@/api/error";
import type { BoardSummary } from "@/api/types";
import { BoardPicker } from "@/components/board-picker";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useImportProject } from "@/features/projects/queries";
import { bytes } from "@/lib/format";

const MOST_BYTES = 16 * 1024 * 1024;

/** A project from a zip: an exported one, or any folder with sources. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [board, setBoard] = useState<BoardSummary | null>(null);
  const send = useImportProject();
  const error = send.error instanceof ApiError ? send.error : null;
  const wrong = file && file.size > MOST_BYTES ? `At most ${bytes(MOST_BYTES)}; this file has ${bytes(file.size)}.` : undefined;
  const wantsBoard = error?.field("board") !== undefined || board !== null;
  const submit = () => {
    if (!file || wrong) return;
    send.mutate(
      { archive: file, ...(name.trim() ? { name: name.trim() } : {}), ...(board ? { board: board.id } : {}) },
      { onSuccess: (project) => void navigate({ to: "/projects/$projectId", params: { projectId: project.id }, search: {} }) },
    );
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Import a project" description="A zip that was exported here brings its board, toolchain and pin plan; of any other the sources are taken." className="max-w-2xl">
        <form
          className="flex min-h-0 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <DialogBody>
            <Field label="Archive" error={wrong} hint={`A .zip of at most ${bytes(MOST_BYTES)}. It is unpacked as a whole or not at all.`}>
              {(field) => (
                <input
                  {...field}
                  type="file"
                  accept=".zip,application/zip"
                  required
                  className="w-full min-w-0 rounded-md border border-input bg-background text-sm file:mr-3 file:h-8 file:border-0 file:border-r file:border-input file:bg-raised file:px-3 file:text-sm file:text-foreground pointer-coarse:file:h-10"
                  onChange={(event) => {
                    setFile(event.target.files?.[0] ?? null);
                    send.reset();
                  }}
                />
              )}
            </Field>
            <Field label="Name" hint="Empty: as the archive says." error={error?.field("name")}>
              {(field) => <Input {...field} maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
            </Field>
            <details open={wantsBoard || undefined}>
              <summary className="text-sm font-medium pointer-coarse:py-2.5">
                Board <span className="font-normal text-muted-foreground">{board ? board.name : "as the archive says"}</span>
              </summary>
              <BoardPicker value={board?.id ?? ""} onPick={setBoard} className="mt-2 [&_[cmdk-list]]:max-h-40" />
            </details>
            {send.isError && <ErrorPanel error={send.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={!file || wrong !== undefined || send.isPending}>
              {send.isPending ? "Importing …" : "Import project"}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
