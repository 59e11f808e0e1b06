/* Which of the known Wi-Fi networks is joined, and when the next one is tried. */
#include "espforge/ef_networks.h"

#include <string.h>

#include "ef_parts.h"
#include "ef_wipe.h"

#define LOOK_MS 250      /* between two looks at the radio, without a network */
#define LOOK_UP_MS 1000  /* with one */
#define JOIN_TIMEOUT_MS 30000
#define LOST_MS 180000
/* A password that was taken yesterday is often "wrong" on a bad radio link, so three times; a name that is not heard is tried elsewhere soon. */
#define REFUSALS 3u
#define ABSENCES 2u
#define REFUSED_BASE_MS 2000u
#define REFUSED_CAP_MS 600000u
#define ABSENT_BASE_MS 1000u
#define ABSENT_CAP_MS 60000u

static const char key[] = "networks";

enum { FORMAT = 1, ENTRY = 4 + (int)EF_SSID_BYTES + (int)EF_PASSWORD_BYTES, RECORD = 4 + (int)EF_NETWORKS_MAX * ENTRY };

/* An entry is: priority, rank, length of the name, length of the password, name, password. */
static void put_entry(uint8_t *p, const ef_wifi *wifi, uint8_t rank)
{
    memset(p, 0, ENTRY);
    p[0] = wifi->priority;
    p[1] = rank;
    p[2] = (uint8_t)strlen(wifi->ssid);
    p[3] = (uint8_t)strlen(wifi->password);
    memcpy(p + 4, wifi->ssid, p[2]);
    memcpy(p + 4 + EF_SSID_BYTES, wifi->password, p[3]);
}

static bool take_entry(const uint8_t *p, ef_wifi *wifi)
{
    memset(wifi, 0, sizeof *wifi);
    if (p[2] > EF_SSID_BYTES || p[3] > EF_PASSWORD_BYTES)
        return false;
    wifi->priority = p[0];
    memcpy(wifi->ssid, p + 4, p[2]);
    memcpy(wifi->password, p + 4 + EF_SSID_BYTES, p[3]);
    return ef_wifi_check(wifi->ssid, wifi->password) == EF_OK;
}

/* EF_OK with no networks in it when there is no record. */
static ef_status load(const ef_agent *a, uint8_t bytes[RECORD])
{
    size_t len = 0;
    memset(bytes, 0, RECORD);
    bytes[0] = FORMAT;
    ef_status status = a->port->kv_get(a->port->ctx, key, bytes, RECORD, &len);
    if (status == EF_NOT_FOUND)
        return EF_OK;
    return status == EF_OK && len == RECORD && bytes[0] == FORMAT && bytes[1] <= EF_NETWORKS_MAX ? EF_OK : EF_FLASH_FAILED;
}

static ef_status store(const ef_agent *a, const uint8_t bytes[RECORD])
{
    return a->port->kv_set(a->port->ctx, key, bytes, bytes[1] == 0 ? 0 : RECORD);
}

static uint8_t *entry_of(uint8_t *bytes, size_t index)
{
    return bytes + 4 + index * ENTRY;
}

static void remember(ef_networks *n, uint8_t *bytes)
{
    n->count = bytes[1];
    memset(n->known, 0, sizeof n->known);
    for (size_t i = 0; i < n->count; i++) {
        n->known[i].priority = entry_of(bytes, i)[0];
        n->known[i].rank = entry_of(bytes, i)[1];
    }
}

static ef_status start(ef_agent *a)
{
    uint8_t bytes[RECORD];
    *a->networks = (ef_networks){.current = EF_NETWORKS_MAX, .down_since_ms = a->now_ms};
    /* A record that is damaged is none: the device asks for its network again, which a person can give; it has nothing else to lose here. */
    if (load(a, bytes) == EF_OK)
        remember(a->networks, bytes);
    else
        ef_log(a, EF_LOG_ERROR, "the stored networks cannot be read");
    ef_wipe(bytes, sizeof bytes);
    return EF_OK;
}

static bool is_hex(const char *text)
{
    for (; *text != 0; text++)
        if (!((*text >= '0' && *text <= '9') || (*text >= 'a' && *text <= 'f') || (*text >= 'A' && *text <= 'F')))
            return false;
    return true;
}

ef_status ef_wifi_check(const char *ssid, const char *password)
{
    size_t ssid_len = strlen(ssid), len = strlen(password);
    if (ssid_len == 0 || ssid_len > EF_SSID_BYTES || len > EF_PASSWORD_BYTES || (len > 0 && len < 8))
        return EF_BAD_ARGUMENT;
    for (const char *p = password; *p != 0; p++)
        if (*p < ' ' || *p > '~')
            return EF_BAD_ARGUMENT;
    return len == EF_PASSWORD_BYTES && !is_hex(password) ? EF_BAD_ARGUMENT : EF_OK;
}

static size_t find(uint8_t *bytes, const char *ssid)
{
    size_t len = strlen(ssid);
    for (size_t i = 0; i < bytes[1]; i++)
        if (entry_of(bytes, i)[2] == len && memcmp(entry_of(bytes, i) + 4, ssid, len) == 0)
            return i;
    return bytes[1];
}

/* The one that is missed least: least priority, then the success that is longest ago. */
static size_t least(uint8_t *bytes)
{
    size_t worst = 0;
    for (size_t i = 1; i < bytes[1]; i++) {
        const uint8_t *e = entry_of(bytes, i), *w = entry_of(bytes, worst);
        uint8_t age = e[1] == 0 ? UINT8_MAX : e[1], worst_age = w[1] == 0 ? UINT8_MAX : w[1];
        if (e[0] < w[0] || (e[0] == w[0] && age > worst_age))
            worst = i;
    }
    return worst;
}

ef_status ef_networks_add(ef_agent *a, const ef_wifi *wifi)
{
    uint8_t bytes[RECORD];
    if (ef_wifi_check(wifi->ssid, wifi->password) != EF_OK)
        return EF_BAD_ARGUMENT;
    if (load(a, bytes) != EF_OK) { /* damaged, see above: begin anew */
        memset(bytes, 0, sizeof bytes);
        bytes[0] = FORMAT;
    }
    size_t i = find(bytes, wifi->ssid);
    bool is_new = i == bytes[1];
    if (is_new && bytes[1] == EF_NETWORKS_MAX)
        i = least(bytes);
    else if (is_new)
        bytes[1]++;
    put_entry(entry_of(bytes, i), wifi, is_new ? 0 : entry_of(bytes, i)[1]);
    ef_status status = store(a, bytes);
    if (status == EF_OK) {
        remember(a->networks, bytes);
        a->networks->current = EF_NETWORKS_MAX;
        a->networks->trying = false;
    }
    ef_wipe(bytes, sizeof bytes);
    return status == EF_OK ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_networks_remove(ef_agent *a, const char *ssid)
{
    uint8_t bytes[RECORD];
    ef_status status = load(a, bytes);
    size_t i = status == EF_OK ? find(bytes, ssid) : 0;
    if (status == EF_OK && i == bytes[1])
        return EF_NOT_FOUND;
    if (status == EF_OK) {
        memmove(entry_of(bytes, i), entry_of(bytes, i + 1), (EF_NETWORKS_MAX - 1 - i) * ENTRY);
        memset(entry_of(bytes, EF_NETWORKS_MAX - 1), 0, ENTRY);
        bytes[1]--;
        status = store(a, bytes);
    }
    if (status == EF_OK) {
        bool was_joined = a->networks->current == i;
        remember(a->networks, bytes);
        a->networks->current = EF_NETWORKS_MAX;
        a->networks->trying = false;
        if (was_joined)
            (void)a->port->act(a->port->ctx, EF_NETWORK_LEAVE, NULL);
    }
    ef_wipe(bytes, sizeof bytes);
    return status == EF_OK ? EF_OK : EF_FLASH_FAILED;
}

ef_status ef_networks_get(const ef_agent *a, size_t index, ef_wifi *wifi)
{
    uint8_t bytes[RECORD];
    ef_status status = load(a, bytes);
    if (status == EF_OK)
        status = index >= bytes[1] ? EF_NOT_FOUND : take_entry(entry_of(bytes, index), wifi) ? EF_OK : EF_FLASH_FAILED;
    ef_wipe(bytes, sizeof bytes);
    return status;
}

/* The one joined now is the latest success. Written only when that changes, so that a device in one place writes it once. */
static void rank_first(ef_agent *a, size_t index)
{
    uint8_t bytes[RECORD];
    if (index >= a->networks->count || a->networks->known[index].rank == 1 || load(a, bytes) != EF_OK || index >= bytes[1])
        return;
    uint8_t old = entry_of(bytes, index)[1];
    for (size_t i = 0; i < bytes[1]; i++) {
        uint8_t *rank = &entry_of(bytes, i)[1];
        if (*rank != 0 && (old == 0 || *rank < old))
            (*rank)++;
    }
    entry_of(bytes, index)[1] = 1;
    if (store(a, bytes) == EF_OK)
        for (size_t i = 0; i < a->networks->count; i++)
            a->networks->known[i].rank = entry_of(bytes, i)[1];
    ef_wipe(bytes, sizeof bytes);
}

static bool is_tired(const ef_known_network *k)
{
    return k->refused >= REFUSALS || k->absent >= ABSENCES;
}

bool ef_networks_lost(const ef_agent *a)
{
    const ef_networks *n = a->networks;
    for (size_t i = 0; i < n->count; i++)
        if (!is_tired(&n->known[i]))
            return false;
    return n->count > 0 && n->down && a->now_ms - n->down_since_ms >= LOST_MS;
}

static bool is_better(const ef_known_network *a, const ef_known_network *b)
{
    if (is_tired(a) != is_tired(b))
        return is_tired(b);
    if (is_tired(a))
        return a->next_ms < b->next_ms; /* by turns */
    if (a->priority != b->priority)
        return a->priority > b->priority;
    return a->rank != 0 && (b->rank == 0 || a->rank < b->rank);
}

/* A try of the present network is over. */
static void count_failure(ef_agent *a, bool refused, int64_t now_ms)
{
    ef_networks *n = a->networks;
    ef_known_network *k = &n->known[n->current];
    uint8_t *count = refused ? &k->refused : &k->absent;
    if (*count < UINT8_MAX)
        (*count)++;
    ef_backoff backoff;
    ef_backoff_reset(&backoff, refused ? REFUSED_BASE_MS : ABSENT_BASE_MS, refused ? REFUSED_CAP_MS : ABSENT_CAP_MS);
    backoff.attempt = *count - 1u;
    k->next_ms = now_ms + ef_backoff_next_ms(&backoff, a->port);
    n->trying = false;
    ef_log(a, EF_LOG_WARN, "network %u: %s, %u in a row", n->current + 1u, refused ? "the password was refused" : "not found", *count);
    n->current = EF_NETWORKS_MAX;
}

static void try_next(ef_agent *a, int64_t now_ms)
{
    ef_networks *n = a->networks;
    ef_wifi wifi;
    size_t best = 0;
    for (size_t i = 1; i < n->count; i++)
        if (is_better(&n->known[i], &n->known[best]))
            best = i;
    if (n->known[best].next_ms > now_ms)
        return;
    n->current = (uint8_t)best;
    ef_status status = ef_networks_get(a, best, &wifi);
    if (status == EF_OK)
        status = a->port->act(a->port->ctx, EF_NETWORK_JOIN, &(ef_action_detail){.ssid = wifi.ssid, .password = wifi.password});
    ef_wipe(&wifi, sizeof wifi);
    if (status == EF_OK) {
        n->trying = true;
        n->seen = EF_NETWORK_JOINING;
        n->deadline_ms = now_ms + JOIN_TIMEOUT_MS;
        ef_log(a, EF_LOG_INFO, "joining network %u of %u", n->current + 1u, n->count);
    } else {
        count_failure(a, false, now_ms);
    }
}

static void came_up(ef_agent *a)
{
    ef_networks *n = a->networks;
    for (size_t i = 0; i < n->count; i++)
        n->known[i].refused = n->known[i].absent = 0, n->known[i].next_ms = 0;
    rank_first(a, n->current);
    n->down = n->trying = false;
    ef_log(a, EF_LOG_INFO, "the network is up");
}

static bool is_managed(const ef_agent *a)
{
    return a->networks->count > 0 || a->config.provision.port != NULL;
}

static int64_t step(ef_agent *a)
{
    int64_t now_ms = a->now_ms;
    ef_networks *n = a->networks;
    if (!is_managed(a))
        return EF_NEVER;
    if (now_ms < n->look_ms)
        return n->look_ms - now_ms;
    ef_facts facts;
    a->port->facts(a->port->ctx, &facts);
    n->seen = facts.network;
    if (n->seen == EF_NETWORK_UP) {
        if (n->down || n->trying)
            came_up(a);
        n->look_ms = now_ms + LOOK_UP_MS;
        return LOOK_UP_MS;
    }
    n->look_ms = now_ms + LOOK_MS;
    if (!n->down) {
        n->down = true;
        n->down_since_ms = now_ms;
    }
    if ((a->provision != NULL && a->provision->state == EF_PROVISION_JOINING) || n->count == 0)
        return LOOK_MS; /* a person's network goes first */
    if (n->trying) {
        if (n->seen == EF_NETWORK_JOINING && now_ms < n->deadline_ms)
            return LOOK_MS;
        if (n->seen == EF_NETWORK_JOINING)
            (void)a->port->act(a->port->ctx, EF_NETWORK_LEAVE, NULL);
        count_failure(a, n->seen == EF_NETWORK_REFUSED, now_ms);
    }
    try_next(a, now_ms);
    return LOOK_MS;
}

void ef_networks_joined(ef_agent *a, const char *ssid)
{
    uint8_t bytes[RECORD];
    if (load(a, bytes) == EF_OK) {
        size_t i = find(bytes, ssid);
        a->networks->current = i < bytes[1] ? (uint8_t)i : (uint8_t)EF_NETWORKS_MAX;
        rank_first(a, i);
    }
    ef_wipe(bytes, sizeof bytes);
}

static const ef_part part = {.start = start, .step = step};

void ef_networks_use(ef_agent_config *config, ef_networks *state)
{
    config->parts[EF_PART_NETWORKS] = &part;
    config->networks = state;
}
