#include "ef_radio.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOIN_MS 400
#define SCAN_MS 300
#define LOOK_MS 500

typedef struct room_line {
    ef_heard heard;
    char password[EF_PASSWORD_BYTES + 1];
} room_line;

static bool read_line(char *line, room_line *out)
{
    line[strcspn(line, "\r\n")] = 0;
    char *level = strchr(line, '\t'), *password = level == NULL ? NULL : strchr(level + 1, '\t'), *end;
    if (password == NULL)
        return false;
    *level++ = 0;
    *password++ = 0;
    long dbm = strtol(level, &end, 10);
    if (*end != 0 || dbm < -120 || dbm > -1 || ef_wifi_check(line, password) != EF_OK)
        return false;
    memset(out, 0, sizeof *out);
    memcpy(out->heard.ssid, line, strlen(line));
    memcpy(out->password, password, strlen(password));
    out->heard.rssi_dbm = (int8_t)dbm;
    out->heard.security = password[0] == 0 ? EF_WIFI_OPEN : EF_WIFI_WPA2;
    return true;
}

/* The strongest network of that name, and all of them into `all` when that is wanted. */
static ef_status read_room(ef_radio *r, const char *ssid, room_line *found, bool all)
{
    char line[256];
    room_line next;
    ef_status status = EF_OK;
    FILE *file = fopen(r->file, "re");
    if (file == NULL)
        return EF_NOT_FOUND;
    found->heard.ssid[0] = 0;
    if (all)
        r->heard_count = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (!read_line(line, &next)) {
            errno = EINVAL;
            status = EF_MALFORMED;
            break;
        }
        if (ssid != NULL && strcmp(next.heard.ssid, ssid) == 0 && (found->heard.ssid[0] == 0 || next.heard.rssi_dbm > found->heard.rssi_dbm))
            *found = next;
        if (all && r->heard_count < EF_HEARD_MAX) {
            size_t at = r->heard_count++;
            for (; at > 0 && r->heard[at - 1].rssi_dbm < next.heard.rssi_dbm; at--)
                r->heard[at] = r->heard[at - 1];
            r->heard[at] = next.heard;
        }
    }
    (void)fclose(file);
    return status;
}

ef_status ef_radio_open(ef_radio *r, const char *file)
{
    room_line unused;
    memset(r, 0, sizeof *r);
    r->file = file;
    return read_room(r, NULL, &unused, false);
}

ef_status ef_radio_join(ef_radio *r, const char *ssid, const char *password, int64_t now_ms)
{
    if (ef_wifi_check(ssid, password) != EF_OK)
        return EF_BAD_ARGUMENT;
    memcpy(r->ssid, ssid, strlen(ssid) + 1);
    memcpy(r->password, password, strlen(password) + 1);
    r->network = EF_NETWORK_JOINING;
    r->decided_ms = now_ms + JOIN_MS;
    return EF_OK;
}

void ef_radio_leave(ef_radio *r)
{
    r->network = EF_NETWORK_NONE;
    r->rssi_dbm = 0;
}

ef_network ef_radio_network(ef_radio *r, int64_t now_ms)
{
    room_line line;
    if (r->network == EF_NETWORK_JOINING ? now_ms < r->decided_ms : r->network != EF_NETWORK_UP || now_ms - r->looked_ms < LOOK_MS)
        return r->network;
    r->looked_ms = now_ms;
    bool is_there = read_room(r, r->ssid, &line, false) == EF_OK && line.heard.ssid[0] != 0;
    bool was_up = r->network == EF_NETWORK_UP;
    r->network = !is_there ? (was_up ? EF_NETWORK_NONE : EF_NETWORK_ABSENT) : strcmp(line.password, r->password) == 0 ? EF_NETWORK_UP : EF_NETWORK_REFUSED;
    r->rssi_dbm = r->network == EF_NETWORK_UP ? line.heard.rssi_dbm : 0;
    return r->network;
}

int32_t ef_radio_rssi_dbm(const ef_radio *r)
{
    return r->rssi_dbm;
}

void ef_radio_scan(ef_radio *r, int64_t now_ms)
{
    r->scan_done_ms = now_ms + SCAN_MS;
}

ef_status ef_radio_heard(ef_radio *r, size_t index, int64_t now_ms, ef_heard *out)
{
    room_line unused;
    if (r->scan_done_ms != 0 && now_ms >= r->scan_done_ms) {
        (void)read_room(r, NULL, &unused, true);
        r->has_scanned = true;
        r->scan_done_ms = 0;
    }
    if (!r->has_scanned)
        return EF_AGAIN;
    if (index >= r->heard_count)
        return EF_END;
    *out = r->heard[index];
    return EF_OK;
}
