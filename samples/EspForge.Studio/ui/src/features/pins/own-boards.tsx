import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { api } from "@/api/client";
import { boards } from "@/api/queries";
import type { BoardSummary } from "@/api/types";
import { AllowedButton } from "@/components/allowed-button";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { ErrorPanel } from "@/components/page";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { BoardDialog } from "@/features/pins/board-dialog";
import { useMay } from "@/lib/hooks";

/** The organization's own boards: they take part in everything that the others do. */
export function OwnBoards({ onPick }: { onPick: (board: BoardSummary) => void }) {
  const query = useQuery(boards());
  const client = useQueryClient();
  const may = useMay("boards.write");
  const [editing, setEditing] = useState<{ id: string | null } | null>(null);
  const [removing, setRemoving] = useState<BoardSummary | null>(null);
  const remove = useMutation({
    mutationFn: (board: BoardSummary) => api.delete<void>(`boards/${board.id}`),
    onSuccess: (_, board) => {
      void client.invalidateQueries({ queryKey: ["boards"] });
      toast.success(`${board.name} is deleted`);
      setRemoving(null);
    },
    meta: { inline: true },
  });
  const own = (query.data ?? []).filter((board) => board.own);
  return (
    <Card
      title="Boards of your own"
      className="max-w-2xl"
      bodyClassName=""
      action={
        <AllowedButton needs="boards.write" size="sm" variant="outline" onClick={() => setEditing({ id: null })}>
          <Plus /> Add a board
        </AllowedButton>
      }
    >
      {query.isLoadingError && <ErrorPanel error={query.error} className="m-3" />}
      {query.isPending && <Skeleton className="m-3 h-10" />}
      {query.data && own.length === 0 && <p className="px-3 py-4 text-sm text-muted-foreground">None yet. Describe your own board once, from a form or as JSON; its pins are then checked like any other’s.</p>}
      <ul>
        {own.map((board) => (
          <li key={board.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-2 text-sm last:border-b-0">
            <button type="button" className="min-w-0 flex-1 basis-40 text-left break-words hover:underline" onClick={() => onPick(board)}>
              {board.name}
            </button>
            <span className="num caption break-all">{board.module}</span>
            <span className="num caption">{board.chipName}</span>
            <span className="flex">
              <Button variant="ghost" size="icon-sm" aria-label={`Edit ${board.name}`} disabled={!may.allowed} onClick={() => setEditing({ id: board.id })}>
                <Pencil />
              </Button>
              <Button variant="ghost" size="icon-sm" aria-label={`Delete ${board.name}`} disabled={!may.allowed} onClick={() => setRemoving(board)}>
                <Trash2 />
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {editing && <BoardDialog id={editing.id} onClose={() => setEditing(null)} onSaved={onPick} />}
      {removing && (
        <ConfirmDialog open title={`Delete ${removing.name}?`} confirm={`Delete ${removing.name}`} onClose={() => setRemoving(null)} onConfirm={() => remove.mutateAsync(removing)}>
          Plans that name it are then refused. A board that a project stands on is not deleted.
        </ConfirmDialog>
      )}
    </Card>
  );
}
