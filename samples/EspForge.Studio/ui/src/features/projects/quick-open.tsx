import { FileCode } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { useState } from "react";
import { Command, CommandEmpty, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { fits } from "@/features/projects/paths";

interface QuickOpenProps {
  paths: string[];
  /** Most recent first: offered before anything is typed. */
  recent: readonly string[];
  onOpen: (path: string, line: number | null) => void;
  onClose: () => void;
}

/** A file by a part of its name; ":42" behind it leads to the line. */
export function QuickOpen({ paths, recent, onOpen, onClose }: QuickOpenProps) {
  const [text, setText] = useState("");
  const [, name = "", line] = /^(.*?)(?::(\d*))?$/.exec(text) ?? [];
  const found = paths
    .map((path) => ({ path, rank: fits(path, name) }))
    .filter((one): one is { path: string; rank: number } => one.rank !== null)
    .sort((a, b) => (name.trim() === "" ? order(recent, a.path) - order(recent, b.path) : a.rank - b.rank) || a.path.localeCompare(b.path))
    .slice(0, 100);
  return (
    <Primitive.Root open onOpenChange={(open) => !open && onClose()}>
      <Primitive.Portal>
        <Primitive.Overlay className="overlay-in fixed inset-0 z-40 bg-black/60" />
        <Primitive.Content aria-describedby={undefined} className="overlay-in fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-24px)] max-w-xl -translate-x-1/2 overflow-hidden rounded-md border bg-popover shadow-overlay">
          <Primitive.Title className="sr-only">Open a file</Primitive.Title>
          <Command loop shouldFilter={false} label="Open a file">
            <CommandInput value={text} onValueChange={setText} placeholder="A part of the name, :42 for the line" autoFocus />
            <CommandList className="max-h-[50vh]">
              <CommandEmpty>No file is called so.</CommandEmpty>
              {found.map(({ path }) => {
                const cut = path.lastIndexOf("/") + 1;
                return (
                  <CommandItem
                    key={path}
                    value={path}
                    onSelect={() => {
                      onOpen(path, line ? Number(line) : null);
                      onClose();
                    }}
                  >
                    <FileCode />
                    <span className="num">{path.slice(cut)}</span>
                    <span className="num caption min-w-0 flex-1 truncate text-right">{path.slice(0, Math.max(0, cut - 1))}</span>
                  </CommandItem>
                );
              })}
            </CommandList>
          </Command>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

const order = (recent: readonly string[], path: string) => {
  const at = recent.indexOf(path);
  return at < 0 ? recent.length : at;
};
