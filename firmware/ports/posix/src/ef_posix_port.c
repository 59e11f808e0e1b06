#include "ef_posix_port.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "ef_boot_record.h"
#include "ef_monotonic.h"

/* What a virtual device calls its memory: an ESP32 leaves an application about this much. */
#define HEAP_BYTES (512u * 1024u)
#define HEAP_LOW_BYTES (16u * 1024u)

static void random_bytes(void *ctx, uint8_t *out, size_t len)
{
    (void)ctx;
    while (len > 0) {
        ssize_t n = getrandom(out, len, 0);
        if (n <= 0)
            continue;
        out += n;
        len -= (size_t)n;
    }
}

static ef_network network(ef_posix *posix)
{
    return posix->radio == NULL ? EF_NETWORK_UP : ef_radio_network(posix->radio, ef_monotonic_ms());
}

static ef_status open_channel(void *ctx, ef_channel channel, const ef_request *request)
{
    if (request->link != EF_LINK_HTTP)
        return EF_NOT_FOUND;
    if (network(ctx) != EF_NETWORK_UP)
        return EF_NETWORK;
    return ef_curl_begin(((ef_posix *)ctx)->curl, channel, request);
}

static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    if (network(ctx) != EF_NETWORK_UP) {
        *len = 0;
        return EF_NETWORK;
    }
    return ef_curl_read(((ef_posix *)ctx)->curl, channel, response, out, cap, len);
}

static void close_channel(void *ctx, ef_channel channel)
{
    ef_curl_end(((ef_posix *)ctx)->curl, channel);
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    (void)ctx, (void)channel, (void)message;
    return EF_NETWORK;
}

static ef_region other_slot(const ef_posix *posix)
{
    return posix->running_slot == 0 ? EF_REGION_SLOT_B : EF_REGION_SLOT_A;
}

static ef_status slot_write(void *ctx, uint32_t offset, const uint8_t *data, size_t len)
{
    ef_posix *posix = ctx;
    if (len > EF_SECTOR_BYTES)
        return EF_BAD_ARGUMENT;
    ef_status status = ef_flash_erase(posix->flash, other_slot(posix), offset, EF_SECTOR_BYTES);
    return status != EF_OK ? status : ef_flash_write(posix->flash, other_slot(posix), offset, data, len);
}

static ef_status slot_read(void *ctx, uint32_t offset, uint8_t *out, size_t len)
{
    ef_posix *posix = ctx;
    return ef_flash_read(posix->flash, other_slot(posix), offset, out, len);
}

static ef_status kv_get(void *ctx, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    return ef_kv_get(&((ef_posix *)ctx)->kv, key, out, cap, len);
}

static ef_status kv_set(void *ctx, const char *key, const uint8_t *data, size_t len)
{
    return ef_kv_set(&((ef_posix *)ctx)->kv, key, data, len);
}

/* A signal in a room: wanders by a decibel at a time, up to 6 from where it belongs. */
static int32_t play_radio(ef_posix *posix)
{
    uint8_t dice;
    random_bytes(posix, &dice, 1);
    posix->rssi_drift_db += dice % 3 - 1;
    if (posix->rssi_drift_db > 6 || posix->rssi_drift_db < -6)
        posix->rssi_drift_db = posix->rssi_drift_db > 0 ? 6 : -6;
    int32_t level = posix->rssi_dbm + posix->rssi_drift_db;
    return level > -1 ? -1 : level < -127 ? -127 : level;
}

static void facts(void *ctx, ef_facts *out)
{
    ef_posix *posix = ctx;
    ef_boot_record record;
    memset(out, 0, sizeof *out);
    out->running_slot = posix->running_slot;
    out->slot_size_bytes = posix->flash->size_bytes[other_slot(posix)];
    if (ef_boot_record_load(posix->flash, &record) == EF_OK) {
        const ef_boot_slot *other = &record.slot[1 - posix->running_slot];
        for (size_t i = 0; i < EF_SLOT_COUNT; i++)
            out->slot_state[i] = record.slot[i].state;
        out->switch_count = record.switch_count;
        out->failure = other->failure;
        memcpy(out->failure_detail, other->detail, sizeof out->failure_detail);
    }
    struct mallinfo2 heap = mallinfo2();
    size_t used = heap.uordblks + heap.hblkhd;
    out->free_heap_bytes = used < HEAP_BYTES - HEAP_LOW_BYTES ? (uint32_t)(HEAP_BYTES - used) : HEAP_LOW_BYTES;
    out->network = network(posix);
    if (posix->radio != NULL)
        posix->rssi_dbm = ef_radio_rssi_dbm(posix->radio);
    out->has_rssi = posix->rssi_dbm != 0;
    out->rssi_dbm = out->has_rssi ? play_radio(posix) : 0;
}

static ef_status act(void *ctx, ef_action action, const ef_action_detail *detail)
{
    ef_posix *posix = ctx;
    switch (action) {
    case EF_BOOT_SWITCH:
        return ef_boot_record_switch(posix->flash, (uint8_t)(1 - posix->running_slot));
    case EF_BOOT_CONFIRM:
        return ef_boot_record_confirm(posix->flash, posix->running_slot);
    case EF_BOOT_REJECT:
        return ef_boot_record_leave(posix->flash, posix->running_slot, EF_SLOT_INVALID, detail->reason, detail->detail);
    case EF_BOOT_RESTART:
        posix->restart_wanted = true;
        return EF_OK;
    case EF_BOOT_SLEEP:
        return EF_NOT_FOUND;
    case EF_NETWORK_JOIN:
        return posix->radio == NULL ? EF_NOT_FOUND : ef_radio_join(posix->radio, detail->ssid, detail->password, ef_monotonic_ms());
    case EF_NETWORK_LEAVE:
        if (posix->radio == NULL)
            return EF_NOT_FOUND;
        ef_radio_leave(posix->radio);
        return EF_OK;
    }
    return EF_BAD_ARGUMENT;
}

static void log_line(void *ctx, ef_log_level level, const char *line)
{
    const ef_posix *posix = ctx;
    if (level == EF_LOG_DEBUG && !posix->verbose)
        return;
    if (level == EF_LOG_EVENT)
        (void)printf("%s\n", line);
    else
        (void)printf("%c %s\n", "EWID"[level], line);
    (void)fflush(stdout);
}

ef_status ef_posix_port_init(ef_posix *posix, ef_port *port, ef_flash *flash, uint8_t running_slot)
{
    memset(posix, 0, sizeof *posix);
    posix->flash = flash;
    posix->running_slot = running_slot;
    *port = (ef_port){
        .ctx = posix,
        .random = random_bytes,
        .open = open_channel,
        .read = read_channel,
        .send = send_message,
        .close = close_channel,
        .slot_write = slot_write,
        .slot_read = slot_read,
        .kv_get = kv_get,
        .kv_set = kv_set,
        .facts = facts,
        .act = act,
        .log = log_line,
    };
    return ef_kv_open(&posix->kv, flash);
}
