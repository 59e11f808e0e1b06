import { useQuery } from "@tanstack/react-query";
import { actorName } from "@/api/queries";
import { useUser } from "@/lib/hooks";

/** Parts of the server that act on their own, by what they are to people. */
const PARTS: Record<string, string> = { "rollout-worker": "the gate", builds: "the builder" };

/** Who did it, as people call them. An actor is `user:ID`, `key:ID`, `device:ID` or the name of a part of the server. */
export function Actor({ actor, name }: { actor: string; name?: string | null }) {
  const me = useUser();
  const [kind = "", id = ""] = actor.split(/:(.*)/s);
  const isMe = kind === "user" && id === me.id;
  const hasName = (kind === "user" || kind === "key") && id !== "" && !isMe;
  // The audit log brings names along; of what it cannot name it repeats the actor.
  const given = name && name !== actor ? name : null;
  const found = useQuery({ ...actorName(actor), enabled: hasName && given === null }).data?.name;
  const text = isMe ? "you" : hasName ? (given ?? found ?? `${kind === "key" ? "API key" : "user"} ${id.slice(-6)}`) : (PARTS[id || actor] ?? (id || actor));
  return (
    <span title={kind === "key" && hasName ? `API key ${actor}` : actor} className="truncate">
      {text}
    </span>
  );
}
