import { Link } from "@tanstack/react-router";
import { Ellipsis, PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useState } from "react";
import { Dialog, DialogContent, DialogTrigger } from "@/components/ui/dialog";
import { Tooltip } from "@/components/ui/tooltip";
import { NAVIGATION, type NavigationItem } from "@/frame/navigation";
import { cn } from "@/lib/cn";
import { may, useUser } from "@/lib/hooks";

const KEY = "espforge.rail";
function storedNarrow(): boolean {
  try {
    return localStorage.getItem(KEY) === "narrow";
  } catch {
    return false;
  }
}

function useItems(): (NavigationItem & { reason: string | undefined })[] {
  const user = useUser();
  return NAVIGATION.map((item) => ({ ...item, reason: item.needs ? may(user, item.needs).reason : undefined }));
}

export function Rail() {
  const [narrow, setNarrow] = useState(storedNarrow);
  const items = useItems();
  const toggle = () => {
    setNarrow(!narrow);
    try {
      localStorage.setItem(KEY, narrow ? "wide" : "narrow");
    } catch {
      // Remembered for this page only.
    }
  };
  const Toggle = narrow ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav aria-label="Main" className={cn("flex shrink-0 flex-col gap-0.5 border-r bg-card p-2 max-md:hidden", narrow ? "w-[49px]" : "w-44 max-lg:w-[49px]")}>
      {items.map((item) => (
        <RailItem key={item.to} item={item} narrow={narrow} />
      ))}
      <button
        type="button"
        onClick={toggle}
        aria-label={narrow ? "Widen the menu" : "Narrow the menu"}
        aria-expanded={!narrow}
        className="mt-auto flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-muted-foreground hover:bg-raised hover:text-foreground max-lg:hidden"
      >
        <Toggle className="size-4 shrink-0" />
        {!narrow && "Collapse"}
      </button>
    </nav>
  );
}

function RailItem({ item, narrow }: { item: NavigationItem & { reason: string | undefined }; narrow: boolean }) {
  const { icon: Icon, word, to, reason } = item;
  const label = <span className={cn("truncate max-lg:sr-only", narrow && "sr-only")}>{word}</span>;
  if (reason !== undefined) {
    return (
      <Tooltip content={reason} side="right">
        <span role="link" aria-disabled="true" tabIndex={0} className="flex h-8 cursor-not-allowed items-center gap-2.5 rounded-md px-2 text-sm text-muted-foreground opacity-60">
          <Icon className="size-4 shrink-0" aria-hidden />
          {label}
        </span>
      </Tooltip>
    );
  }
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === "/", includeSearch: false }}
      title={narrow ? word : undefined}
      className="relative flex h-8 items-center gap-2.5 rounded-md px-2 text-sm text-muted-foreground hover:bg-raised hover:text-foreground data-[status=active]:bg-raised data-[status=active]:font-medium data-[status=active]:text-foreground data-[status=active]:before:absolute data-[status=active]:before:top-1.5 data-[status=active]:before:bottom-1.5 data-[status=active]:before:-left-2 data-[status=active]:before:w-0.5 data-[status=active]:before:bg-foreground"
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      {label}
    </Link>
  );
}

export function BottomBar() {
  const items = useItems().filter((item) => item.reason === undefined);
  const [open, setOpen] = useState(false);
  const entry = "flex flex-1 flex-col items-center justify-center gap-0.5 text-xs text-muted-foreground data-[status=active]:text-foreground data-[status=active]:shadow-[inset_0_2px_0_var(--foreground)]";
  return (
    <nav aria-label="Main" className="fixed inset-x-0 bottom-0 z-30 flex h-14 border-t bg-card md:hidden">
      {items
        .filter((item) => item.phone)
        .map(({ to, word, icon: Icon }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === "/", includeSearch: false }} className={entry}>
            <Icon className="size-5" aria-hidden />
            {word}
          </Link>
        ))}
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogTrigger className={entry}>
          <Ellipsis className="size-5" aria-hidden />
          More
        </DialogTrigger>
        <DialogContent title="Go to">
          <ul className="grid grid-cols-2 gap-1 p-3">
            {items.map(({ to, word, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: to === "/", includeSearch: false }}
                  onClick={() => setOpen(false)}
                  className="flex h-11 items-center gap-3 rounded-md px-3 hover:bg-border data-[status=active]:bg-border"
                >
                  <Icon className="size-4 text-muted-foreground" aria-hidden />
                  {word}
                </Link>
              </li>
            ))}
          </ul>
        </DialogContent>
      </Dialog>
    </nav>
  );
}
