import { useState } from "react";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface PathDialogProps {
  title: string;
  description?: string;
  label: string;
  hint?: string;
  initial: string;
  placeholder?: string;
  action: string;
  check: (path: string) => string | undefined;
  onSubmit: (path: string) => Promise<unknown>;
  onClose: () => void;
}

/** Asks for a path: of a new file or folder, or the new one of an old. */
export function PathDialog({ title, description, label, hint, initial, placeholder, action, check, onSubmit, onClose }: PathDialogProps) {
  const [path, setPath] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const clean = path.trim().replace(/^\/+|\/+$/g, "");
  const wrong = check(clean);
  const ready = clean !== "" && wrong === undefined && path.trim() !== initial;
  const submit = async () => {
    if (!ready || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await onSubmit(clean);
      onClose();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={title} {...(description === undefined ? {} : { description })}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <DialogBody>
            <Field label={label} hint={hint} error={path.trim() === initial ? undefined : wrong}>
              {(field) => (
                <Input
                  {...field}
                  className="font-mono"
                  autoFocus
                  autoComplete="off"
                  spellCheck={false}
                  autoCapitalize="off"
                  placeholder={placeholder}
                  value={path}
                  onChange={(event) => setPath(event.target.value)}
                  onFocus={(event) => {
                    // The name is what changes most; folder and ending stay.
                    const from = path.lastIndexOf("/") + 1;
                    const dot = path.lastIndexOf(".");
                    event.target.setSelectionRange(from, dot > from ? dot : path.length);
                  }}
                />
              )}
            </Field>
            {failure !== null && <ErrorPanel error={failure} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Not now
            </Button>
            <Button type="submit" disabled={!ready || busy}>
              {action}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
