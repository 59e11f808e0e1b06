import { useState } from "react";
import { ApiError } from "@/api/error";
import type { Project } from "@/api/types";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Dialog, DialogBody, DialogContent, DialogFooter } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useChangeProject } from "@/features/projects/queries";

export function RenameDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const [name, setName] = useState(project.name);
  const change = useChangeProject(project.id);
  const error = change.error instanceof ApiError ? change.error : null;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title="Rename the project" description="The product keeps its name: devices know it by that.">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== "") change.mutate({ name: name.trim() }, { onSuccess: onClose });
          }}
        >
          <DialogBody>
            <Field label="Name" error={error?.field("name")}>
              {(field) => <Input {...field} autoFocus required maxLength={80} value={name} onChange={(event) => setName(event.target.value)} />}
            </Field>
            {change.isError && <ErrorPanel error={change.error} />}
          </DialogBody>
          <DialogFooter>
            <Button variant="ghost" onClick={onClose}>
              Keep the name
            </Button>
            <Button type="submit" disabled={change.isPending || name.trim() === ""}>
              Rename
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
