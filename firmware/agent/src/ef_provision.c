/* The state machine of provisioning. */
#include "espforge/ef_provision.h"

#include <string.h>

#include "ef_parts.h"
#include "ef_wipe.h"

#define WINDOW_MS 900000      /* 15 min */
#define UNLOCKED_MS 120000    /* after the button */
#define LOCK_MS 300000        /* after too many tries, on a device without a button */
#define JOIN_TIMEOUT_MS 30000
#define LINGER_MS 300000      /* joined, but not claimed: the page with the code stays */
#define LINGER_CLAIMED_MS 20000
#define SCAN_AGAIN_MS 20000   /* a scan leaves the SoftAP's channel, and the phone on it waits */

typedef enum event {
    OPENED,
    OPENED_LOCKED,
    AUTHORIZED,
    EXHAUSTED, /* too many tries */
    CREDENTIALS,
    UP,
    NOT_UP,
    LOCK_ENDED,
    CLOSED,
} event;

static const struct {
    ef_provision_state from;
    event event;
    ef_provision_state to;
} transitions[] = {
    {EF_PROVISION_IDLE, OPENED, EF_PROVISION_WAITING},
    {EF_PROVISION_IDLE, OPENED_LOCKED, EF_PROVISION_LOCKED},
    {EF_PROVISION_JOINED, OPENED, EF_PROVISION_WAITING},
    {EF_PROVISION_JOINED, OPENED_LOCKED, EF_PROVISION_LOCKED},
    {EF_PROVISION_LOCKED, AUTHORIZED, EF_PROVISION_WAITING},
    {EF_PROVISION_LOCKED, LOCK_ENDED, EF_PROVISION_WAITING},
    {EF_PROVISION_LOCKED, CLOSED, EF_PROVISION_IDLE},
    {EF_PROVISION_WAITING, CREDENTIALS, EF_PROVISION_JOINING},
    {EF_PROVISION_WAITING, EXHAUSTED, EF_PROVISION_LOCKED},
    {EF_PROVISION_WAITING, CLOSED, EF_PROVISION_IDLE},
    {EF_PROVISION_JOINING, UP, EF_PROVISION_JOINED},
    {EF_PROVISION_JOINING, NOT_UP, EF_PROVISION_FAILED},
    {EF_PROVISION_JOINING, CLOSED, EF_PROVISION_IDLE},
    {EF_PROVISION_FAILED, CREDENTIALS, EF_PROVISION_JOINING},
    {EF_PROVISION_FAILED, EXHAUSTED, EF_PROVISION_LOCKED},
    {EF_PROVISION_FAILED, CLOSED, EF_PROVISION_IDLE},
    {EF_PROVISION_JOINED, CLOSED, EF_PROVISION_IDLE},
};

static const char *const state_names[EF_PROVISION_STATE_COUNT] = {"idle", "locked", "waiting", "joining", "failed", "joined"};

static const struct {
    const char *name, *sentence;
} reasons[EF_REASON_COUNT] = {
    [EF_REASON_NONE] = {"", ""},
    [EF_REASON_WRONG_PASSWORD] = {"wrong-password", "The password is wrong."},
    [EF_REASON_NOT_FOUND] = {"not-found", "The network was not found. Is it in range, and on 2.4 GHz?"},
    [EF_REASON_NO_ADDRESS] = {"no-address", "The network gave no address in time."},
    [EF_REASON_NOT_STORED] = {"not-stored", "The network could not be stored."},
    [EF_REASON_NO_RADIO] = {"no-radio", "The radio did not begin to join."},
};

const char *ef_provision_state_name(ef_provision_state state)
{
    return (unsigned)state < EF_PROVISION_STATE_COUNT ? state_names[state] : "unknown";
}

const char *ef_provision_reason_name(ef_provision_reason reason)
{
    return (unsigned)reason < EF_REASON_COUNT ? reasons[reason].name : "unknown";
}

const char *ef_provision_pairing_code(const ef_agent *a)
{
    return a->state == EF_STATE_PAIRING ? a->claim.pairing_code : "";
}

const char *ef_provision_sentence(const ef_agent *a)
{
    switch (a->provision->state) {
    case EF_PROVISION_LOCKED:
        return a->config.provision.needs_button ? "Press the button on the device to go on." : "Too many tries. Wait five minutes.";
    case EF_PROVISION_WAITING:
        return "Choose the network this device is to use.";
    case EF_PROVISION_JOINING:
        return "Joining the network.";
    case EF_PROVISION_FAILED:
        return reasons[a->provision->reason].sentence;
    case EF_PROVISION_JOINED:
        if (a->identity.present)
            return "The device is online and belongs to an account. You can close this page.";
        return ef_provision_pairing_code(a)[0] != 0 ? "The device is online. Type this code where devices are claimed."
                                                    : "The device is online and asks for its pairing code.";
    default:
        return "Set-up is closed.";
    }
}

static int64_t window_ms(const ef_agent *a)
{
    return a->config.provision.window_ms != 0 ? (int64_t)a->config.provision.window_ms : WINDOW_MS;
}

static void happened(ef_agent *a, event e)
{
    ef_provision *p = a->provision;
    for (size_t i = 0; i < sizeof transitions / sizeof transitions[0]; i++) {
        if (transitions[i].from != p->state || transitions[i].event != e)
            continue;
        p->state = transitions[i].to;
        p->entered_ms = a->now_ms;
        ef_log(a, EF_LOG_INFO, "provisioning %s%s%s", state_names[p->state], p->state == EF_PROVISION_FAILED ? ": " : "",
               p->state == EF_PROVISION_FAILED ? reasons[p->reason].name : "");
        return;
    }
}

void ef_provision_close(ef_agent *a)
{
    ef_provision *p = a->provision;
    if (p == NULL || p->state == EF_PROVISION_IDLE)
        return;
    if (p->state == EF_PROVISION_JOINING) /* half a join is none */
        (void)a->port->act(a->port->ctx, EF_NETWORK_LEAVE, NULL);
    happened(a, CLOSED);
    ef_wipe(&p->wifi, sizeof p->wifi);
    ef_wipe(p->token, sizeof p->token);
    p->by_itself = false;
    a->networks->down_since_ms = a->now_ms; /* closed by hand or by time: not again at once */
    a->config.provision.port->close(a->config.provision.port->ctx);
}

ef_status ef_provision_open(ef_agent *a)
{
    ef_provision *p = a->provision;
    const ef_provision_port *port = a->config.provision.port;
    if (p == NULL || port == NULL)
        return EF_NOT_FOUND;
    if (p->state != EF_PROVISION_IDLE && p->state != EF_PROVISION_JOINED)
        return EF_OK;
    if (p->state == EF_PROVISION_IDLE) {
        ef_status status = port->open(port->ctx);
        if (status != EF_OK)
            return status;
    }
    p->opened = true;
    p->reason = EF_REASON_NONE;
    p->tries = 0;
    p->scanned = false;
    p->until_ms = a->now_ms + window_ms(a);
    a->port->random(a->port->ctx, p->token, sizeof p->token);
    happened(a, a->config.provision.needs_button ? OPENED_LOCKED : OPENED);
    ef_provision_scan(a);
    return EF_OK;
}

void ef_provision_authorize(ef_agent *a)
{
    ef_provision *p = a->provision;
    if (p == NULL || p->state != EF_PROVISION_LOCKED)
        return;
    p->tries = 0;
    p->until_ms = a->now_ms + (a->config.provision.needs_button ? UNLOCKED_MS : window_ms(a));
    happened(a, AUTHORIZED);
}

void ef_provision_scan(ef_agent *a)
{
    ef_provision *p = a->provision;
    const ef_provision_port *port = a->config.provision.port;
    if (p == NULL || port == NULL || p->state == EF_PROVISION_IDLE || p->state == EF_PROVISION_JOINING || p->state == EF_PROVISION_JOINED ||
        (p->scanned && a->now_ms - p->scanned_ms < SCAN_AGAIN_MS))
        return;
    p->scanned = port->scan(port->ctx) == EF_OK;
    p->scanned_ms = a->now_ms;
}

ef_status ef_provision_heard(ef_agent *a, size_t *cursor, ef_heard *out)
{
    const ef_provision_port *port = a->config.provision.port;
    ef_heard before;
    if (port == NULL)
        return EF_END;
    while (*cursor < EF_HEARD_MAX) {
        ef_status status = port->heard(port->ctx, *cursor, out);
        if (status != EF_OK)
            return status == EF_AGAIN && *cursor == 0 ? EF_AGAIN : EF_END;
        bool is_new = out->ssid[0] != 0;
        for (size_t i = 0; is_new && i < *cursor; i++)
            is_new = port->heard(port->ctx, i, &before) != EF_OK || strcmp(before.ssid, out->ssid) != 0;
        (*cursor)++;
        if (is_new)
            return EF_OK;
    }
    return EF_END;
}

static void fail(ef_agent *a, ef_provision_reason reason)
{
    ef_provision *p = a->provision;
    p->reason = reason;
    ef_wipe(p->wifi.password, sizeof p->wifi.password);
    if (p->until_ms < a->now_ms + UNLOCKED_MS)
        p->until_ms = a->now_ms + UNLOCKED_MS; /* somebody is there, trying */
    happened(a, NOT_UP);
    if (p->tries < EF_PROVISION_TRIES)
        return;
    p->until_ms = a->now_ms + LOCK_MS;
    happened(a, EXHAUSTED);
}

ef_status ef_provision_join(ef_agent *a, const char *ssid, const char *password)
{
    ef_provision *p = a->provision;
    if (p == NULL)
        return EF_NOT_FOUND;
    if (p->state == EF_PROVISION_JOINING)
        return EF_AGAIN;
    if (p->state != EF_PROVISION_WAITING && p->state != EF_PROVISION_FAILED)
        return EF_NOT_FOUND;
    if (ef_wifi_check(ssid, password) != EF_OK)
        return EF_BAD_ARGUMENT;
    p->tries++;
    p->wifi.priority = EF_NETWORKS_PRIORITY;
    ef_copy_text(p->wifi.ssid, sizeof p->wifi.ssid, ssid);
    ef_copy_text(p->wifi.password, sizeof p->wifi.password, password);
    happened(a, CREDENTIALS);
    a->networks->trying = false;
    a->networks->current = EF_NETWORKS_MAX;
    if (a->port->act(a->port->ctx, EF_NETWORK_JOIN, &(ef_action_detail){.ssid = p->wifi.ssid, .password = p->wifi.password}) != EF_OK) {
        fail(a, EF_REASON_NO_RADIO);
        return EF_OK;
    }
    a->networks->seen = EF_NETWORK_JOINING;
    a->networks->look_ms = 0;
    return EF_OK;
}

static void joined(ef_agent *a)
{
    ef_provision *p = a->provision;
    if (ef_networks_add(a, &p->wifi) != EF_OK) {
        (void)a->port->act(a->port->ctx, EF_NETWORK_LEAVE, NULL);
        fail(a, EF_REASON_NOT_STORED);
        return;
    }
    ef_networks_joined(a, p->wifi.ssid);
    ef_wipe(p->wifi.password, sizeof p->wifi.password);
    p->until_ms = a->now_ms + LINGER_MS;
    happened(a, UP);
}

static void joining_step(ef_agent *a, int64_t now_ms)
{
    switch (a->networks->seen) {
    case EF_NETWORK_UP:
        joined(a);
        break;
    case EF_NETWORK_REFUSED:
        fail(a, EF_REASON_WRONG_PASSWORD);
        break;
    case EF_NETWORK_ABSENT:
        fail(a, EF_REASON_NOT_FOUND);
        break;
    case EF_NETWORK_NONE:
    case EF_NETWORK_JOINING:
        if (now_ms - a->provision->entered_ms >= JOIN_TIMEOUT_MS) {
            (void)a->port->act(a->port->ctx, EF_NETWORK_LEAVE, NULL);
            fail(a, EF_REASON_NO_ADDRESS);
        }
        break;
    }
}

/* Whether it is to open without being asked. */
static bool opens_by_itself(const ef_agent *a)
{
    if (!a->networks->down)
        return false;
    return a->networks->count == 0 ? !a->provision->opened : ef_networks_lost(a);
}

static ef_status start(ef_agent *a)
{
    memset(a->provision, 0, sizeof *a->provision);
    return a->networks == NULL ? EF_BAD_ARGUMENT : EF_OK;
}

static int64_t step(ef_agent *a)
{
    int64_t now_ms = a->now_ms;
    ef_provision *p = a->provision;
    if (a->config.provision.port == NULL)
        return EF_NEVER;
    switch (p->state) {
    case EF_PROVISION_IDLE:
        if (opens_by_itself(a)) {
            p->by_itself = a->networks->count > 0;
            if (ef_provision_open(a) != EF_OK)
                a->networks->down_since_ms = now_ms, p->opened = true;
        }
        break;
    case EF_PROVISION_JOINING:
        joining_step(a, now_ms);
        break;
    case EF_PROVISION_JOINED:
        if (a->identity.present && p->until_ms > now_ms + LINGER_CLAIMED_MS)
            p->until_ms = now_ms + LINGER_CLAIMED_MS;
        if (now_ms >= p->until_ms)
            ef_provision_close(a);
        break;
    case EF_PROVISION_LOCKED:
        if (now_ms >= p->until_ms && p->tries >= EF_PROVISION_TRIES && !a->config.provision.needs_button) {
            p->tries = 0;
            p->until_ms = now_ms + window_ms(a);
            happened(a, LOCK_ENDED);
            break;
        }
        /* fall through */
    default:
        /* Whoever comes home finds the known network back: nobody need be asked. */
        if (now_ms >= p->until_ms || (p->by_itself && !a->networks->down))
            ef_provision_close(a);
        break;
    }
    return p->state == EF_PROVISION_IDLE ? EF_NEVER : 250;
}

static const ef_part part = {.start = start, .step = step};

void ef_provision_use(ef_agent_config *config, ef_provision *state)
{
    config->parts[EF_PART_PROVISION] = &part;
    config->provision_state = state;
}
