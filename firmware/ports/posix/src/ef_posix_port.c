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
    ef_posix *posix = ctx;
    if (network(posix) != EF_NETWORK_UP)
        return EF_NETWORK;
    ef_status status = ef_faults_open(&posix->faults, channel, request, ef_monotonic_ms());
    if (status != EF_AGAIN)
        return status;
    if (channel != EF_CHANNEL_MESSAGES)
        return request->link == EF_LINK_HTTP ? ef_curl_begin(posix->curl, channel, request) : EF_BAD_ARGUMENT;
    if (request->link == EF_LINK_MQTT)
        status = posix->mqtt == NULL ? EF_NOT_FOUND : ef_mqtt_begin(posix->mqtt, request);
    else if (request->link == EF_LINK_WEBSOCKET)
        status = posix->websocket == NULL ? EF_NOT_FOUND : ef_websocket_begin(posix->websocket, request);
    posix->link = status == EF_OK ? request->link : EF_LINK_HTTP;
    return status == EF_AGAIN ? EF_BAD_ARGUMENT : status;
}

static ef_status read_real(ef_posix *posix, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    if (channel != EF_CHANNEL_MESSAGES)
        return ef_curl_read(posix->curl, channel, response, out, cap, len);
    switch (posix->link) {
    case EF_LINK_MQTT:
        return ef_mqtt_read(posix->mqtt, response, out, cap, len);
    case EF_LINK_WEBSOCKET:
        return ef_websocket_read(posix->websocket, response, out, cap, len);
    case EF_LINK_HTTP:
        break;
    }
    *len = 0;
    return EF_NETWORK;
}

static ef_status read_channel(void *ctx, ef_channel channel, ef_response *response, uint8_t *out, size_t cap, size_t *len)
{
    ef_posix *posix = ctx;
    bool handled;
    if (network(posix) != EF_NETWORK_UP) {
        *len = 0;
        return EF_NETWORK;
    }
    ef_status status = ef_faults_read(&posix->faults, channel, response, out, cap, len, ef_monotonic_ms(), &handled);
    return handled ? status : ef_faults_heard(&posix->faults, channel, read_real(posix, channel, response, out, cap, len), len);
}

static void close_channel(void *ctx, ef_channel channel)
{
    ef_posix *posix = ctx;
    if (channel != EF_CHANNEL_MESSAGES) {
        ef_curl_end(posix->curl, channel);
        return;
    }
    if (posix->link == EF_LINK_MQTT)
        ef_mqtt_end(posix->mqtt);
    else if (posix->link == EF_LINK_WEBSOCKET)
        ef_websocket_end(posix->websocket);
    posix->link = EF_LINK_HTTP;
}

static ef_status send_message(void *ctx, ef_channel channel, const ef_message *message)
{
    ef_posix *posix = ctx;
    if (channel != EF_CHANNEL_MESSAGES || posix->link == EF_LINK_HTTP)
        return EF_NETWORK;
    return posix->link == EF_LINK_MQTT ? ef_mqtt_send(posix->mqtt, message) : ef_websocket_send(posix->websocket, message);
}

void ef_posix_wait(ef_posix *posix, uint32_t wait_ms)
{
    bool wants_write = false;
    int fd = posix->link == EF_LINK_MQTT        ? ef_mqtt_socket(posix->mqtt, &wants_write)
             : posix->link == EF_LINK_WEBSOCKET ? ef_websocket_socket(posix->websocket, &wants_write)
                                                : -1;
    ef_curl_wait(posix->curl, wait_ms, fd, wants_write);
    if (posix->link == EF_LINK_MQTT)
        ef_mqtt_pump(posix->mqtt);
    else if (posix->link == EF_LINK_WEBSOCKET)
        ef_websocket_pump(posix->websocket);
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

static ef_kv *store_of(ef_posix *posix, const char *key)
{
    bool bulk = strncmp(key, "log", 3) == 0 || (strncmp(key, "tm", 2) == 0 && key[2] >= '0' && key[2] <= '9') || strncmp(key, "app", 3) == 0;
    return bulk ? &posix->bulk : &posix->kv;
}

static ef_status kv_get(void *ctx, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    return ef_kv_get(store_of(ctx, key), key, out, cap, len);
}

static ef_status kv_set(void *ctx, const char *key, const uint8_t *data, size_t len)
{
    return ef_kv_set(store_of(ctx, key), key, data, len);
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
    out->reset = posix->reset;
    out->hardware = posix->hardware;
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
        posix->sleep_wanted_ms = detail->sleep_ms;
        return EF_OK;
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
    ef_status status = ef_kv_open(&posix->kv, flash, EF_REGION_KV);
    return status == EF_OK ? ef_kv_open(&posix->bulk, flash, EF_REGION_BULK) : status;
}
