import { lazy, Suspense, useState } from "react";
import { ErrorPanel } from "@/components/page";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import type { Conflict } from "@/features/projects/conflicts";

const DiffEditor = lazy(() => import("@/features/projects/diff-editor"));

interface ConflictDialogProps {
  conflict: Conflict;
  onChoose: (choice: "mine" | "theirs") => Promise<unknown>;
  onClose: () => void;
}

/** Both texts beside each other; nothing is lost before a choice is made. */
export function ConflictDialog({ conflict, onChoose, onClose }: ConflictDialogProps) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const { path, theirs, by, at } = conflict;
  const who = by ?? "Somebody";
  const choose = async (choice: "mine" | "theirs") => {
    setBusy(true);
    setFailure(null);
    try {
      await onChoose(choice);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={theirs === null ? `${path} was deleted meanwhile` : `${path} was changed meanwhile`}
        description={
          <>
            {who} {theirs === null ? "deleted" : "saved"} it {at !== null && <Time at={at} />} after you began. Your text is not saved yet; nothing is lost until you choose.
          </>
        }
        className="max-w-5xl"
        data-testid="conflict-dialog"
      >
        {theirs !== null && (
          <>
            <p className="flex justify-between gap-2 border-b px-4 py-1 text-xs text-muted-foreground">
              <span>{by === null ? "theirs, as saved" : `${by}'s, as saved`}</span>
              <span>mine, not saved</span>
            </p>
            <div className="h-[min(55dvh,480px)] min-h-48">
              <Suspense fallback={<Skeleton className="m-4 h-40" />}>
                <DiffEditor path={path} before={theirs.content} after={conflict.mine} label={`${path}: theirs against mine`} />
              </Suspense>
            </div>
          </>
        )}
        {failure !== null && <ErrorPanel error={failure} className="m-3" />}
        <DialogFooter>
          <Button variant="ghost" onClick={onClose}>
            Decide later
          </Button>
          <Button variant="outline" disabled={busy} onClick={() => void choose("theirs")}>
            {theirs === null ? "Delete mine too" : "Take theirs"}
          </Button>
          <Button disabled={busy} onClick={() => void choose("mine")}>
            {theirs === null ? "Keep mine, as a new file" : "Keep mine"}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
