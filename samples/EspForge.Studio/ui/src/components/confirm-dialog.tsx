import { useState, type ReactNode } from "react";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface ConfirmDialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** Says what it does: "Delete pump-07", never "OK". */
  confirm: string;
  /** When more than one thing is touched the name must be typed. */
  typeName?: string | undefined;
  onConfirm: () => Promise<unknown>;
  /** Something else must be chosen first. */
  blocked?: boolean;
  tone?: "danger" | "default";
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      {props.open && <Body {...props} />}
    </Dialog>
  );
}

function Body({ onClose, title, children, confirm, typeName, onConfirm, blocked = false, tone = "danger" }: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ready = !blocked && (typeName === undefined || typed === typeName);

  const run = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <DialogContent title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <DialogBody>
          <div className="flex flex-col gap-2 text-sm">{children}</div>
          {typeName !== undefined && (
            <Field
              label={
                <>
                  Type <span className="num rounded-sm bg-border px-1">{typeName}</span> to confirm
                </>
              }
            >
              {(field) => <Input {...field} className="font-mono" autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />}
            </Field>
          )}
          {error !== null && <ErrorPanel error={error} />}
        </DialogBody>
        <DialogFooter>
          <Button variant="ghost" onClick={onClose}>
            Keep as it is
          </Button>
          <Button type="submit" variant={tone === "danger" ? "danger" : "default"} disabled={!ready || busy}>
            {confirm}
          </Button>
        </DialogFooter>
      </form>
    </DialogContent>
  );
}
