/* A room of Wi-Fi networks that is played: a file with a line for each, `name TAB dBm TAB password`, read anew whenever the radio looks. */
#ifndef EF_RADIO_H
#define EF_RADIO_H

#include "espforge/ef_provision.h"

typedef struct ef_radio {
    const char *file;
    ef_network network;
    char ssid[EF_SSID_BYTES + 1], password[EF_PASSWORD_BYTES + 1];
    int64_t decided_ms; /* when the join under way is to be decided */
    int64_t looked_ms;
    int32_t rssi_dbm;
    bool has_scanned;
    int64_t scan_done_ms;
    size_t heard_count;
    ef_heard heard[EF_HEARD_MAX];
} ef_radio;

/* EF_NOT_FOUND with errno when the file cannot be read, EF_MALFORMED (errno EINVAL) for a line that is none. */
ef_status ef_radio_open(ef_radio *radio, const char *file);
ef_status ef_radio_join(ef_radio *radio, const char *ssid, const char *password, int64_t now_ms);
void ef_radio_leave(ef_radio *radio);
/* A network that is no longer in the file is lost; one whose join was under way is decided. */
ef_network ef_radio_network(ef_radio *radio, int64_t now_ms);
int32_t ef_radio_rssi_dbm(const ef_radio *radio); /* 0 when nothing is joined */
void ef_radio_scan(ef_radio *radio, int64_t now_ms);
ef_status ef_radio_heard(ef_radio *radio, size_t index, int64_t now_ms, ef_heard *out);

#endif
