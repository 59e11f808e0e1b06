import { Dialog, DialogBody, DialogContent } from "@/components/ui/dialog";
import { useRegisteredCommands } from "@/lib/commands";

const EVERYWHERE: [keys: string, what: string][] = [
  ["Ctrl K", "Search, pages and commands"],
  ["F1", "This list; outside of a text also ?"],
];
/** Those of the editor that people ask for; it has many more. */
const EDITOR: [keys: string, what: string][] = [
  ["Ctrl Space", "Complete"],
  ["F12", "Go to the definition; also Ctrl click"],
  ["Shift F12", "Find where it is used"],
  ["Ctrl .", "Fix what is under the cursor"],
  ["F8", "Next problem"],
  ["Ctrl Shift O", "Go to a function of the file"],
  ["Shift Alt F", "Format the file"],
  ["Ctrl F", "Find in the file"],
  ["Ctrl G", "Go to a line"],
  ["Ctrl Shift P", "Every command of the editor"],
  ["Ctrl M", "Tab leaves the editor instead of indenting"],
];
const TREE: [keys: string, what: string][] = [
  ["F2", "Rename or move the file or folder"],
  ["Delete", "Delete it"],
  ["Shift F10", "Its menu"],
];

export function Shortcuts({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const here = useRegisteredCommands().filter((command) => command.keys !== undefined);
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open && (
        <DialogContent title="Keyboard shortcuts" description="On a Mac, Cmd is as good as Ctrl." className="max-w-2xl">
          <DialogBody className="grid grid-cols-2 gap-x-8 max-sm:grid-cols-1" tabIndex={0}>
            <Group title="Everywhere" rows={EVERYWHERE} />
            {here.length > 0 && <Group title="In this project" rows={here.map((command) => [command.keys ?? "", command.label])} />}
            {here.length > 0 && <Group title="In the editor" rows={EDITOR} />}
            {here.length > 0 && <Group title="In the files" rows={TREE} />}
          </DialogBody>
        </DialogContent>
      )}
    </Dialog>
  );
}

function Group({ title, rows }: { title: string; rows: [keys: string, what: string][] }) {
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-muted-foreground">{title}</h3>
      <dl className="text-sm">
        {rows.map(([keys, what]) => (
          <div key={keys} className="flex min-h-7 items-center gap-3 border-b last:border-b-0">
            <dt className="w-28 shrink-0">
              {keys.split(" ").map((key) => (
                <kbd key={key} className="num mr-1 rounded-sm border border-input bg-raised px-1 text-xs">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="min-w-0 flex-1">{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
