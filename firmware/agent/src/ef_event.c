/* The names of events, for the diagram of the states: an agent on a chip has no use for them. */
#include "espforge/ef_agent.h"

static const char *const event_names[EF_EVENT_COUNT] = {
    [EF_EVENT_NO_IDENTITY] = "no identity",
    [EF_EVENT_IDENTITY] = "identity",
    [EF_EVENT_CLAIM_OPEN] = "claim open",
    [EF_EVENT_CLAIM_GONE] = "claim gone",
    [EF_EVENT_OFFER] = "offer",
    [EF_EVENT_STORED_OFFER] = "stored offer",
    [EF_EVENT_DOWNLOADED] = "downloaded",
    [EF_EVENT_VERIFIED] = "verified",
    [EF_EVENT_DAMAGED] = "damaged",
    [EF_EVENT_APPLIED] = "applied",
    [EF_EVENT_FAILED] = "failed",
    [EF_EVENT_PENDING_VERIFY] = "pending verify",
    [EF_EVENT_CONFIRMED] = "confirmed",
    [EF_EVENT_REFUSED] = "refused",
    [EF_EVENT_RESTART] = "restart asked for",
};

const char *ef_event_name(ef_event event)
{
    return (unsigned)event < EF_EVENT_COUNT && event_names[event] != NULL ? event_names[event] : "unknown";
}
