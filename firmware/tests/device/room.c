#include "room.h"

#include <stdlib.h>
#include <string.h>

#define JOIN_MS 500

static void random_bytes(void *ctx, uint8_t *out, size_t len)
{
    room *r = ctx;
    for (size_t i = 0; i < len; i++) {
        r->random_state = r->random_state * 1664525u + 1013904223u;
        out[i] = (uint8_t)(r->random_state >> 24);
    }
}

static ef_status open_channel(void *ctx, ef_channel channel, const ef_request *request)
{
    room *r = ctx;
    if (channel != EF_CHANNEL_CONTROL || r->host == NULL)
        return EF_NETWORK;
    r->body[0] = 0;
    r->given = 0;
    r->requests++;
    r->status = r->host(r, request);
    return r->status == 0 ? EF_NETWORK : EF_OK;
}

/* The head, then the body in two pieces, then the end. */
static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    room *r = ctx;
    *len = 0;
    if (channel != EF_CHANNEL_CONTROL || r->host == NULL)
        return EF_NETWORK;
    if (r->status == -1)
        return EF_AGAIN;
    size_t whole = strlen(r->body);
    if (r->given++ == 0) {
        response->status = r->status;
        return EF_OK;
    }
    size_t from = r->given == 2 ? 0 : whole / 2, to = r->given == 2 ? whole / 2 : whole;
    if (r->given > 3)
        return EF_END;
    *len = to - from < cap ? to - from : cap;
    memcpy(out, r->body + from, *len);
    return EF_OK;
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    (void)ctx, (void)channel, (void)message;
    return EF_NETWORK;
}

static void close_channel(void *ctx, ef_channel channel)
{
    (void)ctx, (void)channel;
}

static ef_status slot_write(void *ctx, uint32_t offset, const uint8_t *data, size_t len)
{
    (void)ctx, (void)offset, (void)data, (void)len;
    return EF_FLASH_FAILED;
}

static ef_status slot_read(void *ctx, uint32_t offset, uint8_t *out, size_t len)
{
    (void)ctx, (void)offset, (void)out, (void)len;
    return EF_FLASH_FAILED;
}

room_record *room_find(room *r, const char *key)
{
    for (size_t i = 0; i < ROOM_RECORDS; i++)
        if (r->records[i].len > 0 && strcmp(r->records[i].key, key) == 0)
            return &r->records[i];
    return NULL;
}

static ef_status kv_get(void *ctx, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    const room_record *record = room_find(ctx, key);
    *len = 0;
    if (record == NULL)
        return EF_NOT_FOUND;
    if (record->len > cap)
        return EF_TOO_LARGE;
    memcpy(out, record->value, record->len);
    *len = record->len;
    return EF_OK;
}

static ef_status kv_set(void *ctx, const char *key, const uint8_t *data, size_t len)
{
    room *r = ctx;
    room_record *record = room_find(r, key);
    if (r->kv_fails)
        return EF_FLASH_FAILED;
    if (len > EF_RECORD_BYTES || strlen(key) >= sizeof record->key)
        abort();
    if (record == NULL ? len == 0 : record->len == len && memcmp(record->value, data, len) == 0)
        return EF_OK;
    for (size_t i = 0; record == NULL && i < ROOM_RECORDS; i++)
        if (r->records[i].len == 0)
            record = &r->records[i];
    if (record == NULL)
        abort();
    (void)strcpy(record->key, key);
    if (len > 0)
        memcpy(record->value, data, len);
    record->len = len;
    r->kv_writes++;
    return EF_OK;
}

static const room_network *of_name(const room *r, const char *ssid)
{
    for (size_t i = 0; i < ROOM_NETWORKS; i++)
        if (r->networks[i].ssid != NULL && strcmp(r->networks[i].ssid, ssid) == 0)
            return &r->networks[i];
    return NULL;
}

static void facts(void *ctx, ef_facts *out)
{
    room *r = ctx;
    const room_network *n = of_name(r, r->ssid);
    if (r->network == EF_NETWORK_JOINING && r->now_ms >= r->decided_ms) {
        if (n == NULL)
            r->network = EF_NETWORK_ABSENT;
        else if (strcmp(n->password, r->password) != 0)
            r->network = EF_NETWORK_REFUSED;
        else if (!n->gives_no_address)
            r->network = EF_NETWORK_UP;
    } else if (r->network == EF_NETWORK_UP && n == NULL) {
        r->network = EF_NETWORK_NONE;
    }
    memset(out, 0, sizeof *out);
    out->slot_state[0] = EF_SLOT_VALID;
    out->slot_size_bytes = 65536;
    out->network = r->network;
}

static ef_status act(void *ctx, ef_action action, const ef_action_detail *detail)
{
    room *r = ctx;
    switch (action) {
    case EF_NETWORK_JOIN:
        if (r->radio_fails)
            return EF_NETWORK;
        if (strlen(detail->ssid) >= sizeof r->ssid || strlen(detail->password) >= sizeof r->password)
            abort();
        r->joins++;
        (void)strcpy(r->ssid, detail->ssid);
        (void)strcpy(r->password, detail->password);
        r->network = EF_NETWORK_JOINING;
        r->decided_ms = r->now_ms + JOIN_MS;
        return EF_OK;
    case EF_NETWORK_LEAVE:
        r->leaves++;
        r->network = EF_NETWORK_NONE;
        return EF_OK;
    case EF_BOOT_RESTART:
        r->restarts++;
        return EF_OK;
    default:
        return EF_NOT_FOUND;
    }
}

static void log_line(void *ctx, ef_log_level level, const char *line)
{
    room *r = ctx;
    size_t len = strlen(line);
    (void)level;
    if (r->log_len + len + 2 > sizeof r->log)
        r->log_len = 0;
    if (len + 2 > sizeof r->log)
        return;
    memcpy(r->log + r->log_len, line, len);
    r->log[r->log_len + len] = '\n';
    r->log_len += len + 1;
    r->log[r->log_len] = 0;
}

static ef_status open_ways(void *ctx)
{
    room *r = ctx;
    if (r->open_fails)
        return EF_NETWORK;
    r->opens++;
    return EF_OK;
}

static void close_ways(void *ctx)
{
    ((room *)ctx)->closes++;
}

static ef_status scan(void *ctx)
{
    ((room *)ctx)->scans++;
    return EF_OK;
}

static ef_status heard(void *ctx, size_t index, ef_heard *out)
{
    const room *r = ctx;
    if (r->scan_is_slow)
        return EF_AGAIN;
    for (size_t i = 0; i < ROOM_NETWORKS; i++) {
        if (r->networks[i].ssid == NULL || index-- > 0)
            continue;
        memset(out, 0, sizeof *out);
        memcpy(out->ssid, r->networks[i].ssid, strlen(r->networks[i].ssid));
        out->rssi_dbm = r->networks[i].rssi_dbm;
        out->security = r->networks[i].password[0] == 0 ? EF_WIFI_OPEN : EF_WIFI_WPA2;
        return EF_OK;
    }
    return EF_END;
}

static void identify(void *ctx)
{
    ((room *)ctx)->identified++;
}

void room_init(room *r)
{
    memset(r, 0, sizeof *r);
    r->now_ms = 1000;
    r->random_state = 1;
    r->port = (ef_port){
        .ctx = r, .random = random_bytes, .open = open_channel, .read = read_channel, .send = send_message, .close = close_channel,
        .slot_write = slot_write, .slot_read = slot_read, .kv_get = kv_get, .kv_set = kv_set, .facts = facts, .act = act, .log = log_line,
    };
    r->provision_port = (ef_provision_port){.ctx = r, .open = open_ways, .close = close_ways, .scan = scan, .heard = heard, .identify = identify};
    r->config = (ef_agent_config){
        .hardware_id = "HW:01", .product = "lamp", .chip = "esp32c3", .image_format = &ef_image_esp, .version = "1.0.0", .poll_ms = 1000,
        .soak_ms = 5000, .confirm_timeout_ms = 60000, .provision = {.port = &r->provision_port},
    };
    ef_use_all_parts(&r->config, &r->parts);
}

void room_boot(room *r)
{
    r->network = EF_NETWORK_NONE;
    if (ef_agent_init(&r->agent, &r->port, &r->config, r->now_ms) != EF_OK)
        abort();
}

void room_run(room *r, int64_t ms)
{
    for (int64_t until = r->now_ms + ms; r->now_ms < until;) {
        uint32_t wait_ms = ef_agent_step(&r->agent, r->now_ms);
        r->now_ms += wait_ms == 0 ? 1 : wait_ms > 100 ? 100 : wait_ms;
    }
}

void room_know(room *r, const char *ssid, const char *password, uint8_t priority)
{
    ef_wifi wifi = {.priority = priority};
    memcpy(wifi.ssid, ssid, strlen(ssid));
    memcpy(wifi.password, password, strlen(password));
    if (ef_networks_add(&r->agent, &wifi) != EF_OK)
        abort();
}

bool room_said(const room *r, const char *text)
{
    return strstr(r->log, text) != NULL;
}
