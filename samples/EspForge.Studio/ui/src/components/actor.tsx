import { useQuery } from "@tanstack/react-query";
import { users } from "@/api/queries";
import { useMay, useUser } from "@/lib/hooks";

/** Parts of the server that act on their own, by what they are to people. */
const PARTS: Record<string, string> = { "rollout-worker": "the gate", builds: "the builder" };

/** Who did it, as people call them. An actor is `user:ID`, `device:ID` or the name of a part of the server. */
export function Actor({ actor, name }: { actor: string; name?: string | null }) {
  const me = useUser();
  const may = useMay("users.manage");
  const [kind = "", id = ""] = actor.split(/:(.*)/s);
  const foreign = kind === "user" && id !== "" && id !== me.id && !name;
  const found = useQuery({ ...users(), enabled: foreign && may.allowed, staleTime: 300_000 }).data?.find((user) => user.id === id);
  const text = kind !== "user" ? (PARTS[id || actor] ?? (id || actor)) : id === "" ? actor : id === me.id ? "you" : (name ?? found?.displayName ?? found?.email ?? `user ${id.slice(-6)}`);
  return (
    <span title={actor} className="truncate">
      {text}
    </span>
  );
}
